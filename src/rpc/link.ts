// A link carries frames between us and one other program, in order. It knows bytes and nothing of what they mean.

import type { Frame } from './frame.ts'
import type { Wire } from './wire.ts'

/** What belongs to a frame on links that are more than one stream (HTTP): which request it is, and how its transport ends. */
export interface About {
  readonly id?: string
  readonly method?: string
  /** The tool, prompt or URI, for transports that say it outside the body. */
  readonly name?: string
  /** Arguments, for transports that say them outside the body; by what MCP calls them there. */
  readonly params?: Readonly<Record<string, string>>
  readonly cancelled?: (end: () => void) => void
  /** Which request of the other side's it belongs to, for links that are many streams (see `Frame.via`). Without a method it is the answer;
   *  without parts too: there will be none. */
  readonly via?: string
  /** What parts of it are cut from, if nobody reads that any more once they are sent: its memory may be given back then. */
  readonly spent?: Buffer
}

/** Who receives what a link brings. */
export interface Receiver {
  /** One whole frame; `to` is the request (our id) on whose stream it came, where the transport tells. */
  frame(wire: Wire, to?: string): void
  /** A frame over the limit: dropped, its first and last bytes kept so that whom it concerns can be told; `to` where the transport knows. */
  oversize(head: string, tail: string, bytes: number, to?: string): void
  /** One message that the link has read already: one that is many streams must know what it is. */
  read?(frame: Frame): void
  /** Nobody waits any more for the answer to what came by this way (see `Frame.via`). */
  left?(via: string): void
  /** A request that could not be delivered, or whose stream has ended: for one that was answered it is too late and means nothing.
   *  `unsent`: it provably never left, or was refused unread. */
  failed?(id: string, failure: LinkFailure): void
  /** The other side is gone, once; nothing comes after it. */
  closed(reason: string): void
}

export interface LinkFailure {
  readonly unsent: boolean
  readonly reason: string
  /** The transport refused our credentials. */
  readonly unauthorized?: boolean
  /** A login is what it wants, or wants anew. */
  readonly login?: boolean
  /** Scopes that the login lacks for this one request; the rest of the server stays open to us. */
  readonly lacks?: string
}

export interface Link {
  start(receiver: Receiver): void
  /** Sends one frame in parts. Never throws; what can't be sent is told by `failed` or `closed`. */
  send(parts: readonly Wire[], about?: About): void
  /** A promise while the other side reads slower than we send. */
  drained(): Promise<void> | undefined
  /** Stops reading while whoever gets what this link brings can't take more. */
  pause?(on: boolean): void
  /** The revision that the handshake settled on, for transports that say it with each message. */
  revision?(revision: string): void
  /** Ends the link and whatever stands behind it; settles when that is over. */
  close(): Promise<void>
}
