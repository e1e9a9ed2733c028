// The suites speak HTTP alone. This speaks it for the front that is a pipe: every session starts the given command and hands its messages on,
// over the transports of the 1.x SDK. It says its address on stdout.

import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'

const [, , command, ...args] = process.argv
const sessions = new Map()

async function open() {
  const pipe = new StdioClientTransport({ command, args, env: process.env, stderr: 'ignore' })
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: id => sessions.set(id, transport),
    onsessionclosed: id => void (sessions.delete(id), pipe.close()),
  })
  /** Requests under way, and the tokens by which they hear of progress: what has no id goes with the latest. */
  const underWay = new Map()
  transport.onmessage = message => {
    if (message.method && message.id !== undefined) underWay.set(message.id, message.params?._meta?.progressToken)
    void pipe.send(message)
  }
  pipe.onmessage = message => {
    const answers = message.method === undefined
    const token = message.params?.progressToken
    const of = token === undefined ? [...underWay.keys()].at(-1) : [...underWay].find(([, one]) => one === token)?.[0]
    if (answers) underWay.delete(message.id)
    const general = /list_changed|updated/.test(message.method ?? '')
    void transport.send(message, { relatedRequestId: answers ? message.id : general ? undefined : of }).catch(() => {})
  }
  pipe.onclose = () => void transport.close()
  await Promise.all([pipe.start(), transport.start()])
  return transport
}

const http = createServer(async (request, response) => {
  const id = request.headers['mcp-session-id']
  const { hostname } = new URL(`http://${request.headers.host}`)
  if (!/^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)) return void response.writeHead(403).end()
  if (id !== undefined && !sessions.has(id)) return void response.writeHead(404).end()
  await (sessions.get(id) ?? (await open())).handleRequest(request, response)
})
http.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${http.address().port}/mcp\n`))
process.on('SIGTERM', () => process.exit(0))
