// A change that a command makes: on record before it is made, in a journal of the command's own. Where it can't be recorded and records are
// required it is not made: else who fills the disk could change what governs, and nobody would know. One that failed after all is recorded so.

import { changesOf } from '../config/changes.ts'
import type { SettingsProblem } from '../config/settings.ts'
import type { Before } from '../config/write.ts'
import { systemClock } from '../lib/clock.ts'
import { Indexer } from '../store/indexer.ts'
import { openJournal, type FileJournal } from '../store/journal.ts'
import { openStore } from '../store/sqlite.ts'
import { settingsOf, unusable, type Context } from './context.ts'
import { Failure } from './failure.ts'
import { note } from './print.ts'
import { userName } from './who.ts'

/** Makes a change of the settings, on record. */
export async function recorded(context: Context, write: (before: Before) => SettingsProblem | undefined): Promise<void> {
  const { places, command = '' } = context
  const { audit } = settingsOf(places.settings)
  const journal = openJournal({ dir: places.journal, id: journalId(), clock: systemClock, sync: audit.sync })
  const who = { by: 'local', user: userName(), command, file: places.settings }
  let told = ''
  const before: Before = (was, becomes) => {
    const changes = changesOf(was, becomes)
    const text = JSON.stringify(changes)
    if (changes.length === 0 || text === told) return
    if (journal.note('settings.changed', { ...who, changes })) told = text
    else if (audit.required) throw unrecorded('the change can not be recorded, so it was not made', places.journal)
    else note(context, { text: 'warning: ', style: 'yellow' }, `the change is not on record: nothing can be written to ${places.journal}`)
  }
  const failed = (because: string): boolean => told !== '' && journal.note('settings.failed', { ...who, because })
  try {
    const problem = write(before)
    if (problem) {
      failed(problem.message)
      throw unusable(problem)
    }
  } catch (error) {
    if (!(error instanceof Failure)) failed((error as Error).message)
    throw error
  } finally {
    await indexed(context, journal)
  }
}

/** Notes something that is about to be done; where it can't be noted and records are required, it is not done. */
export async function noted(context: Context, kind: string, detail: Record<string, unknown>): Promise<void> {
  const { places, command = '' } = context
  const { audit } = settingsOf(places.settings)
  const journal = openJournal({ dir: places.journal, id: journalId(), clock: systemClock, sync: audit.sync })
  const there = journal.note(kind, { by: 'local', user: userName(), command, ...detail })
  await indexed(context, journal)
  if (!there && audit.required) throw unrecorded('it can not be recorded, so it was not done', places.journal)
  if (!there) note(context, { text: 'warning: ', style: 'yellow' }, `this is not on record: nothing can be written to ${places.journal}`)
}

/** Into the store, if that can be now; else whoever looks at the log does it. */
async function indexed({ places }: Context, own: FileJournal): Promise<void> {
  if (own.position().seq === 0) return
  const store = await openStore(places.database)
  try {
    await new Indexer({ dir: places.journal, store, clock: systemClock, own }).close()
  } catch {
    own.close()
  } finally {
    await store.close()
  }
}

const unrecorded = (what: string, journal: string): Failure =>
  new Failure(
    1,
    what,
    `Nothing can be written to ${journal}`,
    'Make room or give access there. To go without records: "audit": {"required": false} in the settings.',
  )

const journalId = (): string =>
  Math.floor(Math.random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0')
