// From a backend's settings to what its process or connection gets: variables filled in, and the few variables of ours that a child may see.
// A missing variable downs that backend alone.

import type { Environment } from './paths.ts'
import type { BackendSettings, OAuthSettings } from './settings.ts'

export type Expanded = { readonly backend: BackendSettings } | { readonly missing: readonly string[]; readonly message: string }

/** ${VAR}, ${env:VAR}, ${VAR:-default}; a default may hold braces, and so another variable. ${input:id} is a client's own and never set. */
const reference = /\$\{(?:env:)?((?:input:)?[A-Za-z_][A-Za-z0-9_]*)(?::-((?:[^{}]|\{[^{}]*\})*))?\}/g

/** Our own keys; no backend gets them, whatever it inherits or names. */
const ours = new Set(['MCPGW_KEY', 'MCPGW_MASTER_KEY'])

/** Fills in the variables of one backend, when it is started. Values are not looked through again. */
export function expand(backend: BackendSettings, env: Environment): Expanded {
  const missing = new Set<string>()
  const text = (value: string): string =>
    value.includes('${')
      ? value.replace(reference, (_, name: string, otherwise?: string) => {
          const found = ours.has(name.toUpperCase()) ? undefined : env[name]
          if (otherwise !== undefined) return found || text(otherwise)
          if (found === undefined) missing.add(name)
          return found ?? ''
        })
      : value
  const texts = (values: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, text(value)]))
  const { command, args, url, cwd } = backend
  const filled: BackendSettings = {
    ...backend,
    ...(command === undefined ? {} : { command: text(command) }),
    ...(url === undefined ? {} : { url: text(url) }),
    ...(cwd === undefined ? {} : { cwd: text(cwd) }),
    args: args.map(text),
    env: texts(backend.env),
    headers: texts(backend.headers),
    ...(backend.oauth && { oauth: { ...backend.oauth, ...texts(secretsOf(backend.oauth)) } }),
  }
  return missing.size ? { missing: [...missing], message: complaint(backend.name, [...missing]) } : { backend: filled }
}

/** What of it may be a variable. */
const secretsOf = ({ clientId, clientSecret }: OAuthSettings): Record<string, string> => ({
  ...(clientId !== undefined && { clientId }),
  ...(clientSecret !== undefined && { clientSecret }),
})

function complaint(name: string, missing: readonly string[]): string {
  const [first] = missing
  const which = missing.length === 1 ? `the variable ${first} is` : `the variables ${missing.join(', ')} are`
  if (missing.some(name => ours.has(name.toUpperCase())))
    return `"${name}" can not be started: its settings name ${missing.join(', ')}, and mcpgw's own keys go to no backend. Put what it needs into another variable.`
  const known = first!.startsWith('input:') || editors.has(first!)
  const todo = known
    ? `That is a variable of another program's settings: write the value itself, or \${VAR} for a variable that is set.`
    : `This client passes no such variable: set it in the "env" block of mcpgw in the client's settings, or write \${${first}:-default}.`
  return `"${name}" can not be started: ${which} not set, and its settings name no default. ${todo}`
}

/** What Cursor and VS Code fill in by themselves. */
const editors = new Set(['workspaceFolder', 'workspaceFolderBasename', 'userHome', 'pathSeparator'])

/** Variables that every local backend gets where we have them. */
const passed = new Set([
  ...['HOME', 'PATH', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'all_proxy', 'no_proxy', 'NODE_USE_ENV_PROXY'],
  ...[
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'NODE_EXTRA_CA_CERTS',
    'NODE_USE_SYSTEM_CA',
    'REQUESTS_CA_BUNDLE',
    'CURL_CA_BUNDLE',
    'GIT_SSL_CAINFO',
    'AWS_CA_BUNDLE',
    'DENO_CERT',
  ],
  ...['SSH_AUTH_SOCK', 'DOCKER_HOST'],
])

/** The basics of Windows, in capitals: its names have no case. */
const passedOnWindows = new Set([
  ...[
    'APPDATA',
    'LOCALAPPDATA',
    'PROGRAMDATA',
    'PROGRAMFILES',
    'PROGRAMFILES(X86)',
    'PROGRAMW6432',
    'COMMONPROGRAMFILES',
    'COMMONPROGRAMFILES(X86)',
    'COMMONPROGRAMW6432',
  ],
  ...['USERPROFILE', 'USERNAME', 'USERDOMAIN', 'HOMEDRIVE', 'HOMEPATH', 'PUBLIC', 'ALLUSERSPROFILE', 'TEMP', 'TMP', 'COMPUTERNAME'],
  ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'OS', 'PROCESSOR_ARCHITECTURE', 'NUMBER_OF_PROCESSORS', 'PSMODULEPATH'],
])

/** The environment of a backend's process. */
export function childEnvironment(
  backend: Pick<BackendSettings, 'env' | 'inheritEnv'>,
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const child: Record<string, string> = {}
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && (backend.inheritEnv ? !ours.has(name.toUpperCase()) : passes(name, value, platform))) child[name] = value
  if (platform === 'win32')
    for (const name of Object.keys(backend.env)) for (const other of Object.keys(child)) if (other.toUpperCase() === name.toUpperCase()) delete child[other]
  return Object.assign(child, backend.env)
}

/** What we have and a backend does not get: names for `doctor`. */
export function withheld(
  backend: Pick<BackendSettings, 'env' | 'inheritEnv'>,
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): readonly string[] {
  const child = childEnvironment(backend, env, platform)
  return Object.keys(env).filter(name => env[name] !== undefined && !Object.hasOwn(child, name))
}

function passes(name: string, value: string, platform: NodeJS.Platform): boolean {
  // A function that bash has exported: code, not a value.
  if (value.startsWith('()')) return false
  if (platform === 'win32') return passedOnWindows.has(name.toUpperCase()) || passed.has(name.toUpperCase())
  return passed.has(name) || name.startsWith('LC_')
}
