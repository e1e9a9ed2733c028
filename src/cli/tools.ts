// `mcpgw tools`: what a client is offered, by public name. Only backends that nobody has ever seen are started for it.

import { Command } from 'commander'
import type { Context } from './context.ts'
import { Failure } from './failure.ts'
import { known } from './known.ts'
import { offered, toolOf } from './offered.ts'
import { json, note, table } from './print.ts'
import { within } from './session.ts'
import { suspicionOf } from './suspicions.ts'

export const tools = (context: Context): Command =>
  new Command('tools')
    .description('all tools, by the names that clients see')
    .option('-b, --backend <name>', 'only those of this backend')
    .option('--json', 'print them as JSON, with their schemas')
    .addHelpText('after', '\nExample:\n  mcpgw tools --backend github')
    .action(async ({ backend, json: asJson }: { backend?: string; json?: true }) => {
      const { places, env } = context
      const settings = context.settings()
      const one = backend === undefined ? undefined : known(settings, backend)
      if (one && !one.enabled) throw new Failure(1, `"${one.name}" is disabled`, `To enable it: mcpgw enable ${one.name}`)
      const { found, problems } = await within({ settings, places, env, client: 'mcpgw tools' }, async here => {
        const { catalog, problems } = await offered(context, here, one && [one.name])
        await here.booted.pinned()
        const held = await here.booted.pinBook.held(here.names())
        const found = catalog.entries('tools').map(entry => {
          const pin = held.get(entry.backend)?.find(({ tool }) => tool === entry.name)
          return { tool: toolOf(entry), ...suspicionOf(entry.name, entry.text, pin) }
        })
        return { found, problems }
      })
      if (asJson)
        json(
          context,
          found.map(({ tool, state, because }) => ({ ...tool, pin: state, ...(because.length > 0 && { suspicious: because }) })),
        )
      else if (found.length > 0)
        await table(
          context,
          ['TOOL', 'DESCRIPTION'],
          found.map(({ tool: { name, description }, state }) => [name, state === 'pinned' ? firstLine(description) : { text: `(${state})`, style: 'yellow' }]),
        )
      else note(context, settings.backends.length > 0 ? 'No backend offers a tool.' : 'There is no backend yet. To add one: mcpgw add --help')
      if (!asJson)
        for (const { tool, because } of found)
          if (because.length > 0) note(context, { text: 'suspicious: ', style: 'red' }, `${tool.name}: ${because.join('; ')} (mcpgw pins)`)
      for (const { backend, problem } of problems) note(context, { text: `${backend}: ${problem}`, style: 'yellow' })
      if (found.length === 0 && problems.length > 0) context.exitCode = 1
    })

const firstLine = (description: unknown): string => (typeof description === 'string' ? description.trim().split('\n', 1)[0]! : '')
