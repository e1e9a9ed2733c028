// `mcpgw explain`: which rule decides a call, and why the others don't.

import { Command } from 'commander'
import { Rules, type Asked, type Miss } from '../gateway/rules.ts'
import { toWire } from '../rpc/wire.ts'
import { repeated } from '../gateway/conditions.ts'
import { Failure } from './failure.ts'
import type { Context } from './context.ts'
import { offered } from './offered.ts'
import { json, line, table } from './print.ts'
import { sentence } from './rules.ts'
import { within } from './session.ts'

const why = (miss: Miss): string =>
  typeof miss === 'string' ? miss : `${miss.condition.path} is not ${miss.condition.op} ${JSON.stringify(miss.condition.value)}`

export const explain = (context: Context): Command =>
  new Command('explain')
    .description('which rule decides a call, and why the others do not')
    .argument('<tool>', 'its public name, or the URI of a resource')
    .argument('[arguments]', 'as JSON; without them rules that read arguments are judged as for {}')
    .option('-c, --client <name>', 'as this client')
    .option('--json', 'print it as JSON')
    .addHelpText('after', `\nExample:\n  mcpgw explain github__create_issue '{"repo":"acme/web"}' --client cursor`)
    .action(async (target: string, text: string | undefined, { client, json: asJson }: { client?: string; json?: true }) => {
      const { places, env } = context
      const settings = context.settings()
      const rules = new Rules(settings.permissions)
      const now = Date.now()
      const asked = { target, backend: await backendOf(target), roles: [], clients: client === undefined ? [] : [client], arguments: argumentsOf(text) }
      const hidden = rules.hides(asked, now)
      const deciding = rules.decides(asked, now)
      const effect = hidden === undefined ? (deciding?.effect ?? settings.permissions.default) : 'deny'
      const others = settings.permissions.rules.filter(rule => rule !== deciding).map(rule => ({ rule, miss: rules.misses(rule, asked, now) }))
      const reasons = others.map(({ rule, miss }) => [rule.id, sentence(rule), miss ? why(miss) : 'a stricter rule decides'])
      if (asJson)
        return json(context, { target, effect, rule: deciding?.id, listed: hidden === undefined, others: reasons.map(([id, , reason]) => ({ id, reason })) })
      line(
        context,
        { text: effect === 'deny' ? 'denied' : 'allowed', style: effect === 'deny' ? 'red' : 'green' },
        deciding ? ` by ${deciding.id}: ${sentence(deciding)}` : ': no rule is about it',
      )
      if (hidden !== undefined) line(context, 'It is denied whatever its arguments, so it is not listed, and answers as unknown.')
      if (reasons.length > 0) await table(context, ['OTHER RULES', 'WHAT', 'WHY NOT'], reasons)

      async function backendOf(name: string): Promise<string> {
        return within({ settings, places, env, client: 'mcpgw explain' }, async here => {
          const { catalog } = await offered(context, here)
          const found = (['tools', 'prompts', 'resources'] as const).flatMap(kind => catalog.find(kind, name) ?? [])[0]
          if (found) return found.backend
          throw new Failure(4, `nobody offers "${name}"`, 'To see what there is: mcpgw tools')
        })
      }
    })

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
