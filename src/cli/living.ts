// Which journals' writers still run. A gateway is in the run folder; a command's own is not always, so its journal says which process writes it.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Places } from '../config/paths.ts'
import { lives } from '../lib/lives.ts'
import { knownOf } from '../serve/processes.ts'
import { readEntry } from '../serve/run.ts'
import { segmentName, segmentsIn, writerOf } from '../store/segments.ts'

/** A pid may be another process's by now; a journal that is silent for so long belongs to nobody who is not in the run folder. */
const SILENT_MS = 10 * 60 * 1000

/** Whether the process that writes the journal of this name still runs. */
export const alive =
  ({ run, journal: dir }: Pick<Places, 'run' | 'journal'>) =>
  (journal: string): boolean => {
    const entry = readEntry(run, journal)
    if (entry) return lives(entry.pid) && (entry.start === undefined || (knownOf(entry.pid)?.start ?? entry.start) === entry.start)
    const last = segmentsIn(dir).get(journal)?.at(-1)
    const pid = last === undefined ? undefined : writerOf(dir, journal, last)
    const changedAt = last === undefined ? 0 : (statSync(join(dir, segmentName(journal, last)), { throwIfNoEntry: false })?.mtimeMs ?? 0)
    return pid !== undefined && Date.now() - changedAt < SILENT_MS && lives(pid)
  }
