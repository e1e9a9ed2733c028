// The front that a client launches: its pipe is our stdin and stdout. stdout belongs to the protocol. A client that has closed our stdin may still
// read: `onend` is told then, so that last answers can leave; a stdout that breaks ends the link at once.

import { Lines } from '../lib/lines.ts'
import { Outbox } from '../lib/outbox.ts'
import type { Link, Receiver } from '../rpc/link.ts'
import { LARGE } from '../rpc/wire.ts'

export interface Pipe {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
}

/** The client's pipe as a link. */
export function stdioFront({ stdin, stdout }: Pipe, maxFrameBytes: number, onend: (reason: string) => void): Link {
  const outbox = new Outbox(stdout)
  return {
    start(receiver: Receiver) {
      const lines = new Lines(receiverOf(receiver), maxFrameBytes, LARGE)
      let over = false
      const ended = (reason: string) => {
        if (over) return
        over = true
        lines.end()
        onend(reason)
      }
      stdin.on('data', (chunk: Buffer) => {
        lines.push(chunk)
        const drained = outbox.drained()
        if (!drained) return
        stdin.pause()
        void drained.then(() => stdin.resume())
      })
      stdin.on('end', () => ended('the client closed our stdin'))
      stdin.on('close', () => ended('the client closed our stdin'))
      stdin.on('error', error => ended(`our stdin broke: ${error.message}`))
      stdout.on('error', error => {
        receiver.closed(`our stdout broke: ${error.message}`)
        ended('our stdout broke')
      })
    },
    send: (parts, about) => {
      if (stdout.writable) outbox.line(parts, about?.spent)
    },
    drained: () => outbox.drained(),
    close: () => new Promise(done => (stdout.writable ? stdout.end(() => done()) : done())),
  }
}

const receiverOf = (receiver: Receiver) => ({
  line: (line: string | Buffer) => receiver.frame(line),
  oversize: (head: string, tail: string, bytes: number) => receiver.oversize(head, tail, bytes),
})
