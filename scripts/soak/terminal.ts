// A terminal in tmux, and somebody at it: what its panes write is heard as soon as tmux has read it, and keys go in over a connection that is open
// already. So what is measured is what a key takes on its way, and no process that has to be started first.

import { execFileSync, spawn } from 'node:child_process'

export class Terminal {
  readonly #socket: string
  readonly #client
  readonly #heard = new Map<string, (text: string) => void>()
  #rest = ''

  constructor(socket: string, command: string, columns: number, rows: number) {
    this.#socket = socket
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-s', 's', '-x', String(columns), '-y', String(rows), command)
    this.#client = spawn('tmux', ['-S', socket, '-C', 'attach', '-t', 's'], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#client.stdout.setEncoding('latin1').on('data', (text: string) => this.#read(text))
  }

  /** The first pane. */
  get pane(): string {
    return this.#tmux('list-panes', '-t', 's:0', '-F', '#{pane_id}').trim()
  }

  /** Another pane, out of sight. */
  beside(command: string): string {
    return this.#tmux('new-window', '-d', '-t', 's', '-P', '-F', '#{pane_id}', command).trim()
  }

  is(pane: string, format: string): string {
    return this.#tmux('display', '-p', '-t', pane, format).trim()
  }

  screen(pane: string): string {
    return this.#tmux('capture-pane', '-p', '-t', pane)
  }

  /** All that a pane writes from now on, as far as it is plain text; Escape is `\033`. */
  hear(pane: string, heard: (text: string) => void): void {
    this.#heard.set(pane, heard)
  }

  /** Presses a key, by tmux's name. */
  press(pane: string, key: string): void {
    this.#client.stdin.write(`send-keys -t ${pane} ${key}\n`)
  }

  close(): void {
    this.#tmux('kill-server')
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop()!
    for (const line of lines) {
      const [, pane, written] = /^%output (%\d+) (.*)/s.exec(line) ?? []
      if (pane !== undefined) this.#heard.get(pane)?.(written!)
    }
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-S', this.#socket, ...args], { encoding: 'utf8' })
  }
}
