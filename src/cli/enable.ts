// `mcpgw enable` and `mcpgw disable`.

import { Command } from 'commander'
import type { Context } from './context.ts'
import { known } from './known.ts'
import { note } from './print.ts'
import { alter } from './settings.ts'

/** `enable` and its opposite: running gateways follow at once. */
const switching =
  (verb: 'enable' | 'disable', enabled: boolean, description: string) =>
  (context: Context): Command =>
    new Command(verb)
      .description(description)
      .argument('<name>', 'its name')
      .addHelpText('after', `\nExample:\n  mcpgw ${verb} files`)
      .action(async (name: string) => {
        if (known(context.settings(), name).enabled === enabled) return note(context, `${name} is ${verb}d already`)
        await alter(context, servers => ({ ...servers, [name]: { ...servers[name], enabled } }))
        note(context, `${verb}d ${name}`)
      })

export const enable = switching('enable', true, 'use a backend again')
export const disable = switching('disable', false, 'keep a backend in the settings, but neither start nor list it')
