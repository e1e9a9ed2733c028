// From a backend's settings to its link: variables filled in, its command found, its process started or its connection made. Whatever can't be done
// is a fault that says what to do, and downs this backend alone.

import { childEnvironment, expand } from '../config/expand.ts'
import { findCommand, type Found } from '../config/shell-path.ts'
import type { BackendSettings } from '../config/settings.ts'
import type { Fault } from '../gateway/faults.ts'
import type { Link } from '../rpc/link.ts'
import type { Credentials } from './credentials.ts'
import { httpLink } from './http.ts'
import type { BackendLogs } from './logs.ts'
import { sseLink } from './sse.ts'
import { stdioLink } from './stdio.ts'

export interface LinkOptions {
  readonly env: Record<string, string | undefined>
  readonly logs: BackendLogs
  readonly maxFrameBytes: number
  /** What a login got for a remote backend, its variables filled in; a fault where that can't be used. */
  readonly credentials?: (backend: BackendSettings) => Promise<Credentials | Fault | undefined>
  /** A process group was started, or is over: for whoever ends what a killed gateway leaves. */
  readonly ongroup?: (pid: number, lives: boolean) => void
  /** A variable that a process gets when it is started. */
  readonly mark?: () => Record<string, string>
}

/** Many backends that start at once have few commands: each is looked for once. */
const searches = new Map<string, Promise<Found | undefined>>()

function found(command: string, env: Record<string, string>, cwd: string | undefined): Promise<Found | undefined> {
  const key = JSON.stringify([command, cwd, env['PATH'], env['Path'], env['PATHEXT'], env['SHELL'], env['HOME']])
  let search = searches.get(key)
  if (!search) searches.set(key, (search = findCommand(command, env, cwd).finally(() => searches.delete(key))))
  return search
}

let turn: Promise<void> = Promise.resolve()

/** Starting a process takes a millisecond or two, and nobody is heard meanwhile: one in each turn of the event loop. */
const ownTurn = (): Promise<void> => (turn = turn.then(() => new Promise(done => setImmediate(done))))

const unavailable = (message: string): Fault => ({ code: 'backend_unavailable', message })

/** Opens links by the settings of a backend. */
export const openLink =
  ({ env, logs, maxFrameBytes, credentials, ongroup, mark }: LinkOptions) =>
  async (settings: BackendSettings): Promise<Link | Fault> => {
    const expanded = expand(settings, env)
    if ('missing' in expanded) return unavailable(expanded.message)
    const { backend } = expanded
    if (backend.url !== undefined) {
      const got = await credentials?.(backend)
      if (got && 'code' in got) return got
      return (backend.type === 'sse' ? sseLink : httpLink)({ url: backend.url, headers: backend.headers, credentials: got, maxFrameBytes, proxyEnv: env })
    }
    const childEnv = childEnvironment(backend, env)
    const at = await found(backend.command!, childEnv, backend.cwd)
    if (!at)
      return unavailable(
        `"${settings.name}" can not be started: the command "${backend.command}" was not found on the PATH of this client nor on your shell's. Use its absolute path, or see: mcpgw doctor`,
      )
    const spawn = process.platform === 'win32' ? (await import('cross-spawn')).default : undefined
    await ownTurn()
    const link = stdioLink({
      spawn,
      file: at.file,
      args: backend.args,
      env: { ...childEnv, PATH: at.path, ...mark?.() },
      cwd: backend.cwd,
      maxFrameBytes,
      onstderr: chunk => logs.write(settings.name, chunk),
    })
    const { pid } = link
    if (pid === undefined || !ongroup) return link
    ongroup(pid, true)
    return { ...link, close: () => link.close().finally(() => ongroup(pid, false)) }
  }
