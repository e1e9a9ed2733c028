// Folders and files of ours: there or makeable, ours alone, writable; the store usable.

import { accessSync, closeSync, constants, existsSync, lstatSync, openSync, readFileSync, readSync, statSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { check, decode } from '../../config/load.ts'
import type { Places } from '../../config/paths.ts'
import { openStore } from '../../store/sqlite.ts'
import { steps } from '../../store/schema.ts'
import { worthKnowing, wrong, type Finding } from './finding.ts'

const posix = process.platform !== 'win32'

/** What is wrong with the settings file: everything, not only the first. */
export function settings({ settings: file }: Places): Finding[] {
  if (!existsSync(file)) return [worthKnowing(file, 'there are no settings yet', 'add a backend: mcpgw add --help')]
  try {
    const [problems] = check(file, decode(readFileSync(file)))
    const found = problems.map(({ line, message }) => wrong(line === undefined ? file : `${file}:${line}`, message, 'repair it: mcpgw config edit'))
    return posix && found.length === 0 && (statSync(file).mode & 0o077) !== 0 && holdsSecrets(file)
      ? [worthKnowing(file, 'others may read this file, and it holds values of variables or headers', `chmod 600 ${file}`)]
      : found
  } catch (error) {
    return [wrong(file, `it can not be read: ${(error as Error).message}`, 'check who owns it and its mode')]
  }
}

const holdsSecrets = (file: string): boolean => /"(?:env|headers)"\s*:\s*\{[^}]*"\s*:\s*"[^"$]/.test(readFileSync(file, 'utf8'))

/** Whether we can write where we must, and nobody else can where nobody else may. */
export function folders({ run, journal, logs, database, settings: file, sockets }: Places): Finding[] {
  const all = [run, journal, logs, dirname(database), dirname(file), ...(posix ? [sockets] : [])]
  // Of those that are not there, the folder that they will be made in: often the same.
  const there = new Set(all.map(nearest))
  return [...[...there].flatMap(usable), ...[...new Set([run, sockets])].flatMap(alone)]
}

function nearest(dir: string): string {
  while (!existsSync(dir) && dirname(dir) !== dir) dir = dirname(dir)
  return dir
}

function usable(there: string): Finding[] {
  if (!statSync(there).isDirectory()) return [wrong(there, 'this is a file, and a folder is needed', `move it away: mv ${there} ${there}.old`)]
  try {
    accessSync(there, constants.R_OK | constants.W_OK | constants.X_OK)
    return []
  } catch {
    return [wrong(there, 'this folder can not be written to', posix ? `make it yours: chown -R "$USER" ${there}; chmod u+rwx ${there}` : undefined)]
  }
}

function alone(dir: string): Finding[] {
  const found = posix ? itself(dir) : undefined
  if (found === undefined) return []
  if (!found.isDirectory() || found.uid !== process.getuid!())
    return [wrong(dir, 'this must be a folder of yours: sockets of gateways are made there', `move it away: mv ${dir} ${dir}.old`)]
  return (found.mode & 0o077) === 0 ? [] : [worthKnowing(dir, 'others may enter this folder; the next gateway closes it', `chmod 700 ${dir}`)]
}

/** What stands there, a link to nowhere too; nothing where something above is no folder. */
function itself(dir: string): Stats | undefined {
  try {
    return lstatSync(dir)
  } catch {
    return undefined
  }
}

/** Whether the store opens, and who wrote it. */
export async function store({ database }: Places): Promise<Finding[]> {
  if (!existsSync(database)) return []
  try {
    accessSync(database, constants.R_OK | constants.W_OK)
    const opened = await openStore(database)
    await opened.stats()
    await opened.close()
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM')
      return [wrong(database, 'the store can not be written to', `make it yours: chown "$USER" ${database}*; chmod 600 ${database}`)]
    return [
      wrong(
        database,
        message,
        `until it can be read, calls are refused unless "pins" is warn or off: nobody can tell what was accepted. A broken store can be moved away: mv ${database} ${database}.old; then every tool is seen for the first time`,
      ),
    ]
  }
  const ahead = versionOf(database) > steps.length
  return ahead ? [worthKnowing(database, 'a newer mcpgw has written this store; this one uses what it knows of it', 'update this mcpgw')] : []
}

/** A SQLite file says at byte 60 which version its tables are of. */
function versionOf(file: string): number {
  const fd = openSync(file, 'r')
  try {
    const head = Buffer.alloc(64)
    return readSync(fd, head, 0, 64, 0) === 64 ? head.readUInt32BE(60) : 0
  } finally {
    closeSync(fd)
  }
}
