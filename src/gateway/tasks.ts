// Tasks: a request that is answered with a handle and goes on (MCP 2025-11-25, tasks; the extension io.modelcontextprotocol/tasks). Whatever is
// asked about a task goes to who made it: a client's question to that backend, a backend's to the client that made one for it, and to nobody else.

import type { Reply } from '../rpc/reply.ts'

/** So many are remembered, the latest ones. */
const MOST = 10_000

export class Tasks {
  /** Two that give their tasks the same id: nobody can tell them apart, so it is nobody's. */
  readonly #owners = new Map<string, string | undefined>()

  /** A reply may be the handle of a new task of this backend's. */
  made(backend: string, { error, value }: Reply): void {
    const id = error ? undefined : taskOf(value)
    if (id === undefined) return
    const owner = this.#owners.has(id) && this.#owners.get(id) !== backend ? undefined : backend
    this.#owners.delete(id)
    this.#owners.set(id, owner)
    if (this.#owners.size > MOST) this.#owners.delete(this.#owners.keys().next().value!)
  }

  owner(id: unknown): string | undefined {
    return typeof id === 'string' ? this.#owners.get(id) : undefined
  }

  /** Who has made one. */
  owners(): ReadonlySet<string> {
    return new Set([...this.#owners.values()].filter(owner => owner !== undefined))
  }
}

/** The task that a result is the handle of: in the legacy era it stands in `task`, in the modern one it is the result. */
export function taskOf(value: Record<string, unknown>): string | undefined {
  const { task } = value
  const id = value['resultType'] === 'task' ? value['taskId'] : typeof task === 'object' && task !== null ? (task as { taskId?: unknown }).taskId : undefined
  return typeof id === 'string' ? id : undefined
}
