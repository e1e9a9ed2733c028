// `mcpgw tui`: the window. It holds the model, tells it what happens, and has it drawn when there is something to see, in time (`pace.ts`).

import { connect, type ApiClient, type Remote as Address, type Target } from '../api/client.ts'
import { systemClock } from '../lib/clock.ts'
import { Attached, type Found } from './attach.ts'
import { settle } from './list.ts'
import { emptyModel } from './model.ts'
import { Outside } from './outside.ts'
import { Pace } from './pace.ts'
import { painted } from './paint.ts'
import { Remote } from './remote.ts'
import { screen } from './screen.ts'
import { Terminal } from './terminal.tsx'
import { themeOf } from './theme.ts'
import { update, type Message } from './update.ts'

export interface WindowOptions {
  /** The gateways that can be reached now. */
  readonly find: () => readonly Found[]
  /** MCPGW_HOME, where it is set. */
  readonly home?: string
  /** Where mcpgw lies, where a shell does not find it by its name. */
  readonly folder?: string
  /** Only this one, on another machine or port. */
  readonly remote?: Address
  /** What is stored and configured: the control API of the window's own process, or of the gateway elsewhere. */
  readonly own: Target | Address
  /** The last lines that a backend has printed. */
  readonly printed: (backend: string) => readonly string[]
  /** Runs a command of the command line: what it prints. */
  readonly run: (text: string, columns: number) => Promise<Ran>
  /** What the last word of a command may become. */
  readonly complete: (text: string) => Promise<readonly string[]>
  /** Writes a file where the person is: its path. */
  readonly save: (name: string, text: string) => string
  /** Lets the person edit the arguments of a question, in the terminal that is theirs meanwhile. */
  readonly edit: (id: string) => Promise<string>
  readonly colours: boolean
  readonly readOnly: boolean
}

/** A command that has run: what it has printed, and its exit code. */
export interface Ran {
  readonly text: string
  readonly exit: number
}

const TICK_MS = 1000

/** What a key does, and what comes of it: who pressed it waits for that. */
const asked: ReadonlySet<Message['kind']> = new Set<Message['kind']>([
  'key',
  'paste',
  'size',
  'record',
  'clear',
  'completed',
  'printed',
  'told',
  'answered',
  'ended',
])

/** Opens the window; settles when it is closed. */
export async function open(options: WindowOptions): Promise<void> {
  const { promise: closed, resolve: close, reject: fail } = Promise.withResolvers<void>()
  const terminal = new Terminal({
    onKey: key => tell({ kind: 'key', key, at: Date.now() }),
    onPaste: text => tell({ kind: 'paste', text }),
    onResized() {
      tell({ kind: 'size', ...terminal.size })
      draw()
    },
    onEnd: close,
  })
  const model = emptyModel(terminal.size, Date.now(), options.readOnly, {
    remote: options.remote?.address.host,
    home: options.home,
    folder: options.folder,
  })
  const theme = themeOf(process.env, options.colours)
  const pace = new Pace()
  let frame: { readonly isAsked: boolean; readonly timer: NodeJS.Timeout } | undefined

  const draw = (): void => {
    clearTimeout(frame?.timer)
    frame = undefined
    try {
      settle(model)
      const { columns } = model.size
      if (
        terminal.paint(
          screen(model).map(one => painted(one, columns, theme)),
          columns,
        )
      )
        pace.drawn(performance.now())
    } catch (error) {
      fail(error)
    }
  }
  const tell = (message: Message): void => {
    for (const effect of update(model, message)) outside.act(effect)
    const isAsked = asked.has(message.kind)
    if (frame && (frame.isAsked || !isAsked)) return
    clearTimeout(frame?.timer)
    frame = { isAsked, timer: setTimeout(draw, pace.dueMs(isAsked, performance.now())) }
  }

  const apis = new Map<string, ApiClient>()
  const remote = options.remote && new Remote({ at: options.remote, clock: systemClock, onProblem: text => tell({ kind: 'problem', text }) })
  const outside = new Outside({ options, model, terminal, own: connect(options.own), apis, remote, tell, close })
  const attached = new Attached({
    find: remote ? () => remote.find() : options.find,
    clock: systemClock,
    answers: !options.readOnly,
    to: {
      onFound(gateway) {
        apis.set(gateway.id, connect(gateway))
        tell({ kind: 'gateway', id: gateway.id, pid: gateway.pid })
        if (remote) outside.begin()
      },
      onState: (id, state) => tell({ kind: 'state', id, state }),
      onEvents: (id, events) => tell({ kind: 'events', id, events }),
      onGone(id) {
        apis.delete(id)
        tell({ kind: 'gone', id })
      },
      onProblem: problem => remote?.lost(problem),
    },
  })
  draw()
  outside.begin()
  const ticking = setInterval(() => tell({ kind: 'tick', now: Date.now() }), TICK_MS)
  try {
    await Promise.race([closed, terminal.ended()])
  } finally {
    clearInterval(ticking)
    clearTimeout(frame?.timer)
    terminal.close()
    attached.close()
  }
}
