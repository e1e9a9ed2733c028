// A request of the client's on its way: the way to stop it, which backend has it, and where what that says about it goes.

import { Stop } from '../lib/signal.ts'

export class Flight extends Stop {
  /** The stream it came by, where the client's link has many. */
  readonly via: string | undefined
  backend: string

  constructor(via: string | undefined, backend = '') {
    super()
    this.via = via
    this.backend = backend
  }
}
