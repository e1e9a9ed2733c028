// `npm run soak [-- SECONDS | -- --minutes N]`: the window in a real terminal (tmux) over two gateways that tell of 1,000 events a second, for ten minutes unless told
// otherwise. Prints what it cost and whether that is as little as was promised; ends with 1 where it is not.

import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { percentile } from '../src/lib/percentile.ts'
import type { Telling } from './soak/gateways.ts'
import { Terminal } from './soak/terminal.ts'

const minutes = process.argv.indexOf('--minutes') + 1
const SECONDS = minutes > 0 ? Number(process.argv[minutes]) * 60 : Number(process.argv[2] ?? 600)
if (!(SECONDS > 0)) throw new Error('how long? As in: npm run soak -- 60, or npm run soak -- --minutes 10')
const PER_SECOND = 1000
const GATEWAYS = 2
/** Somebody who looks around, faster than most: a key, and what its answer shows. */
const KEYS = [
  ['?', 'Activity: keys'],
  ['Escape', 'TIME'],
  ['6', 'Busiest'],
  ['1', 'TIME'],
] as const
const LOOKED_MS = 400

/** What was promised. */
const MOST_FRAMES = 15
const KEY_MS = 100
const LATE_SHARE = 0.01
const GROWTH = 0.05

const root = resolve(import.meta.dirname, '..')
if (spawnSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: 'inherit' }).status !== 0) process.exit(1)
if (spawnSync('tmux', ['-V']).status !== 0) throw new Error('tmux is not installed')

const home = mkdtempSync(join(tmpdir(), 'mcpgw-soak-'))

const proc = (pid: number) => {
  const [, rss] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!
  const times = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return { mb: Number(rss) / 1000, cpuMs: (Number(times[11]) + Number(times[12])) * 10 }
}

/** What a pane writes: when a frame begins, and when something stands in it that somebody waits for. */
class Watched {
  readonly frames: number[] = []
  readonly #terminal: Terminal
  readonly #pane: string
  #waiting: { readonly text: string; readonly shown: (at: number) => void } | undefined
  #seen = ''
  #counted = ''

  constructor(terminal: Terminal, pane: string) {
    this.#terminal = terminal
    this.#pane = pane
    terminal.hear(pane, text => this.#heard(text))
  }

  /** How long a key takes until what it does is written. */
  async answer(key: string, text: string): Promise<number> {
    this.#seen = ''
    const shown = new Promise<number>(shown => (this.#waiting = { text, shown }))
    const at = performance.now()
    this.#terminal.press(this.#pane, key)
    const late = pause(5000, -1, { ref: false })
    const answered = await Promise.race([shown, late])
    if (answered < 0) throw new Error(`${key} was not answered:\n${this.#terminal.screen(this.#pane)}`)
    return answered - at
  }

  #heard(text: string): void {
    const at = performance.now()
    const begins = (this.#counted + text).split(BEGINS)
    for (let frame = 1; frame < begins.length; frame++) this.frames.push(at)
    this.#counted = begins.at(-1)!.slice(-BEGINS.length)
    if (!this.#waiting) return
    this.#seen += text
    if (!this.#seen.includes(this.#waiting.text)) return
    this.#waiting.shown(at)
    this.#waiting = undefined
  }
}

/** As tmux tells it. */
const BEGINS = '\\033[?2026h'

/** The most of them that fall into one second, wherever that begins. */
const mostIn = (times: readonly number[]): number => {
  let from = 0
  return times.reduce((most, at, index) => {
    while (times[from]! <= at - 1000) from++
    return Math.max(most, index - from + 1)
  }, 0)
}

const round = (value: number) => Math.round(value * 10) / 10
const percent = (share: number) => `${round(share * 100)} %`

let failed = false
try {
  const worker = new Worker(join(root, 'scripts/soak/gateways.ts'), { workerData: { home, gateways: GATEWAYS, perSecond: PER_SECOND } satisfies Telling })
  await once(worker, 'message')
  const terminal = new Terminal(join(home, 'tmux'), `exec env MCPGW_HOME=${home} TERM=screen-256color ${join(root, 'dist/mcpgw')} tui`, 120, 40)
  try {
    const pane = terminal.pane
    const window = new Watched(terminal, pane)
    const beside = terminal.beside('stty raw -echo; exec cat')
    const cat = new Watched(terminal, beside)
    for (const end = performance.now() + 30_000; !terminal.screen(pane).includes(`● ${GATEWAYS} live`); await pause(100))
      if (performance.now() > end) throw new Error(`the window does not see the gateways:\n${terminal.screen(pane)}`)
    const pid = Number(terminal.is(pane, '#{pane_pid}'))

    const before = proc(pid)
    const started = performance.now()
    worker.postMessage('tell')
    const keys: number[] = []
    const echoes: number[] = []
    const memory: number[] = []
    const sampling = setInterval(() => memory.push(proc(pid).mb), 1000)
    window.frames.length = 0
    for (let n = 0; performance.now() - started < SECONDS * 1000; n++) {
      await pause(Math.random() * LOOKED_MS)
      const [key, shows] = KEYS[n % KEYS.length]!
      keys.push(await window.answer(key, shows))
      if (n % KEYS.length === 0) echoes.push(await cat.answer('x', 'x'))
    }
    clearInterval(sampling)
    worker.postMessage('stop')
    const [told] = (await once(worker, 'message')) as [number]
    const after = proc(pid)
    const tookMs = performance.now() - started

    const half = Math.floor(memory.length / 2)
    const [first, second] = [Math.max(...memory.slice(0, half)), Math.max(...memory.slice(half))]
    const late = keys.filter(ms => ms >= KEY_MS).length / keys.length
    const events = (told / tookMs) * 1000
    const most = mostIn(window.frames)
    const quantiles = (all: readonly number[]) =>
      `p50 ${round(percentile(all, 0.5))} ms, p95 ${round(percentile(all, 0.95))} ms, at most ${round(Math.max(...all))} ms`
    const rows: readonly (readonly [name: string, value: string, good?: boolean])[] = [
      ['events', `${Math.round(events)} a second for ${Math.round(tookMs / 1000)} s, from ${GATEWAYS} gateways`, events > PER_SECOND * 0.95],
      ['frames', `${round(window.frames.length / (tookMs / 1000))} a second, in no second more than ${most}`, most <= MOST_FRAMES],
      ['a key is answered in', `${quantiles(keys)} (${keys.length} keys)`, percentile(keys, 0.95) < KEY_MS],
      [`later than ${KEY_MS} ms`, percent(late), late <= LATE_SHARE],
      ['of that tmux', `${quantiles(echoes)}: the same key, given to cat`],
      [
        'memory',
        `${round(before.mb)} MB before, then at most ${round(first)} in the first half and ${round(second)} in the second`,
        second <= first * (1 + GROWTH),
      ],
      ['processor', `${percent((after.cpuMs - before.cpuMs) / tookMs)} of one core`],
    ]
    for (const [name, value, good] of rows) process.stdout.write(`${good === undefined ? ' ' : good ? '✓' : '✗'} ${name.padEnd(22)}${value}\n`)
    failed = rows.some(([, , good]) => good === false)
  } finally {
    terminal.close()
  }
} finally {
  rmSync(home, { recursive: true, force: true, maxRetries: 5 })
}
process.exit(failed ? 1 : 0)
