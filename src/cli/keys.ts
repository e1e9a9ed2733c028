// `mcpgw keys`: who may come in. A key is shown once, on stdout and nowhere else; what is kept of it can't be turned back. Every change is on record,
// with the name of the key and never the key.

import { existsSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { parseRate } from '../config/limits.ts'
import { wrongGlob } from '../gateway/globs.ts'
import type { Key } from '../gateway/principals.ts'
import type { Rate } from '../gateway/types.ts'
import { parseDuration } from '../lib/durations.ts'
import { timeOf } from '../lib/times.ts'
import { newKey, shownOf } from '../store/keys.ts'
import { openStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import { closest } from '../lib/closest.ts'
import type { Context } from './context.ts'
import { Failure } from './failure.ts'
import { known } from './known.ts'
import { json, line, note, table, type Text } from './print.ts'
import { noted } from './recorded.ts'
import { rateOf } from './standings.ts'

interface Options {
  readonly role?: readonly string[]
  readonly allow?: readonly string[]
  readonly backend?: readonly string[]
  readonly limit?: Rate
  readonly expires?: number
  readonly operator?: true
  readonly json?: true
}

const several = (value: string, before: readonly string[] = []): string[] => [...before, value]

export const keys = (context: Context): Command =>
  new Command('keys')
    .description('the keys: who may come in, and what for')
    .addHelpText('after', '\nExample:\n  mcpgw keys create ci --role build --allow "github__get_*" --expires 90d')
    .addCommand(create(context))
    .addCommand(list(context))
    .addCommand(revoke(context))
    .addCommand(rotate(context))

const create = (context: Context): Command =>
  new Command('create')
    .description('make a key; it is printed once, and only its hash is kept')
    .argument('<name>', 'whose it is; a name is never given twice', nameOf)
    .option('-r, --role <name>', 'a role that rules may name (may be repeated)', several)
    .option('-a, --allow <glob>', 'only for these public names or URIs (may be repeated)', globOf)
    .option('-b, --backend <name>', 'only for this backend (may be repeated)', several)
    .option('-l, --limit <rate>', 'its own limit, such as 60/1m', limitOf)
    .option('-e, --expires <time>', 'only for so long, such as 90d', durationOf)
    .option('--operator', 'it may also answer questions and steer backends')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  mcpgw keys create ci --role build --allow "github__get_*" > key')
    .action(async (name: string, { role = [], allow = [], backend = [], limit, expires, operator, json: asJson }: Options) => {
      for (const one of backend) known(context.settings(), one)
      const now = Date.now()
      const key = newKey()
      const facts: Key = {
        name,
        org: 'default',
        shown: shownOf(key),
        roles: role,
        allow,
        backends: backend,
        ...(limit && { limit }),
        operator: operator === true,
        createdAt: now,
        ...(expires !== undefined && { expiresAt: now + expires }),
      }
      await stored(context, async store => {
        if ((await store.keys.all()).some(one => one.name === name)) throw taken(name)
        const { createdAt: _, org: __, state: ___, ...said } = dataOf(facts, now)
        await noted(context, 'keys.created', said)
        if (!(await store.keys.create(key, facts))) {
          await noted(context, 'keys.failed', { name, because: 'somebody was faster' })
          throw taken(name)
        }
      })
      show(context, key, facts, asJson, `made the key ${name}`)
    })

const list = (context: Context): Command =>
  new Command('list')
    .description('all keys, and when each was used')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  mcpgw keys list')
    .action(async ({ json: asJson }: { json?: true }) => {
      const all = await found(context)
      const now = Date.now()
      if (asJson)
        return json(
          context,
          all.map(one => dataOf(one, now)),
        )
      if (all.length === 0) return note(context, 'There is no key yet. To make one: mcpgw keys create NAME')
      await table(
        context,
        ['NAME', 'KEY', 'STATE', 'ROLES', 'FOR', 'LIMIT', 'EXPIRES', 'USED'],
        all.map(one => rowOf(one, now)),
      )
    })

const revoke = (context: Context): Command =>
  new Command('revoke')
    .description('make a key worth nothing, at once and for good')
    .argument('<key>', 'its name')
    .addHelpText('after', '\nExample:\n  mcpgw keys revoke ci')
    .action(async (name: string) => {
      await stored(context, async store => {
        const { revokedAt } = one(await store.keys.all(), name)
        if (revokedAt !== undefined) return note(context, `${name} is revoked already`)
        await noted(context, 'keys.revoked', { name })
        await store.keys.revoke(name, Date.now())
        note(context, `revoked ${name}: who uses it is refused from now on, in every gateway`)
      })
    })

const rotate = (context: Context): Command =>
  new Command('rotate')
    .description('make another key in the place of one, which is worth nothing from then on')
    .argument('<key>', 'its name')
    .option('-e, --expires <time>', 'only for so long, such as 90d; without it until the one before would have expired', durationOf)
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  mcpgw keys rotate ci --expires 90d')
    .action(async (name: string, { expires, json: asJson }: Options) => {
      const key = newKey()
      const now = Date.now()
      const facts = await stored(context, async store => {
        const before = one(await store.keys.all(), name)
        if (before.revokedAt !== undefined) throw new Failure(1, `${name} is revoked, and that is for good`, 'To make another: mcpgw keys create NAME')
        const expiresAt = expires === undefined ? before.expiresAt : now + expires
        if (expiresAt !== undefined && expiresAt <= now)
          throw new Failure(1, `${name} has expired, and so would the new one`, `To let it live again: mcpgw keys rotate ${name} --expires 90d`)
        const becomes: Key = { ...before, shown: shownOf(key), ...(expiresAt !== undefined && { expiresAt }) }
        await noted(context, 'keys.rotated', { name, shown: becomes.shown, ...(expiresAt !== undefined && { expires: new Date(expiresAt).toISOString() }) })
        if (!(await store.keys.rotate(name, key, { shown: becomes.shown, expiresAt }))) {
          await noted(context, 'keys.failed', { name, because: 'it was revoked meanwhile' })
          throw new Failure(1, `${name} was revoked meanwhile`)
        }
        return becomes
      })
      show(context, key, facts, asJson, `made another key for ${name}; the one before is worth nothing from now on`)
    })

/** The key, alone on stdout; the rest is for whoever reads along. */
function show(context: Context, key: string, facts: Key, asJson: true | undefined, what: string): void {
  if (asJson) json(context, { key, ...dataOf(facts, Date.now()) })
  else line(context, key)
  note(context, what)
  note(context, { text: 'It is shown this once. In the settings of a client:  "env": { "MCPGW_KEY": "<the key>" }', style: 'dim' })
}

const taken = (name: string): Failure =>
  new Failure(
    1,
    `there is a key ${name}, or was one`,
    'A name is never given twice, so that the log stays clear. For another key in its place: mcpgw keys rotate',
  )

/** The key of this name; a failure that says which one was meant when there is none. */
export function one(all: readonly Key[], name: string): Key {
  const key = all.find(one => one.name === name)
  if (key) return key
  const names = all.map(one => one.name)
  const near = closest(name, names)
  const hint = names.length > 0 ? `There are: ${names.join(', ')}` : 'There is none at all yet. To make one: mcpgw keys create NAME'
  throw new Failure(4, `there is no key ${name}`, near === undefined ? hint : `Did you mean ${near}?`)
}

async function stored<T>({ places }: Context, act: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(places.database)
  try {
    return await act(store)
  } finally {
    await store.close()
  }
}

/** Every key; a store that nobody has made is not made for looking. */
export const found = async (context: Context): Promise<readonly Key[]> =>
  existsSync(context.places.database) ? stored(context, async store => store.keys.all()) : []

function nameOf(text: string): string {
  if (!/^[A-Za-z0-9][\w.@-]{0,63}$/.test(text)) throw new InvalidArgumentError('It has 1 to 64 letters, digits, or . _ @ -, and begins with a letter or digit.')
  if (text === 'local' || text === 'nobody') throw new InvalidArgumentError('That is what those are called who have no key.')
  return text
}

function globOf(text: string, before: readonly string[] = []): string[] {
  const wrong = wrongGlob(text)
  if (wrong !== undefined) throw new InvalidArgumentError(`It ${wrong}.`)
  return several(text, before)
}

function limitOf(text: string): Rate {
  const rate = parseRate(text)
  if (typeof rate === 'string') throw new InvalidArgumentError(`It ${rate}.`)
  return rate
}

function durationOf(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined || ms === 0) throw new InvalidArgumentError('It is written like 12h or 90d.')
  return ms
}

/** What a key is worth. */
export const stateOf = ({ revokedAt, expiresAt }: Key, now: number): 'active' | 'expired' | 'revoked' =>
  revokedAt !== undefined ? 'revoked' : expiresAt !== undefined && expiresAt <= now ? 'expired' : 'active'

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** A key for programs, and for the record. */
const dataOf = (key: Key, now: number) => ({ ...key, ...(key.limit && { limit: rateOf(key.limit) }), state: stateOf(key, now) })

function rowOf(key: Key, now: number): Text[] {
  const { name, shown, roles, allow, backends, limit, operator, expiresAt, usedAt } = key
  const state = stateOf(key, now)
  const purpose = [allow.join(', '), backends.length > 0 && `of ${backends.join(', ')}`].filter(Boolean).join(' ')
  return [
    name,
    `${shown}...`,
    { text: `${state}${operator ? ', operator' : ''}`, style: state === 'active' ? 'green' : 'red' },
    roles.join(', ') || '-',
    purpose || 'everything',
    limit ? rateOf(limit) : '-',
    expiresAt === undefined ? '-' : dayOf(expiresAt),
    usedAt === undefined ? 'never' : timeOf(usedAt, now),
  ]
}
