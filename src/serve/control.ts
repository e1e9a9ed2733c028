// The control socket: where windows and commands reach this process. Only a plain socket listens; the HTTP server and the app behind it are
// made when the first request comes. It never keeps the process alive.

import type { RequestListener, Server as HttpServer } from 'node:http'
import type { Server, Socket } from 'node:net'
import { chmodSync, unlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { privateFolder } from './run.ts'

export interface ControlOptions {
  /** A path, or the name of a pipe on Windows. */
  readonly socket: string
  /** What answers; asked for once, when the first request comes. */
  readonly app: () => Promise<RequestListener>
  /** How long somebody may take to say what he wants. */
  readonly headersMs?: number
}

/** A connection that was opened and says nothing is closed after so long. */
const HEADERS_MS = 10_000

const windows = process.platform === 'win32'

export class Control {
  readonly #options: ControlOptions
  readonly #server: Server
  readonly #open = new Set<Socket>()
  readonly #headersMs: number
  #http: Promise<HttpServer> | undefined

  constructor(options: ControlOptions) {
    this.#options = options
    this.#headersMs = options.headersMs ?? HEADERS_MS
    this.#server = process.getBuiltinModule('node:net').createServer(socket => this.#connected(socket))
    this.#server.unref()
  }

  /** Rejects when it can't listen there. */
  async listen(): Promise<void> {
    const { socket } = this.#options
    if (!windows) privateFolder(dirname(socket))
    await new Promise<void>((done, failed) => {
      this.#server.once('error', failed)
      this.#server.listen(socket, () => {
        this.#server.off('error', failed)
        this.#server.on('error', () => {})
        done()
      })
    })
    if (!windows) chmodSync(socket, 0o600)
    process.on('exit', this.#remove)
  }

  close(): void {
    process.off('exit', this.#remove)
    this.#server.close()
    for (const socket of this.#open) socket.destroy()
  }

  readonly #remove = (): void => {
    try {
      if (!windows) unlinkSync(this.#options.socket)
    } catch {
      // gone already
    }
  }

  /** Whoever only knocks, to see whether we live, says nothing: the app is not made for that. */
  #connected(socket: Socket): void {
    socket.unref()
    this.#open.add(socket)
    socket.on('close', () => this.#open.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.setTimeout(this.#headersMs, () => socket.destroy())
    socket.once('data', (chunk: Buffer) => {
      socket.setTimeout(0).removeAllListeners('timeout')
      socket.pause()
      socket.unshift(chunk)
      void this.#hand(socket)
    })
  }

  async #hand(socket: Socket): Promise<void> {
    try {
      const http = await (this.#http ??= this.#serve())
      http.emit('connection', socket)
      socket.resume()
    } catch {
      this.#http = undefined
      socket.destroy()
    }
  }

  async #serve(): Promise<HttpServer> {
    const answer = await this.#options.app()
    const [headersTimeout, connectionsCheckingInterval] = [this.#headersMs, this.#headersMs / 2]
    const http = process.getBuiltinModule('node:http').createServer({ headersTimeout, requestTimeout: headersTimeout * 3, connectionsCheckingInterval }, answer)
    http.emit('listening') // it never does, and looks after what is late only from then on
    http.on('clientError', (_error, socket) => socket.destroy())
    return http
  }
}

/** Listens for windows and commands. Rejects when it can't. */
export async function listen(options: ControlOptions): Promise<Control> {
  const control = new Control(options)
  await control.listen()
  return control
}
