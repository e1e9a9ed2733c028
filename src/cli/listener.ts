// The control API of this process's gateway, ready for a Node HTTP server. Loaded when the first request comes.

import type { RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { app } from '../api/app.ts'
import type { Port } from '../api/port.ts'

/** Answers requests to this gateway. Global objects stay what they are: backends are reached with them. */
export const listener = (port: Port): RequestListener => getRequestListener(app(port).fetch, { overrideGlobalObjects: false })
