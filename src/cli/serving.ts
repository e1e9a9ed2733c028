// `mcpgw serve`: the gateway behind an HTTP port. One process for many clients, each with its own session; it runs until it is told to end, and then
// sessions, backends and connections are over within two seconds. It loads no command line: a team's gateway is there to stay, and so is what it loads.

import { randomBytes } from 'node:crypto'
import { Booted } from '../boot.ts'
import type { Fault } from '../gateway/faults.ts'
import { refuseCall } from '../gateway/strangers.ts'
import { load } from '../config/load.ts'
import { isLoopback } from '../serve/guard.ts'
import { safe } from '../lib/safe.ts'
import { HttpDoor } from '../serve/http.ts'
import { Registration } from '../serve/run.ts'
import { version } from '../version.ts'
import { attend } from './attend.ts'
import { systemContext, unusable, type Context } from './context.ts'
import { failureOf, Failure } from './failure.ts'
import { alive } from './living.ts'
import { portOf } from './port.ts'
import { unforeseen } from './unforeseen.ts'

/** Told to end, calls in flight may still come back for so long. */
const LAST_ANSWERS_MS = 400
/** Whatever hangs, the process is over after so long. */
const END_MS = 1900

/** Its options, as they are written. */
export interface Serving {
  readonly host?: string
  readonly port?: string
  readonly bare?: string
}

/** Runs it for a command line that says nothing but these options; any other is for those who read command lines. Never rejects. */
export async function serve(args: readonly string[]): Promise<void> {
  const options = plain(args)
  if (!options) return (await import('./program.ts')).program(process.argv)
  const context = systemContext()
  try {
    await serving(context, options)
  } catch (error) {
    const failure = failureOf(error, context.env)
    ;(await import('./print.ts')).complain(context, failure)
    process.exitCode = failure.exit
  }
}

function plain(args: readonly string[]): Serving | undefined {
  const found: Record<string, string> = {}
  for (let index = 0; index < args.length; index += 2) {
    const [, name] = /^--(host|port|bare)$/.exec(args[index]!) ?? []
    const value = args[index + 1]
    if (name === undefined || !value || value.startsWith('-')) return undefined
    found[name] = value
  }
  return found
}

/** Serves until the process is told to end. Rejects with a Failure when it can't begin. */
export async function serving(context: Pick<Context, 'places' | 'env' | 'out' | 'err'>, { host = '127.0.0.1', port = '4000', bare }: Serving): Promise<void> {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) throw new Failure(2, `--port ${port}: a port is a number up to 65535`)
  const { places, env, out, err } = context
  const note = (text: string) => err.write(`${safe(text)}\n`)
  const loaded = load(places.settings)
  if ('problem' in loaded) throw unusable(loaded.problem)
  const { settings } = loaded
  const knows = (name: string) => booted.settings.backends.some(one => one.name === name && one.enabled)

  const startedAt = Date.now()
  let registration: Registration | undefined
  const booted = new Booted({
    settings,
    places,
    env,
    ongroup: (pid, lives) => registration?.group(pid, lives),
    mark: () => registration?.mark ?? {},
    isAlive: alive(places),
  })
  const told = ending(booted)
  if (bare !== undefined && !knows(bare)) throw new Failure(4, `there is no backend "${bare}" in ${places.settings}, or it is not enabled`, 'See: mcpgw list')
  const local = isLoopback(host)
  const door = new HttpDoor({
    host,
    port: Number(port),
    bare,
    clock: booted.clock,
    maxFrameBytes: settings.maxFrameBytes,
    admit: key => (key === undefined && !local ? missing : booted.principals.of(key)),
    knows,
    refused: {
      call: (frame, known, fault) => refuseCall(booted.gateway, frame, known, fault),
      note: detail => void booted.gateway.journal.note('keys.refused', { by: 'gateway', ...detail }),
    },
    open: (link, opened) => booted.serve(link, opened),
    api: async () => {
      const { listener } = await import('./listener.ts')
      if (registration?.token === '') throw new Error('it is not there yet')
      // Without an entry nobody has a token; an operator's key is as good.
      return listener(portOf(booted, registration ?? { token: randomBytes(32).toString('hex') }, startedAt, { refused }))
    },
  })
  const refused = door.refused.bind(door)
  const url = await door.listen().catch((error: NodeJS.ErrnoException) => {
    throw new Failure(1, `can't listen at ${host}:${port}: ${reasons[error.code ?? ''] ?? error.message}`)
  })
  try {
    registration = new Registration(places, { id: booted.id, startedAt, version, url })
  } catch (error) {
    note(`mcpgw: no window can attach: ${(error as Error).message}`)
  }
  booted.upkeep.keepIndex()
  booted.upkeep.keepLimits()
  if (registration) void attend({ booted, places, known: loaded.text, registration, startedAt, refused })
  out.write(`${safe(url)}\n`)
  const enabled = settings.backends.filter(one => one.enabled).length
  note(
    `mcpgw serves ${bare ?? (enabled === 1 ? '1 backend' : `${enabled} backends`)} there, ${local ? 'to this machine alone' : 'to whoever has a key (mcpgw keys list)'}. To end it: Ctrl-C`,
  )

  const { reason, code } = await told
  setTimeout(() => process.exit(code), END_MS)
  door.shut()
  for (const until = performance.now() + LAST_ANSWERS_MS; door.busy && performance.now() < until;) await new Promise(done => setTimeout(done, 5))
  const closed = await Promise.allSettled([door.close(reason), booted.close()])
  for (const one of closed) if (one.status === 'rejected') note(`mcpgw: it did not end as it should: ${String(one.reason)}`)
  process.exit(code)
}

/** Beyond this machine nobody is local. */
const missing: Fault = {
  code: 'unauthenticated',
  message:
    'No key was presented, and at this address nobody is served without one. Tell the person: mcpgw keys create NAME makes one; a client sends it as "Authorization: Bearer mgw_...".',
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something listens there already. Another port: --port 4001',
  EACCES: 'you may not. Ports from 1024 on are free for all: --port 4000',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'this machine has no such address',
}

interface Ending {
  readonly reason: string
  readonly code: number
}

/** Resolves when the process is told to end, or has to. */
const ending = ({ clock, gateway }: Booted): Promise<Ending> =>
  new Promise(done => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done({ reason: signal, code: 0 }))
    unforeseen({ clock, note: (kind, detail) => gateway.journal.note(kind, detail), end: () => done({ reason: 'mcpgw has failed', code: 1 }) })
  })
