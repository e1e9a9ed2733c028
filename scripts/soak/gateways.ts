// Gateways that only tell: of calls that nobody makes, so many events a second all together. On a thread of their own, so that whoever measures
// is not kept from it.

import { parentPort, workerData } from 'node:worker_threads'
import type { Port } from '../../src/api/port.ts'
import { listener } from '../../src/cli/listener.ts'
import { places, type Places } from '../../src/config/paths.ts'
import { Events } from '../../src/gateway/events.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { listen } from '../../src/serve/control.ts'
import { Registration } from '../../src/serve/run.ts'

export interface Telling {
  readonly home: string
  readonly gateways: number
  readonly perSecond: number
}

const STEP_MS = 20

/** One of them: tells of so many calls, two events each. */
async function gateway(at: Places, index: number): Promise<(calls: number) => void> {
  const id = `0000000${index}`
  const events = new Events(systemClock)
  const registration = new Registration(at, { id, startedAt: Date.now(), version: 'soak' })
  const status = () => ({
    v: 1 as const,
    id,
    pid: process.pid,
    version: 'soak',
    startedAt: 0,
    sessions: [],
    backends: [],
    calls: [],
    counters: events.state().counters,
  })
  const port = {
    status,
    state: () => events.state(),
    watch: (watcher: Parameters<Events['watch']>[0]) => events.watch(watcher),
    attend: () => () => {},
  } as unknown as Port
  registration.open()
  await listen({ socket: registration.socket, app: async () => listener({ ...port, token: registration.token }) })
  events.emit({
    v: 1,
    type: 'session.opened',
    at: Date.now(),
    session: id,
    client: { name: `client-${index}`, version: '1' },
    era: 'modern',
    revision: '2026-07-28',
  })
  let n = 0
  return calls => {
    for (let call = 0; call < calls; call++) {
      const one = { v: 1, at: Date.now(), id: `${id}-${++n}`, backend: `backend-${n % 5}` } as const
      events.emit({ ...one, type: 'call.started', session: id, client: `client-${index}`, method: 'tools/call', target: `backend-${n % 5}__tool_${n % 17}` })
      events.emit({ ...one, type: 'call.settled', outcome: n % 23 ? 'answered' : 'error', bytes: (n * 37) % 50_000, durationMs: (n * 13) % 900 })
    }
  }
}

const { home, gateways, perSecond } = workerData as Telling
const at = places({ MCPGW_HOME: home })
const tell = await Promise.all(Array.from({ length: gateways }, (_, index) => gateway(at, index)))
parentPort!.once('message', () => {
  const started = performance.now()
  let told = 0
  const telling = setInterval(() => {
    const due = ((performance.now() - started) / 1000) * perSecond
    const calls = Math.floor((due - told) / 2 / gateways)
    told += calls * 2 * gateways
    for (const one of tell) one(calls)
  }, STEP_MS)
  parentPort!.once('message', () => {
    clearInterval(telling)
    parentPort!.postMessage(told)
  })
})
parentPort!.postMessage('ready')
