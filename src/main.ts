// argv in, exit code out. What a client launches (no command, or `stdio`) loads only the bridge, and `serve` only what serves; every other command
// loads the command line.

const args = process.argv.slice(2)
const bridgeOptions = new Set(['--client', '--bare', '--key-file', '--config'])
const onlyBridgeOptions = args.every((arg, index) => bridgeOptions.has(arg.split('=')[0]!) || (index > 0 && bridgeOptions.has(args[index - 1]!)))

if (args[0] === 'stdio' ? !args.includes('--help') && !args.includes('-h') : onlyBridgeOptions && !process.stdin.isTTY)
  void import('./cli/stdio.ts').then(({ stdio }) => stdio(args))
else if (args[0] === 'serve') void import('./cli/serving.ts').then(({ serve }) => serve(args.slice(1)))
else void import('./cli/program.ts').then(({ program }) => program(process.argv))
