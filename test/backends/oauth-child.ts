// A process with one remote link of a login that it shares with others: for every line on stdin it calls a tool and prints what came of it.
// Arguments: the store's file, the server's URL, who it is, the key.

import { createInterface } from 'node:readline'
import { LoginCredentials } from '../../src/backends/oauth/credentials.ts'
import { httpLink } from '../../src/backends/http.ts'
import { loginId } from '../../src/config/login.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { Seal } from '../../src/lib/seal.ts'
import { fromWire } from '../../src/rpc/wire.ts'
import { openStore } from '../../src/store/sqlite.ts'

const [path = '', url = '', who = '', key = ''] = process.argv.slice(2)
const store = await openStore(path)
const { logins } = store
const id = loginId('salt', 'guarded', url)
const own = {
  id,
  backend: 'guarded',
  url,
  logins,
  seal: new Seal(Buffer.from(key, 'hex')),
  clock: systemClock,
  who,
  proxyEnv: {},
  note: () => {},
  log: () => {},
}
const credentials = LoginCredentials.of(own, (await logins.find(id))!)!
const link = httpLink({ url, headers: {}, credentials, maxFrameBytes: 1e6 })
let [calls, answered] = [0, 0]
link.start({
  frame(wire) {
    answered = calls
    console.log(fromWire(wire))
  },
  oversize: () => {},
  failed: (id, failure) => Number(id) > answered && console.log(failure.reason),
  closed: () => {},
})
console.log('ready')
for await (const _ of createInterface({ input: process.stdin })) {
  const call = { jsonrpc: '2.0', id: ++calls, method: 'tools/call', params: { name: 'read' } }
  link.send([JSON.stringify(call)], { id: String(calls), method: 'tools/call' })
}
await link.close()
await credentials.close()
await store.close()
