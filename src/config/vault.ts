// Where a key is kept that this machine made itself, by the means of each system: a file for its owner alone on Linux; the keychain on macOS, through
// its command tool; on Windows a file that the system has encrypted for this user (DPAPI, through PowerShell; its vault can't be written atomically).
// Invariants: what is there is never written over; of two processes that keep one at once the first wins, and both read the same afterwards;
// a key is never in a command's arguments, where others of this machine could read it.

import { createHash, randomBytes } from 'node:crypto'
import { closeSync, fchmodSync, fstatSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export interface Vault {
  readonly kind: 'file' | 'keychain' | 'dpapi'
  /** For people: which file or entry. */
  readonly where: string
  /** What is kept; undefined where nothing is. Throws an error for people where it can't be told. */
  read(): Promise<string | undefined>
  /** Keeps it, unless something is kept already. */
  keep(text: string): Promise<void>
}

/** Runs a command to its end; rejects where it can't be started. */
export type Run = (
  command: string,
  args: readonly string[],
  input: string,
) => Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>

export function vaultOf(file: string, platform: NodeJS.Platform, run: Run): Vault {
  if (platform === 'darwin') return keychain(file, run)
  return platform === 'win32'
    ? encrypted(file, run)
    : { kind: 'file', where: file, read: async () => readOwn(file, true), keep: async text => keepOwn(file, text) }
}

function readOwn(file: string, alone: boolean): string | undefined {
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const mode = fstatSync(fd).mode & 0o777
    if (alone && mode & 0o077) throw new Error(`${file} may be read by others (mode ${mode.toString(8)}); take that from them: chmod 600 ${file}`)
    return readFileSync(fd, 'utf8').trim()
  } finally {
    closeSync(fd)
  }
}

/** Written whole under another name, then linked: a link is made by one process, and never over another. */
function keepOwn(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  const fd = openSync(draft, 'wx', 0o600)
  try {
    fchmodSync(fd, 0o600)
    writeSync(fd, `${text}\n`)
    fsyncSync(fd)
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    closeSync(fd)
    unlinkSync(draft)
  }
}

const NOT_FOUND = 44
const DUPLICATE = 45

const failed = (what: string, { code, stderr }: { code: number; stderr: string }): Error =>
  new Error(`${what} (exit ${code}${stderr.trim() ? `: ${stderr.trim().slice(0, 300)}` : ''})`)

function keychain(file: string, run: Run): Vault {
  const service = 'mcpgw'
  // One key for each home of the program; hex, because the tool's own language has no other way to carry any text.
  const account = createHash('sha256').update(file).digest('hex').slice(0, 16)
  const where = `the keychain (service ${service}, account ${account})`
  const tool = '/usr/bin/security'
  return {
    kind: 'keychain',
    where,
    async read() {
      const found = await run(tool, ['find-generic-password', '-s', service, '-a', account, '-w'], '')
      if (found.code === NOT_FOUND) return undefined
      if (found.code !== 0) throw failed(`${where} does not answer; unlock it (security unlock-keychain)`, found)
      return found.stdout.trim()
    },
    async keep(text) {
      const made = await run(tool, ['-i'], `add-generic-password -s ${service} -a ${account} -l "mcpgw master key" -w ${text}\n`)
      if (made.code !== 0 && made.code !== DUPLICATE && (await this.read()) === undefined) throw failed(`nothing can be kept in ${where}`, made)
    },
  }
}

function encrypted(file: string, run: Run): Vault {
  const protect = async (call: 'Protect' | 'Unprotect', base64: string): Promise<string> => {
    const script = `Add-Type -AssemblyName System.Security; $i = [Convert]::FromBase64String([Console]::In.ReadToEnd().Trim()); [Console]::Out.Write([Convert]::ToBase64String([Security.Cryptography.ProtectedData]::${call}($i, $null, 'CurrentUser')))`
    const done = await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script], base64)
    if (done.code !== 0) throw failed(`Windows does not ${call === 'Protect' ? 'encrypt' : 'decrypt'} the key in ${file} for this user`, done)
    return done.stdout.trim()
  }
  return {
    kind: 'dpapi',
    where: file,
    async read() {
      const kept = readOwn(file, false)
      return kept === undefined ? undefined : Buffer.from(await protect('Unprotect', kept), 'base64').toString('utf8')
    },
    keep: async text => keepOwn(file, await protect('Protect', Buffer.from(text).toString('base64'))),
  }
}

/** Runs it for real. */
export const run: Run = (command, args, input) =>
  new Promise((done, failed) => {
    const { spawn } = process.getBuiltinModule('node:child_process')
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true })
    const said = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (said[name] += text))
    child.once('error', failed).once('close', code => done({ code: code ?? -1, ...said }))
    child.stdin.on('error', () => {}).end(input)
  })
