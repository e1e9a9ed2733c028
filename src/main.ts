// argv in, exit code out. What a client launches (no command, or `stdio`) loads only the bridge; every other command loads the command line.

const [command] = process.argv.slice(2)
const bridge = command === 'stdio' || (!process.stdin.isTTY && (command === undefined || command.startsWith('--')))
if (bridge) void import('./boot.ts').then(boot => boot.stdio(process.argv.slice(2)))
else void import('./cli/program.ts').then(cli => cli.program(process.argv))
