// Tasks: a request that is answered with a handle and goes on (MCP 2025-11-25, tasks; the extension io.modelcontextprotocol/tasks). Whatever is
// asked about a task goes to who made it: a client's question to that backend, a backend's to the client that made one for it, and to nobody else.

import type { Id } from '../rpc/frame.ts'
import type { Reply } from '../rpc/reply.ts'
import type { Wire } from '../rpc/wire.ts'
import { error } from './answers.ts'
import type { Received } from './received.ts'
import type { Origin } from './types.ts'

/** The extension by which a modern backend answers with the handle of a task. */
export const TASKS = 'io.modelcontextprotocol/tasks'

/** So many are remembered, the latest ones, as long as the calls that they came from are no larger than this together. */
const MOST = 10_000
const MOST_BYTES = 16 * 1024 * 1024

interface Task {
  readonly backend: string
  /** What a client has made it with. */
  readonly call: Received | undefined
  /** Two have got it with the same id: nobody can tell whose it is, so it is nobody's. */
  readonly shared: boolean
}

export class Tasks {
  readonly #tasks = new Map<string, Task>()
  #bytes = 0

  /** A reply may be the handle of a new task of this backend's. */
  made(backend: string, { error, value }: Reply, call?: Received): void {
    const id = error ? undefined : taskOf(value)
    if (id === undefined) return
    const known = this.#tasks.get(id)
    const shared = known !== undefined && (known.shared || known.backend !== backend || whose(known.call) !== whose(call))
    this.#forget(id)
    this.#tasks.set(id, { backend, call, shared })
    this.#bytes += call?.bytes ?? 0
    while (this.#tasks.size > MOST || (this.#bytes > MOST_BYTES && this.#tasks.size > 1)) this.#forget(this.#tasks.keys().next().value!)
  }

  /** The backend that it is with. */
  owner(id: unknown): string | undefined {
    return this.find(id)?.backend
  }

  find(id: unknown): Task | undefined {
    const task = typeof id === 'string' ? this.#tasks.get(id) : undefined
    return task?.shared ? undefined : task
  }

  /** Who has made one. */
  owners(): ReadonlySet<string> {
    return new Set([...this.#tasks.values()].flatMap(({ shared, backend }) => (shared ? [] : [backend])))
  }

  #forget(id: string): void {
    this.#bytes -= this.#tasks.get(id)?.call?.bytes ?? 0
    this.#tasks.delete(id)
  }
}

const whose = (call: Received | undefined): string | undefined => call?.origin.principal.id

/** Who has not declared the extension can't ask about tasks in the modern era, or listen for them (the extension, protocol errors). */
export const knowsTasks = ({ capabilities }: Origin): boolean => (capabilities['extensions'] as Record<string, unknown> | undefined)?.[TASKS] !== undefined

/** What those are told. */
export const withoutTasks = (id: Id): Wire[] =>
  error(id, -32021, `Missing required client capability: ${TASKS}`, { requiredCapabilities: { extensions: { [TASKS]: {} } } })

/** The task that a result is the handle of: in the legacy era it stands in `task`, in the modern one it is the result. */
export function taskOf(value: Record<string, unknown>): string | undefined {
  const { task } = value
  const id = value['resultType'] === 'task' ? value['taskId'] : typeof task === 'object' && task !== null ? (task as { taskId?: unknown }).taskId : undefined
  return typeof id === 'string' ? id : undefined
}
