// A process that needs the master key and prints its fingerprint. Arguments: the store's file, the key's.

import { openSeal } from '../../src/config/master.ts'
import { openStore } from '../../src/store/sqlite.ts'

const [database = '', masterKey = ''] = process.argv.slice(2)
const store = await openStore(database)
process.stdout.write((await openSeal({ places: { masterKey }, env: {}, notes: store, platform: 'linux' })).fingerprint)
await store.close()
