// Where everything lies. Every place derives from the home folder and the user id alone: clients pass a stdio server little more than HOME and
// PATH, so XDG_* would part the gateway from its window. Only MCPGW_HOME moves it.

import { posix, win32 } from 'node:path'

export interface Places {
  readonly settings: string
  /** The store. */
  readonly database: string
  readonly journal: string
  /** What backends say of themselves, for a greeting that can't wait for the store. */
  readonly prefaces: string
  /** Who runs: an entry `<id>.json` for each gateway. */
  readonly run: string
  readonly logs: string
  /** What may be lost without harm: locks, logs, run. */
  readonly state: string
  /** The file of the key that encrypts what is kept. */
  readonly masterKey: string
  /** The folder of the control sockets; on Windows the prefix of their pipes. */
  readonly sockets: string
  /** Where the gateway `id` listens. */
  socket(id: string): string
}

export type Environment = Record<string, string | undefined>

/** A longer path does not fit into a socket's address everywhere. */
const SOCKET_PATH_BYTES = 100

/** The places of this user. `--config` replaces `settings` alone. */
export function places(
  env: Environment = process.env,
  home: string = homeOf(env),
  uid: number = process.getuid?.() ?? 0,
  platform: NodeJS.Platform = process.platform,
): Places {
  const { join, resolve } = platform === 'win32' ? win32 : posix
  const moved = env['MCPGW_HOME'] ? resolve(env['MCPGW_HOME'].replace(/^~(?=$|[/\\])/, () => home)) : undefined
  const { config, data, state, logs } = moved ? { config: moved, data: moved, state: moved, logs: undefined } : folders(home, platform, join)
  const run = join(state, 'run')
  const fits = Buffer.byteLength(join(run, '12345678.sock')) <= SOCKET_PATH_BYTES
  const sockets = platform === 'win32' ? '\\\\.\\pipe\\mcpgw-' : fits ? run : `/tmp/mcpgw-${uid}`
  return {
    settings: join(config, 'config.json'),
    database: join(data, 'mcpgw.db'),
    journal: join(data, 'journal'),
    prefaces: join(data, 'prefaces.json'),
    masterKey: join(data, 'master.key'),
    run,
    logs: logs ?? join(state, 'logs'),
    state,
    sockets,
    socket: id => (platform === 'win32' ? sockets + id : join(sockets, `${id}.sock`)),
  }
}

/** What os.homedir() says; that module is loaded only where HOME does not say it. */
const homeOf = (env: Environment): string => (process.platform !== 'win32' && env['HOME']) || process.getBuiltinModule('node:os').homedir()

interface Folders {
  readonly config: string
  readonly data: string
  readonly state: string
  readonly logs?: string
}

function folders(home: string, platform: NodeJS.Platform, join: (...parts: string[]) => string): Folders {
  if (platform === 'win32') {
    const local = join(home, 'AppData', 'Local', 'mcpgw')
    return { config: join(home, 'AppData', 'Roaming', 'mcpgw'), data: local, state: local }
  }
  if (platform === 'darwin') {
    const support = join(home, 'Library', 'Application Support', 'mcpgw')
    return { config: support, data: support, state: support, logs: join(home, 'Library', 'Logs', 'mcpgw') }
  }
  return { config: join(home, '.config', 'mcpgw'), data: join(home, '.local', 'share', 'mcpgw'), state: join(home, '.local', 'state', 'mcpgw') }
}
