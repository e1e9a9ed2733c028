// A process that records calls until it is killed or has written so many, and prints the id of each line that is on record.
// Arguments: folder, journal id, number of calls, then 'index' to bring them into the store as it goes.

import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../src/lib/clock.ts'
import { Indexer } from '../../src/store/indexer.ts'
import { openJournal } from '../../src/store/journal.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { aCall, allow, aRecord } from './calls.ts'

const [dir = '', id = '', count = '0', mode] = process.argv.slice(2)
const journal = openJournal({ dir: join(dir, 'journal'), id, clock: systemClock, sync: false, maxSegmentBytes: 64 * 1024 })
const store = await openStore(join(dir, 'mcpgw.db'))
const indexer = new Indexer({ dir: join(dir, 'journal'), store, clock: systemClock, own: journal })

for (let n = 0; n < Number(count); n++) {
  const call = aCall(`${id}-${n}`)
  if (journal.open(call, allow)) writeSync(1, `open ${call.id}\n`)
  if (journal.settle(aRecord(call))) writeSync(1, `settle ${call.id}\n`)
  if (mode === 'index' && n % 50 === 49) await indexer.own()
}
if (mode === 'index') while (!(await indexer.own())) await new Promise(resolve => setTimeout(resolve, 5))
journal.close()
await store.close()
