// `mcpgw stdio` as the command line knows it: its help, and the way in when options stand before it. What a client launches goes there directly.

import { Command } from 'commander'
import type { Context } from './context.ts'

export const stdioHelp = ({ places }: Context): Command =>
  new Command('stdio')
    .description('the stdio server that a client launches')
    .option('--client <id>', 'which client this is, such as claude-code or cursor')
    .option('--bare <name>', 'one backend alone, names unchanged')
    .option('--key-file <file>', 'the key that it presents; without it what stands in MCPGW_KEY')
    .addHelpText(
      'after',
      '\nBare `mcpgw` means this too, when its input is no terminal.\n\nExample, in the settings of a client:\n  { "mcpServers": { "mcpgw": { "command": "mcpgw", "args": ["stdio"] } } }',
    )
    .action(async ({ keyFile, ...options }: { client?: string; bare?: string; keyFile?: string }) => {
      const { stdio } = await import('./stdio.ts')
      const given = { ...options, 'key-file': keyFile, config: places.settings }
      stdio(['stdio', ...Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]))])
    })
