// `mcpgw tui`: the window. It holds the model, does what updates ask for, and draws at most fifteen times a second, whatever happens. The terminal
// is left as it was found, however this ends.

import { once } from 'node:events'
import { render } from 'ink'
import { ApiProblem, connect, type Answering, type ApiClient, type PinDeciding, type Remote as Address, type Target } from '../api/client.ts'
import { systemClock } from '../lib/clock.ts'
import { Attached, type Found } from './attach.ts'
import { loaded } from './loading.ts'
import { emptyModel, type Effect, type Loading } from './model.ts'
import { explained, Remote } from './remote.ts'
import { themeOf } from './theme.ts'
import { settle } from './list.ts'
import { update, type Message } from './update.ts'
import { Window, type Hands } from './window.tsx'

export interface WindowOptions {
  /** The gateways that can be reached now. */
  readonly find: () => readonly Found[]
  /** MCPGW_HOME, where it is set. */
  readonly home?: string
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

/** The other screen, from its beginning: Ink draws where the cursor is. What a terminal draws wider than we know ends at its edge, in its own line. */
const ENTER = '\x1b[?1049h\x1b[H\x1b[?7l'
const LEAVE = '\x1b[?7h\x1b[?1049l\x1b[?25h'
const FRAME_MS = 80
const KEY_MS = 20
const TICK_MS = 1000

/** Opens the window; settles when it is closed. */
export async function open(options: WindowOptions): Promise<void> {
  const { stdout } = process
  const sizeOf = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 })
  const model = emptyModel(sizeOf(), Date.now(), options.readOnly, { remote: options.remote?.address.host, home: options.home })
  const theme = themeOf(process.env, options.colours)
  let lend: (during: () => Promise<void>) => Promise<void> = async () => {}
  const hands: Hands = {
    onKey: key => tell({ kind: 'key', key, at: Date.now() }),
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
  stdout.write(ENTER)
  // A terminal is a terminal, also where the environment says CI: Ink would draw nothing there.
  const ink = render(picture(), { interactive: true, exitOnCtrlC: false, incrementalRendering: true, maxFps: 60, patchConsole: false })

  // Left twice, the cursor would stand where it was the first time.
  let isHere = true
  // Also at the exit of a process that was told to end. Ink draws once more when it is unmounted: that belongs to the other screen.
  const leave = (): void => {
    ink.unmount()
    if (isHere) stdout.write(LEAVE)
  }
  process.on('exit', leave)
  /** Somebody else has the terminal for a while, as it was before. */
  const lent = (during: () => Promise<void>): Promise<void> =>
    lend(async () => {
      isHere = false
      stdout.write(LEAVE)
      await during().finally(() => {
        stdout.write(ENTER)
        isHere = true
      })
    })

  const remote = options.remote && new Remote({ at: options.remote, clock: systemClock, onProblem: text => tell({ kind: 'problem', text }) })
  const attached = new Attached({
    find: remote ? () => remote.find() : options.find,
    clock: systemClock,
    answers: !options.readOnly,
    to: {
      onFound(gateway) {
        apis.set(gateway.id, connect(gateway))
        tell({ kind: 'gateway', id: gateway.id, pid: gateway.pid })
        if (remote) begin()
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

  const loading = new Set<Loading>()
  /** What every view needs. */
  function begin(): void {
    for (const what of ['own', 'calls', 'tools', 'approvals'] as const) void load(what)
  }
  const load = async (what: Loading): Promise<void> => {
    if (loading.has(what) || (remote && apis.size === 0)) return
    loading.add(what)
    try {
      for (const message of await loaded(what, model, own, apis)) tell(message)
      if (model.problem !== undefined) tell({ kind: 'problem' })
    } catch (error) {
      const { message } = error as Error
      if (options.remote === undefined) tell({ kind: 'problem', text: `what is stored can not be read: ${message}` })
      else if (error instanceof ApiProblem && error.code === 'unreachable') remote!.lost(error)
      else tell({ kind: 'problem', text: explained(options.remote.address, error as Error) })
    } finally {
      loading.delete(what)
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
      case 'answer':
        return void answer(effect.id, effect.answer, effect.what)
      case 'block':
        return void block(effect)
      case 'decide':
        return void decide(effect.name, effect.deciding)
      case 'reveal':
        return void reveal(effect.id)
      case 'ended':
        return void own.approval(effect.id).then(
          approval => tell({ kind: 'ended', approval }),
          () => {},
        )
      case 'edit':
        return void edit(effect.id)
      case 'waiting':
        stdout.write(`\x1b]2;${effect.many > 0 ? `mcpgw: ${effect.many} waiting for you` : 'mcpgw'}\x1b\\${effect.rings ? '\x07' : ''}`)
        return
      case 'copy':
        stdout.write(`\x1b]52;c;${Buffer.from(effect.text).toString('base64')}\x07`)
        // Nobody says whether the terminal has taken it.
        return tell({
          kind: 'told',
          text: `copied ${effect.what} (OSC 52, ${process.env['TMUX'] ? 'in tmux with set-clipboard on' : 'where the terminal allows it'})`,
        })
      case 'export':
        return void save(effect.ids)
      case 'write':
        return write(effect.what, effect.lines)
      case 'complete':
        return void options.complete(effect.text).then(
          choices => tell({ kind: 'completed', text: effect.text, choices }),
          () => {},
        )
      case 'run':
        return void options.run(effect.text, model.size.columns - 2).then(({ text }) => {
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

  async function save(ids: readonly string[]): Promise<void> {
    const lines: string[] = []
    for (const id of ids) lines.push(JSON.stringify(await own.call(id).catch((error: Error) => ({ id, problem: error.message }))))
    write('calls', lines)
  }

  function write(what: string, lines: readonly string[]): void {
    const name = `mcpgw-${what}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.jsonl`
    try {
      tell({
        kind: 'told',
        text: `${lines.length === 1 ? 'a line' : `${lines.length} lines`} written to ${options.save(name, `${lines.join('\n')}\n`)}`,
        style: 'good',
      })
    } catch (error) {
      tell({ kind: 'told', text: `could not write ${name}: ${(error as Error).message}`, style: 'bad' })
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

  async function answer(id: string, given: Answering, what: string, already = ''): Promise<void> {
    try {
      await own.answer(id, given)
      tell({ kind: 'told', text: what, style: given.decision === 'allow' ? 'good' : 'warn' })
      tell({ kind: 'answered', id })
    } catch (error) {
      tell({ kind: 'told', text: `${already}${(error as Error).message}`, style: 'bad' })
      void load('approvals')
    }
  }

  /** The rule first: it is what keeps the tool from being asked for again. */
  async function block({ id, rule, answer: given }: Effect & { kind: 'block' }): Promise<void> {
    const { text, exit } = await options.run(rule, 1000)
    const said = text.trim().split('\n')[0] ?? ''
    const rules = exit === 0 ? `from now on ${said}` : `the rule could not be written: ${said}`
    await answer(id, given, `refused; ${rules}`, `${rules}; `)
  }

  async function edit(id: string): Promise<void> {
    let text = ''
    await lent(async () => void (text = await options.edit(id)))
    tell({ kind: 'told', text: text.trim().split('\n').at(-1) ?? '' })
    const { standing } = await own.approval(id).catch(() => ({ standing: 'used' }))
    if (standing !== 'open') tell({ kind: 'answered', id })
  }

  async function decide(name: string, deciding: PinDeciding): Promise<void> {
    try {
      await own.decide(name, deciding)
      tell({ kind: 'told', text: `${deciding.decision === 'accept' ? 'accepted' : 'refused'}: ${name}`, style: 'good' })
    } catch (error) {
      tell({ kind: 'told', text: (error as Error).message, style: 'bad' })
    }
    void load('tools')
  }

  async function reveal(id: string): Promise<void> {
    try {
      tell({ kind: 'clear', id, text: (await own.approval(id)).arguments ?? '' })
    } catch (error) {
      tell({ kind: 'told', text: (error as Error).message, style: 'bad' })
    }
  }

  /** Back to the shell, as ctrl-z does; `fg` brings the window back. */
  function suspend(): void {
    if (process.platform === 'win32') return
    void lent(async () => {
      const back = once(process, 'SIGCONT')
      process.kill(process.pid, 'SIGTSTP')
      await back
    })
  }

  begin()
  const ticking = setInterval(() => tell({ kind: 'tick', now: Date.now() }), TICK_MS)
  try {
    await ink.waitUntilExit()
  } finally {
    clearInterval(ticking)
    clearTimeout(frame)
    stdout.off('resize', resized)
    process.off('exit', leave)
    leave()
    attached.close()
  }
}
