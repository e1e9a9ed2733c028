// `mcpgw allow`, `mcpgw ask`, `mcpgw deny`, `mcpgw rules`: who may call what. A rule is a line of the settings; running gateways follow at once.

import { Command } from 'commander'
import { idOf, type RawRule } from '../config/rules.ts'
import type { Document } from '../config/write.ts'
import type { Condition } from '../gateway/conditions.ts'
import type { Effect, Permissions } from '../gateway/rules.ts'
import { answerSentence } from './answers.ts'
import { forget, remembered } from './remembered.ts'
import type { Context } from './context.ts'
import { Failure } from './failure.ts'
import { json, line, note, table, type Style } from './print.ts'
import { sentence } from './rule-sentence.ts'
import { parseDuration } from '../lib/durations.ts'
import { alterAll } from './settings.ts'

interface Options {
  readonly role?: string[]
  readonly client?: string[]
  readonly backend?: string[]
  readonly when?: string[]
  readonly for?: string
  readonly json?: true
}

export const several = (value: string, before: string[] = []): string[] => [...before, value]

const writing =
  (effect: Effect, description: string, example: string) =>
  (context: Context): Command =>
    new Command(effect)
      .description(description)
      .argument('<glob>', 'public names of tools or prompts, or URIs of resources; * stands for anything')
      .option('-r, --role <name>', 'only for callers with this role (may be repeated)', several)
      .option('-c, --client <name>', 'only for this client (may be repeated)', several)
      .option('-b, --backend <name>', 'only at this backend (may be repeated)', several)
      .option('-w, --when </path=value>', 'only when an argument is this; a value with * is a glob (may be repeated)', several)
      .option('--for <time>', 'only for so long, such as 1h or 7d')
      .option('--json', 'print the rule as JSON, with its id')
      .addHelpText(
        'after',
        `\nOf the rules that match a call the strictest decides (deny, ask, allow),\nwhatever their order; rules that name a role of the caller come first.\n\nExample:\n  ${example}`,
      )
      .action(async (glob: string, options: Options) => {
        const rule = ruleOf(effect, glob, options)
        const id = idOf(rule)
        await alterAll(context, said => withRules(said, rules => [...rules.filter(one => idOf(one) !== id), rule]))
        if (options.json)
          return json(
            context,
            context.settings().permissions.rules.find(one => one.id === id),
          )
        note(context, `${id}: ${sentence({ ...rule, id })}`)
      })

export const allow = writing('allow', 'write a rule that allows', "mcpgw allow 'github__get_*' --client cursor")
export const ask = writing('ask', 'write a rule that asks a person first', "mcpgw ask 'github__create_*' --for 7d")
export const deny = writing('deny', 'write a rule that denies', "mcpgw deny 'github__*' --when '/repo=acme/*'")

export const rules = (context: Context): Command =>
  new Command('rules')
    .description('the rules: who may call what')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  mcpgw rules\n  mcpgw rules remove 4f9a01')
    .action(async ({ json: asJson }: { json?: true }) => {
      const { permissions } = context.settings()
      const answers = await remembered(context)
      if (asJson) return json(context, { ...permissions, answers })
      const rows = permissions.rules.map(rule => [rule.id, { text: rule.effect, style: styleOf[rule.effect] }, sentence(rule)])
      if (rows.length > 0) await table(context, ['ID', 'EFFECT', 'WHAT'], rows)
      note(context, defaults[permissions.default])
      if (answers.length === 0) return
      line(context, '')
      const now = Date.now()
      const given = answers.map(answer => [answer.id, { text: 'allow', style: styleOf.allow }, answerSentence(answer, now)])
      await table(context, ['ANSWER', 'EFFECT', 'WHAT IS NOT ASKED AGAIN'], given)
    })
    .addCommand(
      new Command('remove')
        .alias('rm')
        .description('take a rule out, or end a remembered answer')
        .argument('<id>', 'its id, or the beginning of it')
        .addHelpText('after', '\nExample:\n  mcpgw rules remove 4f9a01')
        .action(async (id: string) => {
          const rules = context.settings().permissions.rules.filter(rule => rule.id.startsWith(id))
          const answers = (await remembered(context)).filter(answer => answer.id.startsWith(id))
          const many = rules.length + answers.length
          if (many !== 1) throw new Failure(4, `${many === 0 ? 'no rule' : 'more than one rule'} begins with "${id}"`, 'To see them all: mcpgw rules')
          const [rule] = rules
          if (rule) await alterAll(context, said => withRules(said, all => all.filter(one => idOf(one) !== rule.id)))
          else if (!(await forget(context, answers[0]!.id))) throw new Failure(4, 'the answer has ended already', 'To see them all: mcpgw rules')
          note(context, rule ? `removed ${rule.id}: ${sentence(rule)}` : `ended ${answers[0]!.id}: ${answerSentence(answers[0]!, Date.now())}`)
        }),
    )

/** What an effect looks like. */
export const styleOf = { allow: 'green', ask: 'yellow', deny: 'red' } as const satisfies Record<Effect, Style>

const defaults = {
  allow: 'What no rule is about is allowed.',
  ask: 'What no rule is about asks a person.',
  deny: 'What no rule is about is denied.',
  annotations: 'What no rule is about is allowed if its backend says that it only reads, else it asks a person.',
} as const satisfies Record<Permissions['default'], string>

function withRules(said: Document, alter: (rules: readonly RawRule[]) => readonly RawRule[]): Document {
  const permissions = (said['permissions'] ?? {}) as { rules?: readonly RawRule[] }
  return { ...said, permissions: { ...permissions, rules: alter(permissions.rules ?? []) } }
}

function ruleOf(effect: Effect, glob: string, { role, client, backend, when, for: time }: Options): RawRule {
  return {
    effect,
    tools: [glob],
    ...(role && { roles: role }),
    ...(client && { clients: client }),
    ...(backend && { backends: backend }),
    ...(when && { when: when.map(conditionOf) }),
    ...(time !== undefined && { until: untilOf(time) }),
  }
}

function untilOf(time: string): string {
  const ms = parseDuration(time)
  if (ms === undefined) throw new Failure(2, `"${time}" is no duration`, 'Write 30m, 1h or 7d')
  return new Date(Date.now() + ms).toISOString()
}

/** `/repo=acme/*` as a condition: a glob where it has a star, else the value, read as JSON where it is some. */
function conditionOf(text: string): Condition {
  const [, path, value] = /^(\/[^=]*)=(.*)$/s.exec(text) ?? []
  if (path === undefined) throw new Failure(2, `"${text}" is no condition`, "A condition is a path into the arguments and a value: --when '/repo=acme/*'")
  if (value!.includes('*')) return { path, op: 'glob', value }
  try {
    return { path, op: 'eq', value: JSON.parse(value!) as unknown }
  } catch {
    return { path, op: 'eq', value }
  }
}
