// `mcpgw serve` as the command line has it. What it does is in serving.ts, which a plain `mcpgw serve` loads without the command line.

import { Command } from 'commander'
import type { Context } from './context.ts'
import type { Serving } from './serving.ts'

const help = `
Each client has its own session at /mcp; /mcp/NAME is one backend, its names
unchanged. Beside it are /healthz and the control API (/status, /events, ...).
The address goes to stdout as soon as it is there.

Give each person a key of their own (mcpgw keys create NAME): since 2026-07-28
nothing else in a request tells two people with the same client apart, and with
one key they share the processes of their backends.

Examples:
  mcpgw serve
  mcpgw serve --port 8080 --bare github
  claude mcp add --transport http mcpgw http://127.0.0.1:4000/mcp
  mcpgw tui --attach http://127.0.0.1:4000 --key-file KEY`

export const serve = (context: Context): Command =>
  new Command('serve')
    .description('all backends behind an HTTP port, for many clients')
    .option('--host <host>', 'where to listen (default: "127.0.0.1")')
    .option('--port <port>', 'at which port; 0: any that is free (default: "4000")')
    .option('--bare <name>', 'one backend alone, names unchanged')
    .addHelpText('after', help)
    .action(async (options: Serving) => {
      context.settings() // a file that somebody has named must be there
      await (await import('./serving.ts')).serving(context, options)
    })
