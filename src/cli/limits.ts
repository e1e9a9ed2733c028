// `mcpgw limit`, `mcpgw limits`: how often. A limit is a line of the settings; running gateways follow at once, and all of them take from one budget.

import { existsSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { limitOf, type RawLimit } from '../config/limits.ts'
import type { Document } from '../config/write.ts'
import type { LimitStatus } from '../api/port.ts'
import type { Limit } from '../gateway/limits.ts'
import { about } from '../lib/durations.ts'
import { openStore } from '../store/sqlite.ts'
import type { StoredBudget } from '../store/store.ts'
import type { Context } from './context.ts'
import { Failure } from './failure.ts'
import { known } from './known.ts'
import { json, note, table, type Text } from './print.ts'
import { alterAll } from './settings.ts'
import { found, one } from './keys.ts'
import { ownLimits, rateOf, standings } from './standings.ts'

const scopes = `
SCOPE: all, key or client (each has its own), key:NAME, client:NAME,
       backend:NAME, tool:GLOB
RATE:  60/1m, 1000/1d, or 200000 tokens/1d (bytes of results, four to a token)

With --burst so much at once, refilled at the rate.
Without it the rate holds for every stretch of that time.`

export const limit = (context: Context): Command =>
  new Command('limit')
    .description('write a limit: how often')
    .argument('<scope>', 'what it is about')
    .argument('<rate>', 'how much in which time')
    .option('--burst <n>', 'so much at once, refilled at the rate', wholeNumber)
    .option('--json', 'print the limit as JSON, with its id and what is left')
    .addHelpText('after', `${scopes}\n\nExamples:\n  mcpgw limit backend:github 60/1m --burst 10\n  mcpgw limit client '200000 tokens/1d'`)
    .action(async (scope: string, rate: string, { burst, json: asJson }: { burst?: number; json?: true }) => {
      const raw: RawLimit = { scope, rate, ...(burst !== undefined && { burst }) }
      const made = limitOf(raw)
      if ('message' in made) throw new Failure(2, `the ${made.key} ${made.message}`)
      if (made.about.kind === 'backend' && 'name' in made.about) known(context.settings(), made.about.name)
      if (made.about.kind === 'key' && 'name' in made.about) one(await found(context), made.about.name)
      await alterAll(context, said => withLimits(said, all => [...all.filter(one => idOf(one) !== made.id), raw]))
      if (asJson) return json(context, standings([made], await taken(context), Date.now())[0])
      note(context, `${made.id}: ${sentence(made)}`)
    })

export const limits = (context: Context): Command =>
  new Command('limits')
    .description('the limits: what is left, and who uses how much')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  mcpgw limits\n  mcpgw limits remove backend:github')
    .action(async ({ json: asJson }: { json?: true }) => {
      const all = [...context.settings().limits, ...ownLimits(await found(context), Date.now())]
      const shown = all.length > 0 ? standings(all, await taken(context), Date.now()) : []
      if (asJson) return json(context, shown)
      if (all.length === 0) return note(context, 'There are no limits. To write one: mcpgw limit all 1000/1d')
      await table(context, ['ID', 'SCOPE', 'RATE', 'LEFT', 'MORE', 'USED BY'], shown.flatMap(rowsOf))
    })
    .addCommand(
      new Command('remove')
        .alias('rm')
        .description('take a limit out')
        .argument('<scope|id>', 'its scope, or the beginning of its id')
        .addHelpText('after', '\nExample:\n  mcpgw limits remove backend:github')
        .action(async (wanted: string) => {
          const { limits: all } = context.settings()
          const named = all.filter(one => one.scope === wanted)
          const gone = named.length > 0 ? named : all.filter(one => one.id.startsWith(wanted))
          if (gone.length === 0) throw new Failure(4, `no limit has the scope "${wanted}" or an id that begins so`, 'To see them all: mcpgw limits')
          if (named.length === 0 && gone.length > 1) throw new Failure(4, `more than one limit begins with "${wanted}"`, 'To see them all: mcpgw limits')
          await alterAll(context, said => withLimits(said, raw => raw.filter(one => !gone.some(({ id }) => id === idOf(one)))))
          for (const one of gone) note(context, `removed ${one.id}: ${sentence(one)}`)
        }),
    )

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It is a whole number of 1 or more.')
  return Number(text)
}

function idOf(raw: RawLimit): string | undefined {
  const made = limitOf(raw)
  return 'id' in made ? made.id : undefined
}

function withLimits(said: Document, alter: (limits: readonly RawLimit[]) => readonly RawLimit[]): Document {
  const { limits: before = [], ...rest } = said as Document & { limits?: readonly RawLimit[] }
  const after = alter(before)
  return after.length > 0 ? { ...said, limits: after } : rest
}

/** What was taken from every budget; a store that nobody has made is not made for looking. */
export async function taken({ places }: Context): Promise<readonly StoredBudget[]> {
  if (!existsSync(places.database)) return []
  const store = await openStore(places.database)
  try {
    return await store.budgets()
  } finally {
    await store.close()
  }
}

/** A limit as a sentence. */
const sentence = (limit: Limit): string => `${limit.scope} ${rateOf(limit)}${limit.burst === undefined ? '' : `, at most ${limit.burst} at once`}`

function rowsOf({ id, scope, rate, burst, budgets }: LimitStatus): Text[][] {
  const now = Date.now()
  return budgets.map(({ client, key, left, of, nextAt, fullAt, used }, index) => {
    const more = nextAt !== undefined ? `in ${about(nextAt - now)}` : fullAt !== undefined ? `all in ${about(fullAt - now)}` : '-'
    const who = used.map(({ client: name, amount }) => `${name || 'others'} ${amount}`).join(', ')
    return [
      index === 0 ? id : '',
      client === undefined && key === undefined ? scope : `${scope}:${client ?? key}`,
      index === 0 ? `${rate}${burst === undefined ? '' : `, burst ${burst}`}` : '',
      { text: `${left} of ${of}`, style: left === 0 ? 'red' : 'green' },
      more,
      who || '-',
    ]
  })
}
