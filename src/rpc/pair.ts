// Two links, each the other's far end, in this process: for a client that needs no pipe.

import { join } from './splice.ts'
import type { Link, Receiver } from './link.ts'
import type { Wire } from './wire.ts'

/** A linked pair. What one sends the other receives in a later turn; closing one closes both. */
export function pair(): [Link, Link] {
  const receivers: [Receiver | undefined, Receiver | undefined] = [undefined, undefined]
  const waiting: [Wire[], Wire[]] = [[], []]
  let over = false
  const deliver = (to: 0 | 1, wire: Wire) =>
    queueMicrotask(() => {
      if (over) return
      const receiver = receivers[to]
      if (receiver) receiver.frame(wire)
      else waiting[to].push(wire)
    })
  const end = (me: 0 | 1): Link => ({
    start(receiver) {
      receivers[me] = receiver
      for (const wire of waiting[me].splice(0)) deliver(me, wire)
    },
    send(parts) {
      deliver(me === 0 ? 1 : 0, join(parts))
    },
    drained: () => undefined,
    async close() {
      if (over) return
      over = true
      for (const receiver of receivers) receiver?.closed('the link was closed')
    },
  })
  return [end(0), end(1)]
}
