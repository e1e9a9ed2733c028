// A local backend: one process group, spoken to over its stdin and stdout. stderr is drained, always; what it prints goes to its log.
// Invariant: nothing of the group outlives `close`.

import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { Lines } from '../lib/lines.ts'
import { Outbox } from '../lib/outbox.ts'
import { LARGE } from '../rpc/wire.ts'
import type { Link } from '../rpc/link.ts'
import { endGroup, startedGroup } from './group.ts'

export interface StdioOptions {
  /** The executable, found already. */
  readonly file: string
  readonly args: readonly string[]
  readonly env: Record<string, string>
  readonly cwd?: string
  readonly maxFrameBytes: number
  /** What it prints on stderr. */
  readonly onstderr: (chunk: Buffer) => void
  /** How to spawn, where Node's own way does not do (Windows: .cmd files). */
  readonly spawn?: (file: string, args: string[], options: SpawnOptions) => ChildProcess
}

export interface StdioLink extends Link {
  /** The process group's id; undefined when it could not be started. */
  readonly pid: number | undefined
}

/** Pipes may stay open in the hands of a grandchild; so long is waited for the last words of a process that has ended. */
const LAST_WORDS_MS = 150

function start(options: StdioOptions): ChildProcess {
  const spawn = options.spawn ?? process.getBuiltinModule('node:child_process').spawn
  const detached = process.platform !== 'win32'
  return spawn(options.file, [...options.args], { cwd: options.cwd, env: options.env, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true, detached })
}

function reason(error: NodeJS.ErrnoException, options: StdioOptions): string {
  if (error.code === 'ENOENT') return options.cwd ? `"${options.file}" or its folder "${options.cwd}" was not found` : `"${options.file}" was not found`
  if (error.code === 'EACCES') return `"${options.file}" may not be executed`
  return error.message
}

/** Starts the process; what goes wrong then is told by `closed`. */
export function stdioLink(options: StdioOptions): StdioLink {
  let child: ChildProcess
  try {
    child = start(options)
  } catch (error) {
    const why = reason(error as NodeJS.ErrnoException, options)
    return { pid: undefined, start: receiver => queueMicrotask(() => receiver.closed(why)), send() {}, drained: () => undefined, close: async () => {} }
  }
  if (child.pid !== undefined) startedGroup(child.pid)
  const stdin = child.stdin!
  const stdout = child.stdout!
  const outbox = new Outbox(stdin)
  stdin.on('error', () => {})
  child.stderr!.on('data', options.onstderr)
  child.stderr!.on('error', () => {})
  let closing: Promise<void> | undefined
  return {
    pid: child.pid,
    start(receiver) {
      const lines = new Lines(
        { line: line => receiver.frame(line), oversize: (head, tail, bytes) => receiver.oversize(head, tail, bytes) },
        options.maxFrameBytes,
        LARGE,
      )
      let over = false
      const closed = (why: string) => {
        if (over) return
        over = true
        lines.end()
        receiver.closed(why)
      }
      const ended = () => (child.signalCode ? `it was ended by ${child.signalCode}` : `it exited with code ${child.exitCode}`)
      stdout.on('data', chunk => lines.push(chunk))
      stdout.on('error', () => {})
      child.on('error', error => closed(reason(error, options)))
      child.on('close', () => closed(ended()))
      child.on('exit', () => setTimeout(() => closed(ended()), LAST_WORDS_MS).unref())
    },
    send(parts) {
      if (stdin.writable) outbox.line(parts)
    },
    drained: () => outbox.drained(),
    pause: on => void (on ? stdout.pause() : stdout.resume()),
    close() {
      stdin.end()
      return (closing ??= child.pid === undefined ? Promise.resolve() : endGroup(child.pid))
    },
  }
}
