// `mcpgw tui`: the window. It holds the model, does what updates ask for, and draws at most fifteen times a second, whatever happens. The terminal
// is left as it was found, however this ends.

import { once } from 'node:events'
import { render } from 'ink'
import { connect, type ApiClient, type Target } from '../api/client.ts'
import { systemClock } from '../lib/clock.ts'
import { Attached, type Found } from './attach.ts'
import { emptyModel, type Effect, type Loading } from './model.ts'
import { themeOf } from './theme.ts'
import { settle, update, type Message } from './update.ts'
import { DAY_MS, DAY_SLOTS, HOUR_MS, HOUR_SLOTS } from './views/overview.ts'
import { Window, type Hands } from './window.tsx'

export interface WindowOptions {
  /** The gateways that can be reached now. */
  readonly find: () => readonly Found[]
  /** What is stored and configured: the control API of the window's own process. */
  readonly own: Target
  /** The last lines that a backend has printed. */
  readonly printed: (backend: string) => readonly string[]
  /** Runs a command of the command line: what it prints. */
  readonly run: (text: string, columns: number) => Promise<string>
  /** What the last word of a command may become. */
  readonly complete: (text: string) => Promise<readonly string[]>
  readonly colours: boolean
  readonly readOnly: boolean
}

const FRAME_MS = 67
const KEY_MS = 20
const TICK_MS = 1000
/** As much of the log as is read when the window opens. */
const CALLS = 500
const LATEST = 100

/** Opens the window; settles when it is closed. */
export async function open(options: WindowOptions): Promise<void> {
  const { stdout } = process
  const sizeOf = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 })
  const model = emptyModel(sizeOf(), Date.now(), options.readOnly)
  const theme = themeOf(process.env, options.colours)
  let lend: (during: () => Promise<void>) => Promise<void> = async () => {}
  const hands: Hands = {
    onKey: key => tell({ kind: 'key', key }),
    onPaste: text => tell({ kind: 'paste', text }),
    onLending: given => void (lend = given),
  }
  const own = connect(options.own)
  const apis = new Map<string, ApiClient>()
  let drawnAt = -Infinity
  let frame: NodeJS.Timeout | undefined

  const picture = () => {
    settle(model)
    return <Window model={model} theme={theme} hands={hands} />
  }
  const draw = (): void => {
    clearTimeout(frame)
    frame = undefined
    drawnAt = performance.now()
    ink.rerender(picture())
  }
  const tell = (message: Message): void => {
    for (const effect of update(model, message)) act(effect)
    // Who presses a key sees at once what it does.
    const afterMs = message.kind === 'key' || message.kind === 'paste' ? KEY_MS : FRAME_MS
    const dueMs = Math.max(0, drawnAt + afterMs - performance.now())
    if (frame && afterMs === KEY_MS) frame = void clearTimeout(frame)
    frame ??= setTimeout(draw, dueMs)
  }

  // Before Ink's own: a screen that is too large for the new terminal is never drawn.
  const resized = (): void => {
    update(model, { kind: 'size', ...sizeOf() })
    draw()
  }
  stdout.on('resize', resized)
  const ink = render(picture(), { alternateScreen: true, exitOnCtrlC: false, incrementalRendering: true, maxFps: 60, patchConsole: false })

  const attached = new Attached({
    find: options.find,
    clock: systemClock,
    to: {
      onFound(gateway) {
        apis.set(gateway.id, connect(gateway))
        tell({ kind: 'gateway', id: gateway.id, pid: gateway.pid })
      },
      onState: (id, state) => tell({ kind: 'state', id, state }),
      onEvents: (id, events) => tell({ kind: 'events', id, events }),
      onGone(id) {
        apis.delete(id)
        tell({ kind: 'gone', id })
      },
    },
  })

  const loading = new Set<Loading>()
  const load = async (what: Loading): Promise<void> => {
    if (loading.has(what)) return
    loading.add(what)
    try {
      for (const message of await loaded(what)) tell(message)
      if (model.problem !== undefined) tell({ kind: 'problem' })
    } catch (error) {
      tell({ kind: 'problem', text: `what is stored can not be read: ${(error as Error).message}` })
    } finally {
      loading.delete(what)
    }
  }

  async function loaded(what: Loading): Promise<Message[]> {
    switch (what) {
      case 'calls':
        return [{ kind: 'calls', calls: await own.calls({ limit: model.calls.rows.length === 0 ? CALLS : LATEST }) }]
      case 'own':
        return [{ kind: 'own', status: await own.status() }]
      case 'tools':
        return [{ kind: 'tools', tools: await own.tools() }]
      case 'limits':
        return [{ kind: 'limits', limits: await own.limits() }]
      case 'activity': {
        const now = Date.now()
        const [hour, day] = await Promise.all([own.activity(now - HOUR_MS, HOUR_MS / HOUR_SLOTS), own.activity(now - DAY_MS, DAY_MS / DAY_SLOTS)])
        return [{ kind: 'activity', hour, day }]
      }
      case 'statuses': {
        const all = await Promise.all([...apis].map(async ([id, api]) => [id, await api.status().catch(() => undefined)] as const))
        return all.flatMap(([id, status]) => (status ? [{ kind: 'statuses' as const, id, backends: status.backends }] : []))
      }
    }
  }

  function act(effect: Effect): void {
    switch (effect.kind) {
      case 'quit':
        return ink.unmount()
      case 'suspend':
        return suspend()
      case 'load':
        return void load(effect.what)
      case 'record':
        return void record(effect.id)
      case 'stderr':
        return tell({ kind: 'stderr', backend: effect.backend, lines: options.printed(effect.backend) })
      case 'act':
        return void steer(effect)
      case 'copy':
        stdout.write(`\x1b]52;c;${Buffer.from(effect.text).toString('base64')}\x07`)
        return tell({ kind: 'told', text: `copied ${effect.what}` })
      case 'complete':
        return void options.complete(effect.text).then(
          choices => tell({ kind: 'completed', text: effect.text, choices }),
          () => {},
        )
      case 'run':
        return void options.run(effect.text, model.size.columns - 2).then(text => {
          tell({ kind: 'printed', text })
          for (const what of ['own', 'calls', 'limits', 'tools'] as const) void load(what)
        })
    }
  }

  async function record(id: string): Promise<void> {
    try {
      tell({ kind: 'record', id, call: await own.call(id) })
    } catch (error) {
      tell({ kind: 'record', id, problem: (error as Error).message })
    }
  }

  async function steer({ gateway, backend, verb }: Effect & { kind: 'act' }): Promise<void> {
    tell({ kind: 'told', text: `${verb} "${backend}" ...`, style: 'busy' })
    try {
      await apis.get(gateway)?.act(backend, verb)
      tell({ kind: 'told', text: `${verb} "${backend}": done`, style: 'good' })
    } catch (error) {
      tell({ kind: 'told', text: `could not ${verb} "${backend}": ${(error as Error).message}`, style: 'bad' })
    }
    void load('statuses')
  }

  /** Back to the shell, as ctrl-z does; `fg` brings the window back. */
  function suspend(): void {
    if (process.platform === 'win32') return
    void lend(async () => {
      const back = once(process, 'SIGCONT')
      process.kill(process.pid, 'SIGTSTP')
      await back
    })
  }

  for (const what of ['own', 'calls', 'tools'] as const) void load(what)
  const ticking = setInterval(() => tell({ kind: 'tick', now: Date.now() }), TICK_MS)
  try {
    await ink.waitUntilExit()
  } finally {
    clearInterval(ticking)
    clearTimeout(frame)
    stdout.off('resize', resized)
    attached.close()
  }
}
