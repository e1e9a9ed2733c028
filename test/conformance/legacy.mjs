// A server of the handshake era for the conformance suites, built with the 1.x SDK. `stdio`, or `http`: then it says its address on stdout.

import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import * as types from '@modelcontextprotocol/sdk/types.js'
import { askedPrompt, askingPrompt, askingTools } from './asks.mjs'
import {
  capabilities,
  completion,
  contentsOf,
  messagesOf,
  pause,
  plain,
  prompts,
  questions,
  resources,
  resourceTemplates,
  said,
  text,
  toolsOf,
} from './offers.mjs'

const results = { 'sampling/createMessage': types.CreateMessageResultSchema, 'elicitation/create': types.ElicitResultSchema }

const active = {
  async test_tool_with_logging(_, { sendNotification }) {
    for (const data of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
      await sendNotification({ method: 'notifications/message', params: { level: 'info', data } })
      await pause(50)
    }
    return 'logged'
  },
  async test_tool_with_progress(_, { sendNotification, _meta }) {
    for (const progress of [0, 50, 100]) {
      if (_meta?.progressToken !== undefined)
        await sendNotification({ method: 'notifications/progress', params: { progressToken: _meta.progressToken, progress, total: 100 } })
      await pause(50)
    }
    return 'done'
  },
  async test_reconnection(_, { closeSSEStream }) {
    closeSSEStream?.()
    await pause(100)
    return 'reconnected'
  },
}
for (const [name, question] of Object.entries(questions))
  active[name] = async (args, { sendRequest }) => {
    const request = question(args)
    return said[name](await sendRequest(request, results[request.method]))
  }

function server() {
  const one = new Server({ name: 'conformance-legacy', version: '1' }, { capabilities })
  const more = { tools: [], prompts: [] }
  const tools = { ...active, ...askingTools(one, more) }
  const notFound = (what, data) => new types.McpError(types.ErrorCode.InvalidParams, `${what} not found`, data)
  one.setRequestHandler(types.ListToolsRequestSchema, () => ({ tools: toolsOf([...Object.keys(plain), ...Object.keys(tools), ...more.tools]) }))
  one.setRequestHandler(types.CallToolRequestSchema, async ({ params: { name, arguments: args = {} } }, extra) => {
    if (plain[name]) return plain[name]
    if (!tools[name]) throw notFound(name)
    return { content: [text(await tools[name](args, extra))] }
  })
  one.setRequestHandler(types.ListResourcesRequestSchema, () => ({ resources }))
  one.setRequestHandler(types.ListResourceTemplatesRequestSchema, () => ({ resourceTemplates }))
  one.setRequestHandler(types.ReadResourceRequestSchema, ({ params: { uri } }) => {
    const contents = contentsOf(uri)
    if (!contents) throw notFound('Resource', { uri })
    return { contents }
  })
  one.setRequestHandler(types.SubscribeRequestSchema, () => ({}))
  one.setRequestHandler(types.UnsubscribeRequestSchema, () => ({}))
  one.setRequestHandler(types.ListPromptsRequestSchema, () => ({ prompts: [...prompts, askingPrompt, ...more.prompts] }))
  one.setRequestHandler(types.GetPromptRequestSchema, async ({ params }, extra) => {
    const messages = params.name === askingPrompt.name ? await askedPrompt(extra) : messagesOf(params.name, params.arguments)
    if (!messages) throw notFound(params.name)
    return { messages }
  })
  one.setRequestHandler(types.CompleteRequestSchema, () => completion)
  one.setRequestHandler(types.SetLevelRequestSchema, () => ({}))
  return one
}

/** What was sent last on each stream, for clients that come back to it. */
function eventStore() {
  const events = []
  return {
    async storeEvent(stream, message) {
      events.push({ stream, message })
      return String(events.length)
    },
    async replayEventsAfter(last, { send }) {
      const { stream } = events[Number(last) - 1]
      for (let at = Number(last); at < events.length; at++) {
        if (events[at].stream === stream && Object.keys(events[at].message).length > 0) await send(String(at + 1), events[at].message)
      }
      return stream
    },
  }
}

const sessions = new Map()
async function answer(request, response) {
  const { hostname } = new URL(`http://${request.headers.host}`)
  if (!/^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)) return void response.writeHead(403).end()
  const id = request.headers['mcp-session-id']
  if (id !== undefined && !sessions.has(id)) return void response.writeHead(404).end()
  let transport = sessions.get(id)
  if (!transport) {
    transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: id => sessions.set(id, transport),
      onsessionclosed: id => sessions.delete(id),
      eventStore: eventStore(),
      retryInterval: 500,
    })
    await server().connect(transport)
  }
  await transport.handleRequest(request, response)
}

if (process.argv[2] === 'http') {
  const http = createServer((request, response) => void answer(request, response))
  http.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${http.address().port}/mcp\n`))
} else await server().connect(new StdioServerTransport())
