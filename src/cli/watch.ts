// `mcpgw watch`: every event of every running gateway, a line each, as they come and go. For programs; a person has `mcpgw tui`.
// Ends at Ctrl-C, and that is no failure.

import { Command } from 'commander'
import { systemClock } from '../lib/clock.ts'
import { entries } from '../serve/run.ts'
import { Attached } from '../tui/attach.ts'
import type { Context } from './context.ts'
import { json } from './print.ts'

const help = `
Each line is one JSON object with "gateway", the id of whose event it is. It
begins with "gateway.state" of each gateway that runs, what is live in it; the
same comes again when a line was missed. "gateway.gone" is the last of it.

Example:
  mcpgw watch --json | jq -c 'select(.type == "call.settled")'`

export const watch = (context: Context): Command =>
  new Command('watch')
    .description('every event of every gateway, a line each')
    .requiredOption('--json', 'as JSON, the only way there is')
    .addHelpText('after', help)
    .action(async () => {
      const { places } = context
      const told = (gateway: string, event: object) => json(context, { gateway, ...event }, 0)
      const attached = new Attached({
        find: () => entries(places.run).filter(one => one.token !== ''),
        clock: systemClock,
        to: {
          onFound: () => {},
          onState: (id, state) => told(id, { v: 1, type: 'gateway.state', at: Date.now(), state }),
          onEvents: (id, events) => events.forEach(event => told(id, event)),
          onGone: id => told(id, { v: 1, type: 'gateway.gone', at: Date.now() }),
        },
      })
      await stopped()
      attached.close()
    })

/** Waits for the person; what is followed does not keep a process alive. */
function stopped(): Promise<void> {
  const waiting = setInterval(() => {}, 2 ** 30)
  return new Promise(done => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done(clearInterval(waiting)))
  })
}
