// `mcpgw list`: what the settings say. What is live is told by `mcpgw backends`.

import { Command } from 'commander'
import type { Context } from './context.ts'
import { masked, summary } from './masked.ts'
import { json, note, table, type Text } from './print.ts'

export const list = (context: Context): Command =>
  new Command('list')
    .alias('ls')
    .description('the backends in the settings')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  mcpgw list\n  mcpgw list --json | jq ".[].name"')
    .action(async (options: { json?: true }) => {
      const backends = context.settings().backends.map(masked)
      if (options.json) return json(context, backends)
      if (backends.length === 0) return note(context, 'There is no backend yet. To add one: mcpgw add --help')
      const rows = backends.map(one => [one.name, state(one.enabled), one.type, one.tags.join(' '), summary(one)] as const)
      const tagged = rows.some(row => row[3] !== '')
      await table(context, ['NAME', 'STATE', 'TYPE', ...(tagged ? ['TAGS'] : []), 'WHAT'], tagged ? rows : rows.map(row => row.toSpliced(3, 1)))
    })

const state = (enabled: boolean): Text => (enabled ? { text: 'enabled', style: 'green' } : { text: 'disabled', style: 'dim' })
