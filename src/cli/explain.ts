// `mcpgw explain`: which rule decides a call, and why the others don't.

import { Command, Option } from 'commander'
import type { AnswerStatus } from '../api/port.ts'
import { readsOnly } from '../gateway/catalog.ts'
import { otherwise, Rules, type Asked, type Effect, type Miss, type Rule } from '../gateway/rules.ts'
import { toWire } from '../rpc/wire.ts'
import { repeated } from '../gateway/conditions.ts'
import { answerSentence } from './answers.ts'
import { askerData, askerNamed, askerOf, limitSentence, shutOut, type Asker } from './asker.ts'
import { Failure } from './failure.ts'
import type { Context } from './context.ts'
import { offered } from './offered.ts'
import { json, line, table, type Text } from './print.ts'
import { remembered } from './remembered.ts'
import { sentence } from './rule-sentence.ts'
import { several, styleOf } from './rules.ts'
import { within } from './session.ts'

const verdicts = { allow: 'allowed', ask: 'asks a person', deny: 'denied' } as const satisfies Record<Effect, string>

const outdone = (rule: Rule, by: Rule | undefined): string =>
  by?.roles?.length && !rule.roles?.length ? 'rules that name a role of the caller come first' : 'a stricter rule decides'

const why = (miss: Miss, asker: Asker | undefined): string =>
  miss === 'another role' && asker
    ? `another role than those of the key ${asker.name}`
    : typeof miss === 'string'
      ? miss
      : `${miss.condition.path} is not ${miss.condition.op} ${JSON.stringify(miss.condition.value)}`

export const explain = (context: Context): Command =>
  new Command('explain')
    .description('which rule decides a call, and why the others do not')
    .argument('<tool>', 'its public name, or the URI of a resource')
    .argument('[arguments]', 'as JSON; without them rules that read arguments are judged as for {}')
    .option('-r, --role <name>', 'as somebody with this role (may be repeated)', several)
    .addOption(new Option('-k, --key <name>', 'as who has this key: with its roles, for what it is for, with its own limit').conflicts('role'))
    .option('-c, --client <name>', 'as this client')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `\nExample:\n  mcpgw explain github__create_issue '{"repo":"acme/web"}' --client cursor\n  mcpgw explain github__create_issue --key ci`,
    )
    .action(async (target: string, text: string | undefined, { role = [], key, client, json: asJson }: Options) => {
      const { places, env } = context
      const settings = context.settings()
      const rules = new Rules(settings.permissions)
      await rules.loading
      const now = Date.now()
      const asker = key === undefined ? undefined : await askerOf(context, key, now)
      const { backend, reads } = await offeredAs(target)
      const shut = asker && shutOut(asker, target, backend)
      const asked = { target, backend, roles: asker?.principal.roles ?? role, clients: client === undefined ? [] : [client], arguments: argumentsOf(text) }
      const hidden = rules.hides(asked, now)
      const deciding = rules.decides(asked, now)
      const effect = hidden === undefined && shut === undefined ? (deciding?.effect ?? otherwise(settings.permissions, reads)) : 'deny'
      const others = settings.permissions.rules.filter(rule => rule !== deciding).map(rule => ({ rule, miss: rules.misses(rule, asked, now) }))
      const reasons = others.map(({ rule, miss }) => [rule.id, sentence(rule), miss ? why(miss, asker) : outdone(rule, deciding)])
      const annotated = settings.permissions.default === 'annotations' ? `, and its backend ${reads ? 'says' : 'does not say'} that it only reads` : ''
      const by = deciding ? `rule:${deciding.id}` : 'default'
      const isAbout = (answer: AnswerStatus) =>
        answer.ended === undefined &&
        answer.target === target &&
        answer.backend === backend &&
        answer.rule === by &&
        (client === undefined || answer.client === client) &&
        (key === undefined || answer.principal === key)
      const answers = effect === 'ask' ? (await remembered(context)).filter(isAbout) : []
      if (asJson) {
        const told = { others: reasons.map(([id, , reason]) => ({ id, reason })), answers: answers.map(({ id }) => id) }
        const whose = asker && { key: askerData(asker, target, backend) }
        return json(context, { target, effect, rule: shut === undefined ? deciding?.id : undefined, listed: (hidden ?? shut) === undefined, ...told, ...whose })
      }
      const verdict: Text[] = [{ text: verdicts[effect], style: styleOf[effect] }, asker ? ` ${effect === 'ask' ? 'for' : 'to'} ${askerNamed(asker)}` : '']
      if (shut !== undefined) return line(context, ...verdict, `: ${shut}`)
      line(context, ...verdict, deciding ? ` by ${deciding.id}: ${sentence(deciding)}` : `: no rule is about it${annotated}`)
      for (const answer of answers) line(context, `Not asked again: ${answer.id}: ${answerSentence(answer, now)}`)
      if (hidden !== undefined)
        line(context, `It is denied whatever its arguments, so it is not listed${asker ? ` to the key ${asker.name}` : ''}, and answers as unknown.`)
      const left = asker && limitSentence(asker, now)
      if (left !== undefined) line(context, left)
      if (reasons.length > 0) await table(context, ['OTHER RULES', 'WHAT', 'WHY NOT'], reasons)

      async function offeredAs(name: string): Promise<{ backend: string; reads: boolean }> {
        return within({ settings, places, env, client: 'mcpgw explain' }, async here => {
          const { catalog } = await offered(context, here)
          const tool = catalog.find('tools', name)
          const found = tool ?? catalog.find('prompts', name) ?? catalog.find('resources', name)
          if (found) return { backend: found.backend, reads: tool === undefined || readsOnly(tool) }
          throw new Failure(4, `nobody offers "${name}"`, 'To see what there is: mcpgw tools')
        })
      }
    })

interface Options {
  readonly role?: string[]
  readonly key?: string
  readonly client?: string
  readonly json?: true
}

function argumentsOf(text = '{}'): Asked['arguments'] {
  try {
    const value = JSON.parse(text) as unknown
    const twice = repeated(toWire(text))
    if (twice !== undefined) throw new Failure(2, `"${twice}" stands twice in the arguments: such a call is refused wherever a rule reads them`)
    return value
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure(2, `the arguments are no JSON: ${(error as Error).message}`, `An object is wanted: '{"path": "/tmp"}'`)
  }
}
