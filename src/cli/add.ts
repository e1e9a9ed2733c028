// `mcpgw add`: into the settings first, then one start to see what the backend offers. A backend that does not start stays added: what it lacks
// here may be there in the client. The exit code says so, and what to do.

import { existsSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { parseDuration } from '../lib/durations.ts'
import type { Context } from './context.ts'
import { Failure } from './failure.ts'
import { offers } from './offers.ts'
import { note } from './print.ts'
import { alter } from './settings.ts'

interface AddOptions {
  readonly url?: string
  readonly transport?: 'stdio' | 'http' | 'sse'
  readonly header?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly tag?: readonly string[]
  readonly timeout?: number
  readonly concurrency?: number
  readonly idle?: number
  readonly clientId?: string
  readonly clientSecret?: string
  readonly clientMetadataUrl?: string
  readonly callbackPort?: number
  readonly scopes?: string
  readonly disabled?: true
  readonly check: boolean
  readonly json?: true
}

export const add = (context: Context): Command =>
  new Command('add')
    .description('add a backend: a command to start, or a URL')
    .argument('<name>', 'what to call it')
    .argument('[command...]', 'behind --, the command and its arguments')
    .option('--url <url>', 'the address of a remote backend')
    .addOption(new Option('-t, --transport <type>', 'how to speak to the URL').choices(['http', 'sse', 'stdio']))
    .option('-H, --header <header>', 'a header for the URL, "Name: value"; repeatable', header)
    .option('-e, --env <K=V>', 'a variable for the command; repeatable', variable)
    .option('--cwd <dir>', 'the folder to start the command in')
    .option('--tag <tag>', 'a word to group backends by; repeatable', (tag, tags: readonly string[] = []) => [...tags, tag])
    .option('--timeout <time>', 'how long a call may be silent (60s)', time)
    .option('--concurrency <n>', 'how many calls it gets at once (10)', count)
    .option('--idle <time>', 'stopped after so long without a call (10m); 0: never', time)
    .option('--client-id <id>', 'to log in as an application that you have registered there')
    .option('--client-secret <${VAR}>', 'its secret, as the variable that holds it')
    .option('--client-metadata-url <url>', 'to log in as who your client id metadata document says')
    .option('--callback-port <port>', 'the port at which the browser comes back from a login', port)
    .option('--scopes <scopes>', 'what to ask for at a login, with spaces between')
    .option('--disabled', 'add it, but do not use it yet')
    .option('--no-check', 'do not start it now')
    .option('--json', 'what it offers as JSON')
    .addHelpText('after', help)
    .action(async (name: string, command: readonly string[], options: AddOptions) => {
      const entry = { ...target(context, command, options), ...wishes(options) }
      await alter(context, servers => {
        if (Object.hasOwn(servers, name))
          throw new Failure(1, `there is a backend "${name}" already`, `To see it: mcpgw get ${name}`, `To replace it, first: mcpgw remove ${name}`)
        return { ...servers, [name]: entry }
      })
      note(context, `added ${name} to ${context.places.settings}`)
      if (!options.cwd) warnOfRelative(context, command)
      if (options.check && !options.disabled) await offers(context, name, options.json === true)
    })

const help = `
It is added to the settings, then started once, to show and remember what it
offers. If it does not start it stays added, and the exit code is 1.
Values may be \${VAR}, which is filled in when it is started.

Examples:
  mcpgw add files -- npx -y @modelcontextprotocol/server-filesystem ~/notes
  mcpgw add github -e 'TOKEN=\${GITHUB_TOKEN}' -- npx -y some-github-server
  mcpgw add linear --url https://mcp.linear.app/mcp
  mcpgw add own --url https://x.example --client-id ID --client-secret '\${S}'
  mcpgw add old --url https://example.com/sse --transport sse -H 'X-Key: \${KEY}'`

/** What to start, or where it is. */
function target(
  { cwd }: Context,
  [command, ...args]: readonly string[],
  { url, transport, header: headers, env, cwd: folder, ...rest }: AddOptions,
): Record<string, unknown> {
  const oauth = login(rest)
  // \`claude mcp add --transport http NAME URL\`: nobody has a command of that name.
  const address = url ?? (command !== undefined && args.length === 0 && /^https?:\/\//i.test(command) ? command : undefined)
  if (address === undefined) {
    if (command === undefined)
      throw new Failure(
        2,
        'nothing to add: neither a command nor a URL',
        'A command goes behind --: mcpgw add NAME -- COMMAND ARGS...',
        'An address: mcpgw add NAME --url URL',
      )
    if (transport === 'http' || transport === 'sse') throw new Failure(2, `--transport ${transport} goes with a URL, and "${command}" is a command`)
    if (oauth) throw new Failure(2, `${flagOf(Object.keys(oauth)[0]!)} goes with a URL: nobody logs in at a command`)
    if (headers) throw new Failure(2, '--header goes with a URL; a command gets its secrets by --env')
    const file = /^\.{1,2}[/\\]/.test(command) ? resolve(folder ?? cwd, command) : command
    return {
      command: file,
      ...(args.length ? { args } : {}),
      ...(env ? { env } : {}),
      ...(folder === undefined ? {} : { cwd: folder.includes('${') ? folder : resolve(cwd, folder) }),
    }
  }
  if (url !== undefined && command !== undefined)
    throw new Failure(2, 'a backend is a command or a URL, not both', 'Take --url away, or what stands behind the name')
  if (transport === 'stdio') throw new Failure(2, '--transport stdio goes with a command, not with a URL')
  if (env || folder !== undefined) throw new Failure(2, `${env ? '--env' : '--cwd'} goes with a command, not with a URL`)
  // What stands on a command line others can read: it is not told again here.
  if (oauth?.clientSecret !== undefined && !/^\$\{[^}]+\}$/.test(oauth.clientSecret))
    throw new Failure(2, 'a secret does not belong on a command line, where others can read it', "Write the variable that holds it: --client-secret '${NAME}'")
  if (oauth?.clientSecret !== undefined && oauth.clientId === undefined) throw new Failure(2, 'a client secret needs its client: add --client-id ID')
  return { type: transport ?? 'http', url: address, ...(headers ? { headers } : {}), ...(oauth ? { oauth } : {}) }
}

/** How to log in there, as far as it was said. */
function login({ clientId, clientSecret, clientMetadataUrl, callbackPort, scopes }: Partial<AddOptions>): Partial<AddOptions> | undefined {
  const said = Object.entries({ clientId, clientSecret, clientMetadataUrl, callbackPort, scopes }).filter(([, value]) => value !== undefined)
  return said.length === 0 ? undefined : Object.fromEntries(said)
}

const flagOf = (setting: string): string => `--${setting.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`

/** The rest, as far as it was said. */
function wishes({ tag, timeout, concurrency, idle, disabled }: AddOptions): Record<string, unknown> {
  const all = { tags: tag, timeoutMs: timeout, concurrency, idleMs: idle, enabled: disabled && false }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

function warnOfRelative(context: Context, [, ...args]: readonly string[]): void {
  const relative = args.find(
    one => /^[^-]/.test(one) && /[./\\]/.test(one) && !isAbsolute(one) && !/^\w+:\/\//.test(one) && existsSync(resolve(context.cwd, one)),
  )
  if (relative !== undefined)
    note(
      context,
      { text: 'note: ', style: 'yellow' },
      `"${relative}" is found from here; a client starts mcpgw somewhere else. Write its whole path, or add --cwd ${context.cwd}`,
    )
}

function variable(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('Write NAME=value.')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

function header(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name, value] = /^([!#$%&'*+.^`|~\w-]+)\s*:\s*([^\r\n]*)$/.exec(text) ?? []
  if (name === undefined) throw new InvalidArgumentError('Write "Name: value".')
  return { ...before, [name]: value! }
}

function port(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('Here a port is a number up to 65535.')
  return Number(text)
}

function time(text: string): number {
  const found = text === '0' ? 0 : parseDuration(text)
  if (found === undefined) throw new InvalidArgumentError('Write a time with its unit, such as 500ms, 60s, 10m or 1h.')
  return found
}

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Write a whole number, 1 or more.')
  return Number(text)
}
