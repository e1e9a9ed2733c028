// `mcpgw remove`. What was remembered and recorded of the backend stays, and so does its login, until that is taken back at its server.

import { Command } from 'commander'
import type { Context } from './context.ts'
import { known } from './known.ts'
import { loginsOf } from './logins.ts'
import { note } from './print.ts'
import { alter } from './settings.ts'

export const remove = (context: Context): Command =>
  new Command('remove')
    .alias('rm')
    .description('take a backend out of the settings')
    .argument('<name>', 'its name')
    .addHelpText('after', '\nExample:\n  mcpgw remove files')
    .action(async (name: string) => {
      const login = (await loginsOf(context, [known(context.settings(), name)])).has(name)
      await alter(context, ({ [name]: _, ...rest }) => rest)
      note(context, `removed ${name}`)
      if (login) note(context, `Its login stays until you take it back: mcpgw logout ${name}`)
    })
