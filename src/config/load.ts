// The settings as a start reads them: the file itself, checked by the generated validator, with its defaults. Never writes, never throws.
// A file that is not there means settings without backends; one that can't be read is a problem that names file, line and key.

import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { repeatedKey } from '../rpc/spans.ts'
import { toWire } from '../rpc/wire.ts'
import { lineAt, parse } from './jsonc.ts'
import { limitsOf, wrongLimits, type RawLimit } from './limits.ts'
import { explain, keyOf, type Wrong } from './problem.ts'
import { permissionsOf, wrongRules, type RawPermissions } from './rules.ts'
import type { BackendSettings, Settings, SettingsProblem } from './settings.ts'
import validate, { type SchemaError } from './validate.generated.js'

export type Loaded = { readonly settings: Settings; readonly text: string } | { readonly problem: SettingsProblem }

/** Reads the settings of `file`. */
export function load(file: string): Loaded {
  let text: string
  try {
    text = decode(readFileSync(file))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return settle(file, '')
    return { problem: { file, message: unreadable[code ?? ''] ?? `it can not be read: ${message}` } }
  }
  return settle(file, text)
}

/** Settings out of the text of `file`: what `load` does with what it has read. */
export function settle(file: string, text: string): Loaded {
  const [problems, settings] = check(file, text)
  return settings ? { settings, text } : { problem: problems[0]! }
}

/** All that is wrong with the text of `file`, in the order of its lines; and the settings, if nothing is. */
export function check(file: string, text: string): [readonly SettingsProblem[], Settings?] {
  try {
    return checked(file, text)
  } catch (error) {
    // What reads and explains it goes as deep as it is nested.
    if (!(error instanceof RangeError)) throw error
    return [[{ file, message: 'it is nested deeper than settings can be' }]]
  }
}

function checked(file: string, text: string): [readonly SettingsProblem[], Settings?] {
  let raw = text.trim() === '' ? {} : plain(text)
  if (raw === undefined) {
    const { value, mistakes } = parse(text)
    if (mistakes.length) return [mistakes.map(({ offset, message }) => ({ file, line: lineAt(text, offset), message }))]
    raw = value
  }
  if (validate(raw)) {
    const settings = raw as RawSettings
    const wrong: Wrong[] = Object.entries(settings.mcpServers).flatMap(([name, entry]) =>
      odd(entry).map(([key, message]) => ({ path: ['mcpServers', name, key], message: `${keyOf(['mcpServers', name])} ${message}` })),
    )
    wrong.push(...wrongRules(settings.permissions), ...wrongLimits(settings.limits))
    return wrong.length ? [placed(file, text, wrong)] : [[], settingsOf(settings)]
  }
  return [
    placed(
      file,
      text,
      essential(validate.errors!).map(error => explain(error, raw)),
    ),
  ]
}

/** What JSON alone says; undefined where there is more to it: comments, mistakes, or a thing that is there twice, of which it would take the last one. */
function plain(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return repeatedKey(toWire(text)) === undefined ? value : undefined
  } catch {
    return undefined
  }
}

/** What is wrong inside a name, or with a half of "command or url", comes with another error that says it for the whole. */
const essential = (errors: readonly SchemaError[]): readonly SchemaError[] =>
  errors.filter(
    ({ keyword, instancePath, propertyName }) =>
      (keyword !== 'required' || !instancePath.startsWith('/mcpServers')) &&
      (keyword === 'propertyNames' || propertyName === undefined) &&
      (keyword !== 'oneOf' || !errors.some(other => other.keyword === 'type' && other.instancePath === instancePath)),
  )

/** Bytes to text: UTF-8, or what an editor or shell on Windows made of it. Throws where it is neither: a name in it would be read as another one. */
export function decode(bytes: Buffer): string {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe
  if (!wide && !isUtf8(bytes)) throw new Error('it is not written in UTF-8; save it in that encoding')
  const text = wide ? bytes.toString('utf16le') : bytes.toString('utf8')
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

const unreadable: Readonly<Record<string, string>> = {
  EACCES: 'you may not read it: check who owns it and its mode (chmod 600)',
  EPERM: 'you may not read it: check who owns it and its mode (chmod 600)',
  EISDIR: 'this is a folder; the settings are a file',
  ENOTDIR: 'a part of this path is a file, not a folder',
  ELOOP: 'its links lead in a circle',
}

interface RawEntry extends Omit<BackendSettings, 'name' | 'type'> {
  readonly type?: 'stdio' | 'http' | 'streamable-http' | 'sse'
}

interface RawSettings extends Omit<Settings, 'backends' | 'permissions' | 'limits'> {
  readonly permissions: RawPermissions
  readonly limits: readonly RawLimit[]
  readonly mcpServers: Readonly<Record<string, RawEntry>>
}

/** What the schema doesn't say: which keys go together. */
function odd({ command, url, type, args, cwd, headers, oauth }: RawEntry): [key: string, message: string][] {
  if (command !== undefined) {
    if (type !== undefined && type !== 'stdio') return [['type', `has a "command", so its "type" is "stdio", not "${type}"`]]
    if (oauth) return [['oauth', 'has a "command", and "oauth" goes with a "url"']]
    return Object.keys(headers).length ? [['headers', 'has a "command", and "headers" go with a "url"; a command gets its secrets by "env"']] : []
  }
  if (type === 'stdio') return [['type', 'has a "url", so its "type" is "http" or "sse", not "stdio"']]
  if (args.length) return [['args', 'has a "url", and "args" go with a "command"']]
  if (cwd !== undefined) return [['cwd', 'has a "url", and "cwd" goes with a "command"']]
  if (oauth && Object.keys(headers).some(name => name.toLowerCase() === 'authorization'))
    return [['oauth', 'has "oauth" and a header "Authorization", and only one can say who you are; take one out']]
  if (oauth?.clientSecret !== undefined && oauth.clientId === undefined) return [['oauth', 'has a "clientSecret", which goes with a "clientId"']]
  return /\$\{/.test(url!) || URL.canParse(url!) ? [] : [['url', 'has a "url" that is none']]
}

function settingsOf({ version, mcpServers, permissions, limits, approvals, pins, auth, audit, maxFrameBytes }: RawSettings): Settings {
  const backends = Object.entries(mcpServers).map(([name, { type, ...rest }]): BackendSettings => {
    const transport = rest.url === undefined ? 'stdio' : type === 'sse' ? 'sse' : 'http'
    return { name, ...rest, type: transport }
  })
  return { version, backends, permissions: permissionsOf(permissions), limits: limitsOf(limits), approvals, pins, auth, audit, maxFrameBytes }
}

function placed(file: string, text: string, wrong: readonly Wrong[]): SettingsProblem[] {
  const document = parse(text)
  const problems = wrong.map(({ path, message }) => ({ file, line: lineAt(text, document.at(path)), key: keyOf(path), message }))
  return problems.sort((one, other) => one.line - other.line)
}
