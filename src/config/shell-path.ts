// Where a command is: on the PATH that the client gave us, else on that of the person's login shell. Programs with windows are started with a PATH
// that knows neither Homebrew nor nvm. A shell is asked once a process, only when a command isn't found on ours.

import { access, accessSync, constants, stat, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import type { Environment } from './paths.ts'

export interface Found {
  /** The executable. */
  readonly file: string
  /** The PATH it was found with; its child must have it, too. */
  readonly path: string
}

const ASK_MS = 5000
const MARK = '__mcpgw_path__'

/** The executable that `command` means, and the PATH to start it with. `shellPath` is for tests. */
export async function findCommand(
  command: string,
  env: Environment,
  cwd?: string,
  shellPath: (env: Environment) => Promise<string | undefined> = loginShellPath,
): Promise<Found | undefined> {
  const ours = env['PATH'] ?? env['Path'] ?? ''
  if (/[/\\]/.test(command) && (process.platform === 'win32' || command.includes('/'))) {
    const file = candidates(isAbsolute(command) ? command : resolve(cwd ?? '.', command), env).find(isProgramNow)
    return file === undefined ? undefined : { file, path: ours }
  }
  const here = await searched(command, ours, env, cwd)
  if (here !== undefined) return { file: here, path: ours }
  const theirs = await shellPath(env)
  if (theirs === undefined) return undefined
  const path = [...new Set([...theirs.split(delimiter), ...ours.split(delimiter)])].filter(Boolean).join(delimiter)
  const file = await searched(command, path, env, cwd)
  return file === undefined ? undefined : { file, path }
}

async function searched(command: string, path: string, env: Environment, cwd = '.'): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const file = folder && (await executable(join(resolve(cwd, folder), command), env))
    if (file) return file
  }
  return undefined
}

async function executable(file: string, env: Environment): Promise<string | undefined> {
  for (const one of candidates(file, env)) if (await isProgram(one)) return one
  return undefined
}

/** Callbacks, because `node:fs/promises` takes longer to load than a start has for it. */
const isProgram = (file: string): Promise<boolean> =>
  new Promise(done => stat(file, (missing, found) => (missing || !found.isFile() ? done(false) : access(file, constants.X_OK, not => done(!not)))))

/** Of one whose place is known: its start will wait for the same disk, and four threads that would wait instead take longer to make. */
function isProgramNow(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** The files that this may mean. */
const candidates = (file: string, env: Environment): readonly string[] => endings(file, env).map(ending => file + ending)

function endings(file: string, env: Environment): readonly string[] {
  if (process.platform !== 'win32') return ['']
  const known = (env['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').split(';').filter(Boolean)
  return known.some(ending => file.toLowerCase().endsWith(ending.toLowerCase())) ? ['', ...known] : known
}

const asked = new Map<string, Promise<string | undefined>>()

/** The PATH of a login shell, which reads what stands in the home folder: each is asked once. undefined on Windows, or when the shell does not say. */
export function loginShellPath(env: Environment): Promise<string | undefined> {
  const key = JSON.stringify([env['SHELL'], env['HOME']])
  let told = asked.get(key)
  if (!told) asked.set(key, (told = process.platform === 'win32' ? Promise.resolve(undefined) : askShell(env)))
  return told
}

/** Asks the login shell; a shell that has not told after `withinMs` is ended. */
export async function askShell(env: Environment, withinMs = ASK_MS): Promise<string | undefined> {
  const { userInfo } = process.getBuiltinModule('node:os')
  const shell = env['SHELL'] || (userInfo().shell ?? undefined)
  if (!shell) return undefined
  // In a session of its own (detached), so that an interactive shell can't take hold of the client's terminal. `env` prints PATH alike in every shell.
  const script = `printf '\\n%s\\n' ${MARK}; command env; exit`
  const child = process
    .getBuiltinModule('node:child_process')
    .spawn(shell, ['-ilc', script], { env: { ...env, TERM: 'dumb' }, stdio: ['ignore', 'pipe', 'ignore'], detached: true })
  const kill = () => {
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      // It is over.
    }
  }
  const timer = setTimeout(kill, withinMs)
  process.once('exit', kill)
  try {
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
    await new Promise(done => child.once('error', done).once('close', done))
    return /^PATH=(.+)$/m.exec(said.slice(said.lastIndexOf(`\n${MARK}\n`) + 1))?.[1]
  } finally {
    clearTimeout(timer)
    process.off('exit', kill)
  }
}
