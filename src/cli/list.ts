// `mcpgw list`: what the settings say. What is live is told by `mcpgw backends`.

import { Command } from 'commander'
import type { Context } from './context.ts'
import { loginsOf, loginText } from './logins.ts'
import { masked, summary } from './masked.ts'
import { json, note, table, type Text } from './print.ts'

export const list = (context: Context): Command =>
  new Command('list')
    .alias('ls')
    .description('the backends in the settings')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  mcpgw list\n  mcpgw list --json | jq ".[].name"')
    .action(async (options: { json?: true }) => {
      const { backends } = context.settings()
      const logins = await loginsOf(context, backends)
      const shown = backends.map(one => ({ ...masked(one), ...(logins.has(one.name) && { login: logins.get(one.name) }) }))
      if (options.json) return json(context, shown)
      if (shown.length === 0) return note(context, 'There is no backend yet. To add one: mcpgw add --help')
      const columns: readonly (readonly [head: string, cell: (one: (typeof shown)[number]) => Text, shown: boolean])[] = [
        ['NAME', one => one.name, true],
        ['STATE', one => state(one.enabled), true],
        ['TYPE', one => one.type, true],
        ['LOGIN', one => loginText(one.login), logins.size > 0],
        ['TAGS', one => one.tags.join(' '), shown.some(one => one.tags.length > 0)],
        ['WHAT', one => summary(one), true],
      ]
      const kept = columns.filter(([, , there]) => there)
      await table(
        context,
        kept.map(([head]) => head),
        shown.map(one => kept.map(([, cell]) => cell(one))),
      )
    })

const state = (enabled: boolean): Text => (enabled ? { text: 'enabled', style: 'green' } : { text: 'disabled', style: 'dim' })
