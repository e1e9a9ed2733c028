// Backends as far as they can be looked at without starting them: variables, command, folder, URL, names; and, when wished, by starting them.

import { existsSync } from 'node:fs'
import { hasOwn } from '../../backends/logins.ts'
import { childEnvironment, expand, withheld } from '../../config/expand.ts'
import { clientIds, clientOf } from '../../config/clients.ts'
import type { Environment } from '../../config/paths.ts'
import type { BackendSettings } from '../../config/settings.ts'
import { findCommand } from '../../config/shell-path.ts'
import { publicName } from '../../gateway/names.ts'
import type { Lists } from '../../gateway/types.ts'
import { worthKnowing, wrong, type Finding } from './finding.ts'

const ANSWER_MS = 3000

/** One backend. Where somebody has logged in we are not let in without showing that, and nothing is wrong with it. */
export async function backend(settings: BackendSettings, env: Environment, loggedIn = false): Promise<Finding[]> {
  const where = settings.name
  const expanded = expand(settings, env)
  if ('missing' in expanded)
    return expanded.missing.map(name =>
      wrong(where, `the variable ${name} is not set here`, `set it in the "env" block of the client, or write a default: \${${name}:-value}`),
    )
  return expanded.backend.url === undefined ? local(expanded.backend, env) : remote(expanded.backend, loggedIn)
}

async function local(settings: BackendSettings, env: Environment): Promise<Finding[]> {
  const { name, command, cwd } = settings
  const found: Finding[] = []
  if (cwd !== undefined && !existsSync(cwd)) return [wrong(name, `its folder ${cwd} is not there`, 'correct "cwd" in its settings')]
  const childEnv = childEnvironment(settings, env)
  const file = await findCommand(command!, childEnv, cwd)
  if (!file) found.push(wrong(name, `the command ${command} is not on the PATH, nor on that of your login shell`, 'install it, or write its absolute path'))
  else if (file.path !== (childEnv['PATH'] ?? childEnv['Path'] ?? ''))
    found.push(worthKnowing(name, `${command} is not on the PATH here; it is taken from that of your login shell: ${file.file}`))
  return found
}

/** Which of our variables local backends do not get, once for all that are alike. */
export function environment(all: readonly BackendSettings[], env: Environment): Finding[] {
  const alike = new Map<string, string[]>()
  for (const one of all) {
    const kept = one.url === undefined ? withheld(one, env).filter(name => !idle.test(name)) : []
    if (kept.length > 0) alike.set(kept.join(' '), [...(alike.get(kept.join(' ')) ?? []), one.name])
  }
  return [...alike].map(([kept, names]) =>
    worthKnowing(some(names), `these variables of ours are not passed on: ${kept}`, 'what a backend needs goes into its "env"; "inheritEnv": true passes all'),
  )
}

/** Nobody misses these. */
const idle = /^(?:_|PWD|OLDPWD|SHLVL|MCPGW_\w+)$/

/** Whether anything answers there. What it answers does not matter, unless it says that nothing is there or that we may not. */
async function remote({ name, url, headers, type }: BackendSettings, loggedIn: boolean): Promise<Finding[]> {
  const accept = { Accept: 'application/json, text/event-stream', ...headers }
  try {
    let status = await ask(url!, 'GET', accept)
    // Many servers know no GET there. An empty object is no message: it does nothing, and is refused as such.
    if (status === 404 && type !== 'sse') status = await ask(url!, 'POST', { ...accept, 'Content-Type': 'application/json' }, '{}')
    if (status === 401 && loggedIn) return []
    return answered(name, url!, status, type, hasOwn({ headers }))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return [wrong(name, `${url} can not be reached: ${code ?? message}`, 'check the address, and that its server runs')]
  }
}

/** The status of the answer; the rest of it is not waited for. */
function ask(url: string, method: string, headers: Record<string, string>, body?: string): Promise<number> {
  return new Promise((settle, failed) => {
    const { request } = url.startsWith('https:') ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
    const asked = request(url, { method, headers, agent: false }, response => {
      clearTimeout(timer)
      settle(response.statusCode!)
      asked.destroy()
    })
    const timer = setTimeout(() => asked.destroy(new Error(`no answer within ${ANSWER_MS / 1000} s`)), ANSWER_MS)
    asked.on('error', error => {
      clearTimeout(timer)
      failed(error)
    })
    asked.end(body)
  })
}

function answered(name: string, url: string, status: number, type: string, header: boolean): Finding[] {
  if (status === 401 && !header) return [wrong(name, `${url} wants to know who we are (401)`, `log in: mcpgw login ${name}; or give it a key: "headers"`)]
  if (status === 401 || status === 403) return [wrong(name, `${url} refuses our credentials (${status})`, 'correct its "headers"')]
  if (status === 404)
    return [wrong(name, `nothing is at ${url} (404)`, `check its path${type === 'sse' ? '' : ', or whether it is of the older kind: "type": "sse"'}`)]
  if (status >= 500) return [wrong(name, `${url} answers with status ${status}`, 'its server is in trouble; try again later')]
  return []
}

/** Tools whose names clients will not see as their backend gave them. */
export function names(backend: string, { tools }: Lists): Finding[] {
  const changed = tools.flatMap(({ key }) => (publicName(backend, key).endsWith(`__${key}`) ? [] : [key]))
  const [first] = changed
  if (first === undefined) return []
  const others = changed.length > 1 ? ` (and ${changed.length - 1} others)` : ''
  const tooLong = clientIds.filter(id => clientOf(undefined, id).longestName < Math.max(...changed.map(key => key.length)))
  return [
    worthKnowing(
      backend,
      `the tool ${first} is shown as ${publicName(backend, first)}: its own name is too long for clients, or has characters they refuse${others}`,
      tooLong.length > 0 ? `with --bare ${backend} names stay as they are, too long for ${some(tooLong)}` : undefined,
    ),
  ]
}

const SOME = 12

function some(names: readonly string[]): string {
  return names.length > SOME ? `${names.slice(0, SOME).join(', ')} and ${names.length - SOME} more` : names.join(', ')
}
