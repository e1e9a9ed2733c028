// What updates ask for, done: with the control APIs, with the machine of whoever looks, with the terminal. What comes of it is told to the model.

import { once } from 'node:events'
import { ApiProblem, type Answering, type ApiClient, type PinDeciding } from '../api/client.ts'
import { loaded } from './loading.ts'
import type { WindowOptions } from './main.ts'
import type { Effect, Loading, Model } from './model.ts'
import { explained, type Remote } from './remote.ts'
import type { Terminal } from './terminal.tsx'
import type { Message } from './update.ts'

export interface OutsideOptions {
  readonly options: WindowOptions
  readonly model: Model
  readonly terminal: Terminal
  /** What is stored and configured. */
  readonly own: ApiClient
  /** What is live, by gateway. */
  readonly apis: ReadonlyMap<string, ApiClient>
  readonly remote?: Remote
  readonly tell: (message: Message) => void
  readonly close: () => void
}

export class Outside {
  readonly #all: OutsideOptions
  readonly #loading = new Set<Loading>()

  constructor(all: OutsideOptions) {
    this.#all = all
  }

  /** What every view needs. */
  begin(): void {
    for (const what of ['own', 'calls', 'tools', 'approvals'] as const) void this.#load(what)
  }

  act(effect: Effect): void {
    const { options, model, terminal, own, tell, close } = this.#all
    switch (effect.kind) {
      case 'quit':
        return close()
      case 'suspend':
        return this.#suspend()
      case 'load':
        return void this.#load(effect.what)
      case 'record':
        return void this.#record(effect.id)
      case 'stderr':
        return tell({ kind: 'stderr', backend: effect.backend, lines: options.printed(effect.backend) })
      case 'act':
        return void this.#steer(effect)
      case 'answer':
        return void this.#answer(effect.id, effect.answer, effect.what)
      case 'block':
        return void this.#block(effect)
      case 'decide':
        return void this.#decide(effect.name, effect.deciding)
      case 'reveal':
        return void this.#reveal(effect.id)
      case 'ended':
        return void own.approval(effect.id).then(
          approval => tell({ kind: 'ended', approval }),
          () => {},
        )
      case 'edit':
        return void this.#edit(effect.id)
      case 'waiting':
        return terminal.say(`\x1b]2;${effect.many > 0 ? `mcpgw: ${effect.many} waiting for you` : 'mcpgw'}\x1b\\${effect.rings ? '\x07' : ''}`)
      case 'copy':
        terminal.say(`\x1b]52;c;${Buffer.from(effect.text).toString('base64')}\x07`)
        // Nobody says whether the terminal has taken it.
        return this.#say(`copied ${effect.what} (OSC 52, ${process.env['TMUX'] ? 'in tmux with set-clipboard on' : 'where the terminal allows it'})`)
      case 'export':
        return void this.#export(effect.ids)
      case 'write':
        return this.#write(effect.what, effect.lines)
      case 'complete':
        return void options.complete(effect.text).then(
          choices => tell({ kind: 'completed', text: effect.text, choices }),
          () => {},
        )
      case 'run':
        return void options.run(effect.text, model.size.columns - 2).then(({ text }) => {
          tell({ kind: 'printed', text })
          for (const what of ['own', 'calls', 'limits', 'tools'] as const) void this.#load(what)
        })
    }
  }

  #say(text: string, style?: (Message & { kind: 'told' })['style']): void {
    this.#all.tell({ kind: 'told', text, style })
  }

  async #load(what: Loading): Promise<void> {
    const { options, model, own, apis, remote, tell } = this.#all
    if (this.#loading.has(what) || (remote && apis.size === 0)) return
    this.#loading.add(what)
    try {
      for (const message of await loaded(what, model, own, apis)) tell(message)
      if (model.problem !== undefined) tell({ kind: 'problem' })
    } catch (error) {
      const { message } = error as Error
      if (options.remote === undefined) tell({ kind: 'problem', text: `what is stored can not be read: ${message}` })
      else if (error instanceof ApiProblem && error.code === 'unreachable') remote!.lost(error)
      else tell({ kind: 'problem', text: explained(options.remote.address, error as Error) })
    } finally {
      this.#loading.delete(what)
    }
  }

  async #record(id: string): Promise<void> {
    const { own, tell } = this.#all
    try {
      tell({ kind: 'record', id, call: await own.call(id) })
    } catch (error) {
      tell({ kind: 'record', id, problem: (error as Error).message })
    }
  }

  async #export(ids: readonly string[]): Promise<void> {
    const { own } = this.#all
    const lines: string[] = []
    for (const id of ids) lines.push(JSON.stringify(await own.call(id).catch((error: Error) => ({ id, problem: error.message }))))
    this.#write('calls', lines)
  }

  #write(what: string, lines: readonly string[]): void {
    const name = `mcpgw-${what}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.jsonl`
    try {
      const path = this.#all.options.save(name, `${lines.join('\n')}\n`)
      this.#say(`${lines.length === 1 ? 'a line' : `${lines.length} lines`} written to ${path}`, 'good')
    } catch (error) {
      this.#say(`could not write ${name}: ${(error as Error).message}`, 'bad')
    }
  }

  async #steer({ gateway, backend, verb }: Effect & { kind: 'act' }): Promise<void> {
    this.#say(`${verb} "${backend}" ...`, 'busy')
    try {
      await this.#all.apis.get(gateway)?.act(backend, verb)
      this.#say(`${verb} "${backend}": done`, 'good')
    } catch (error) {
      this.#say(`could not ${verb} "${backend}": ${(error as Error).message}`, 'bad')
    }
    void this.#load('statuses')
  }

  async #answer(id: string, given: Answering, what: string, already = ''): Promise<void> {
    const { own, tell } = this.#all
    try {
      await own.answer(id, given)
      this.#say(what, given.decision === 'allow' ? 'good' : 'warn')
      tell({ kind: 'answered', id })
    } catch (error) {
      this.#say(`${already}${(error as Error).message}`, 'bad')
      void this.#load('approvals')
    }
  }

  /** The rule first: it is what keeps the tool from being asked for again. */
  async #block({ id, rule, answer }: Effect & { kind: 'block' }): Promise<void> {
    const { text, exit } = await this.#all.options.run(rule, 1000)
    const said = text.trim().split('\n')[0] ?? ''
    const rules = exit === 0 ? `from now on ${said}` : `the rule could not be written: ${said}`
    await this.#answer(id, answer, `refused; ${rules}`, `${rules}; `)
  }

  async #edit(id: string): Promise<void> {
    const { options, terminal, own, tell } = this.#all
    let text = ''
    await terminal.lend(async () => void (text = await options.edit(id)))
    this.#say(text.trim().split('\n').at(-1) ?? '')
    const { standing } = await own.approval(id).catch(() => ({ standing: 'used' }))
    if (standing !== 'open') tell({ kind: 'answered', id })
  }

  async #decide(name: string, deciding: PinDeciding): Promise<void> {
    try {
      await this.#all.own.decide(name, deciding)
      this.#say(`${deciding.decision === 'accept' ? 'accepted' : 'refused'}: ${name}`, 'good')
    } catch (error) {
      this.#say((error as Error).message, 'bad')
    }
    void this.#load('tools')
  }

  async #reveal(id: string): Promise<void> {
    const { own, tell } = this.#all
    try {
      tell({ kind: 'clear', id, text: (await own.approval(id)).arguments ?? '' })
    } catch (error) {
      this.#say((error as Error).message, 'bad')
    }
  }

  /** Back to the shell, as ctrl-z does; `fg` brings the window back. */
  #suspend(): void {
    if (process.platform === 'win32') return
    const stopped = async (): Promise<void> => {
      const back = once(process, 'SIGCONT')
      process.kill(process.pid, 'SIGTSTP')
      await back
    }
    // Drawn anew: whatever the shell has done with the terminal meanwhile.
    void this.#all.terminal.lend(stopped).then(() => this.#all.tell({ kind: 'size', ...this.#all.terminal.size }))
  }
}
