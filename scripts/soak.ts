// `npm run soak [-- SECONDS | -- --minutes N]`: the window in a real terminal (tmux) over two gateways that tell of 1,000 events a second, for ten minutes unless told
// otherwise. Prints what it cost: frames, how soon a key is answered, memory, processor.

import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Port } from '../src/api/port.ts'
import { listener } from '../src/cli/listener.ts'
import { places } from '../src/config/paths.ts'
import { Events } from '../src/gateway/events.ts'
import { percentile } from '../src/lib/percentile.ts'
import { systemClock } from '../src/lib/clock.ts'
import { listen } from '../src/serve/control.ts'
import { Registration } from '../src/serve/run.ts'

const minutes = process.argv.indexOf('--minutes') + 1
const SECONDS = minutes > 0 ? Number(process.argv[minutes]) * 60 : Number(process.argv[2] ?? 600)
if (!(SECONDS > 0)) throw new Error('how long? As in: npm run soak -- 60, or npm run soak -- --minutes 10')
const PER_SECOND = 1000
const GATEWAYS = 2
const STEP_MS = 20

const root = resolve(import.meta.dirname, '..')
if (spawnSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: 'inherit' }).status !== 0) process.exit(1)
if (spawnSync('tmux', ['-V']).status !== 0) throw new Error('tmux is not installed')

const home = mkdtempSync(join(tmpdir(), 'mcpgw-soak-'))
const at = places({ MCPGW_HOME: home })

/** A gateway that only tells. */
async function gateway(index: number): Promise<(calls: number) => void> {
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

const socket = join(home, 'tmux')
const output = join(home, 'output')
const tmux = (...args: readonly string[]) => execFileSync('tmux', ['-S', socket, ...args], { encoding: 'utf8' })
const window = `exec env MCPGW_HOME=${home} TERM=screen-256color ${join(root, 'dist/mcpgw')} tui`

/** What the window has written since. */
function written(from: number): string {
  const size = statSync(output).size
  const bytes = Buffer.alloc(size - from)
  const file = openSync(output, 'r')
  readSync(file, bytes, 0, bytes.length, from)
  closeSync(file)
  return bytes.toString('latin1')
}

/** How long a key takes until the screen shows what it does. */
async function latency(key: string, shows: string): Promise<number> {
  const from = statSync(output).size
  const started = performance.now()
  tmux('send-keys', '-t', 's', key)
  while (!written(from).includes(shows)) {
    if (performance.now() - started > 5000) throw new Error(`${key} was not answered`)
    await pause(2)
  }
  return performance.now() - started
}

const proc = (pid: number) => {
  const [, rss] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!
  const times = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return { mb: Number(rss) / 1000, cpuMs: (Number(times[11]) + Number(times[12])) * 10 }
}

try {
  const tell = await Promise.all(Array.from({ length: GATEWAYS }, (_, index) => gateway(index)))
  tmux('-f', '/dev/null', 'new-session', '-d', '-s', 's', '-x', '120', '-y', '40', window)
  tmux('pipe-pane', '-t', 's', `cat > ${output}`)
  await pause(3000)
  if (!tmux('capture-pane', '-p', '-t', 's').includes(`● ${GATEWAYS} live`)) throw new Error('the window does not see the gateways')
  const pid = Number(tmux('display', '-p', '-t', 's', '#{pane_pid}').trim())
  const before = proc(pid)
  const started = performance.now()
  let told = 0
  const telling = setInterval(() => {
    const due = ((performance.now() - started) / 1000) * PER_SECOND
    const calls = Math.floor((due - told) / 2 / GATEWAYS)
    told += calls * 2 * GATEWAYS
    for (const one of tell) one(calls)
  }, STEP_MS)

  const keys: number[] = []
  const memory: number[] = []
  const frames: number[] = []
  for (let seen = statSync(output).size; performance.now() - started < SECONDS * 1000;) {
    const second = pause(1000)
    keys.push(await latency('?', 'Activity: keys'), await latency('Escape', 'TIME'))
    await second
    const text = written(seen)
    seen += text.length
    frames.push(text.split('\x1b[?2026h').length - 1)
    memory.push(proc(pid).mb)
  }
  clearInterval(telling)
  const after = proc(pid)
  const tookMs = performance.now() - started
  const round = (value: number) => Math.round(value * 10) / 10
  const rows: [string, string][] = [
    ['events', `${told} in ${Math.round(tookMs / 1000)} s, ${Math.round((told / tookMs) * 1000)} a second, from ${GATEWAYS} gateways`],
    ['frames', `${round(frames.reduce((all, one) => all + one, 0) / (tookMs / 1000))} a second, at most ${Math.max(...frames)}`],
    [
      'a key is answered in',
      `p50 ${round(percentile(keys, 0.5))} ms, p95 ${round(percentile(keys, 0.95))} ms, at most ${round(Math.max(...keys))} ms, tmux included`,
    ],
    ['memory', `${round(before.mb)} MB before, ${round(memory[0]!)} after a second, ${round(Math.max(...memory))} at most, ${round(after.mb)} at the end`],
    ['processor', `${round(((after.cpuMs - before.cpuMs) / tookMs) * 100)} % of one core`],
  ]
  for (const [name, value] of rows) process.stdout.write(`${name.padEnd(22)}${value}\n`)
} finally {
  spawnSync('tmux', ['-S', socket, 'kill-server'])
  rmSync(home, { recursive: true, force: true, maxRetries: 5 })
}
process.exit(0)
