// Stands between a client and mcpgw and writes down every line that passes, unchanged: tap.mjs FILE COMMAND ARGS...
// It leaves when mcpgw does, as mcpgw does.

import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const [file, command, ...args] = process.argv.slice(2)
const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
const tap = (from, input, output) =>
  createInterface({ input })
    .on('line', line => {
      appendFileSync(file, `${JSON.stringify({ from, message: JSON.parse(line) })}\n`)
      output.write(`${line}\n`)
    })
    .on('close', () => output.end())

tap('client', process.stdin, child.stdin)
tap('mcpgw', child.stdout, process.stdout)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.stdin.on('error', () => {})
child.on('exit', code => process.exit(code ?? 1))
