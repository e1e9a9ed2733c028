// The floor: what any program between a client and one backend costs that does nothing at all. It starts the backend and passes bytes on.
// Arguments: the backend's command and its arguments.

import { spawn } from 'node:child_process'

const [command, ...args] = process.argv.slice(2)
const backend = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })

/** Passes on, no faster than it is taken. */
function pass(from, to) {
  from.on('data', chunk => {
    if (!to.write(chunk)) {
      from.pause()
      to.once('drain', () => from.resume())
    }
  })
  from.on('end', () => to.end())
  to.on('error', () => process.exit())
}

pass(process.stdin, backend.stdin)
pass(backend.stdout, process.stdout)
backend.on('exit', code => process.exit(code ?? 1))
