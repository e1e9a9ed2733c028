// argv in, exit code out. What a client launches (no command, or `stdio`) loads only the bridge; every other command loads the command line.

const [command] = process.argv.slice(2)
const bridge = command === 'stdio' || (!process.stdin.isTTY && (command === undefined || command.startsWith('--')))
if (bridge) (await import('./boot.ts')).stdio(process.argv.slice(2))
else await (await import('./cli/program.ts')).program(process.argv)
