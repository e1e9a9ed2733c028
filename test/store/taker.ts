// A process that takes calls from one budget as fast as it can, and prints how many it got.
// Arguments: the store's file, who it is, how many there are in a day, how often it asks.

import { openStore } from '../../src/store/sqlite.ts'
import { StoreProblem } from '../../src/store/store.ts'

const [path = '', who = '', amount = '0', times = '0'] = process.argv.slice(2)
const store = await openStore(path)
const budget = { key: 'all', taker: '', unit: 'calls', amount: Number(amount), periodMs: 86_400_000 } as const
let [taken, busy] = [0, 0]
for (let n = 0; n < Number(times); n++) {
  try {
    if ((await store.take([budget], who, Date.now())).kind === 'taken') taken++
  } catch (error) {
    if (!(error instanceof StoreProblem && error.busy)) throw error
    busy++
  }
}
await store.close()
process.stdout.write(JSON.stringify({ taken, busy }))
