// A server of 2026-07-28 for the conformance suites, built with the 2.x SDK. `stdio`, or `http`: then it says its address on stdout.

import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import {
  createMcpHandler,
  createRequestStateCodec,
  inputRequired,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  Server,
} from '@modelcontextprotocol/server'
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { completion, contentsOf, messagesOf, pause, plain, prompts, resources, resourceTemplates, text, toolsOf } from './offers.mjs'
import { answerOfTasks, TASKS, taskTools } from './tasks.mjs'

const INVALID_PARAMS = -32602
const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities'
const codec = createRequestStateCodec({ key: Buffer.alloc(32, 7) })

const form = (message, name, type = 'string') =>
  inputRequired.elicit({ message, requestedSchema: { type: 'object', properties: { [name]: { type } }, required: [name] } })
const sample = (prompt, maxTokens) => inputRequired.createMessage({ messages: [{ role: 'user', content: text(prompt) }], maxTokens })
const roots = () => inputRequired.listRoots()
const given = (mcpReq, ...keys) => keys.every(key => typeof mcpReq.inputResponses?.[key] === 'object' && Object.keys(mcpReq.inputResponses[key]).length > 0)
const accepted = (mcpReq, key) => given(mcpReq, key) && mcpReq.inputResponses[key].action === 'accept'
const done = string => ({ content: [text(string)] })

/** Asks for all of these until all are given; `state` is carried along. */
const asking = (requests, { state, answer = () => done('thanks') } = {}) =>
  async function (args, { mcpReq }) {
    if (given(mcpReq, ...Object.keys(requests)) && Object.entries(requests).every(([key, one]) => one.method !== 'elicitation/create' || accepted(mcpReq, key)))
      return answer(mcpReq)
    return inputRequired({ inputRequests: requests, ...(state && { requestState: await codec.mint(state) }) })
  }

const active = server => ({
  ...taskTools,
  async test_tool_with_progress(_, { mcpReq }) {
    for (const progress of [0, 50, 100]) {
      const { progressToken } = mcpReq._meta ?? {}
      if (progressToken !== undefined) await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } })
      await pause(50)
    }
    return done('done')
  },
  async test_logging_tool(_, { mcpReq }) {
    await mcpReq.log('info', 'a log message')
    return done('logged')
  },
  async test_streaming_elicitation(_, { mcpReq }) {
    await mcpReq.notify({ method: 'notifications/progress', params: { progressToken: mcpReq._meta?.progressToken ?? 'none', progress: 1 } })
    return inputRequired({ inputRequests: { user_name: form('What is your name?', 'name') } })
  },
  test_missing_capability(_, { mcpReq }) {
    if (!mcpReq.envelope?.[capabilitiesKey]?.sampling) throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } })
    return done('it can')
  },
  async test_trigger_tool_change() {
    more.tools.push(`test_dynamic_tool_${more.tools.length}`)
    await change.tools(server)
    return done('changed')
  },
  async test_trigger_prompt_change() {
    more.prompts.push({ name: `test_dynamic_prompt_${more.prompts.length}`, description: 'A prompt that came later' })
    await change.prompts(server)
    return done('changed')
  },
  test_headers: args => done(JSON.stringify(args)),
  test_input_required_result_elicitation: asking(
    { user_name: form('What is your name?', 'name') },
    { answer: ({ inputResponses }) => done(`Hello, ${inputResponses.user_name.content?.name}!`) },
  ),
  test_input_required_result_sampling: asking({ capital_question: sample('What is the capital of France?', 100) }),
  test_input_required_result_list_roots: asking({ client_roots: roots() }),
  test_input_required_result_request_state: asking(
    { confirm: form('Please confirm', 'ok', 'boolean') },
    { state: { step: 1 }, answer: mcpReq => done(mcpReq.requestState()?.step === 1 ? 'state-ok' : 'no state') },
  ),
  test_input_required_result_tampered_state: asking({ confirm: form('Please confirm', 'ok', 'boolean') }, { state: { step: 1 } }),
  test_input_required_result_multiple_inputs: asking(
    { user_name: form('What is your name?', 'name'), greeting: sample('Generate a greeting', 50), client_roots: roots() },
    { state: { step: 1 } },
  ),
  async test_input_required_result_multi_round(_, { mcpReq }) {
    const step = mcpReq.requestState()?.step ?? 0
    if (step === 2 && accepted(mcpReq, 'step2')) return done('all of it')
    if (step >= 1 && accepted(mcpReq, 'step1'))
      return inputRequired({ inputRequests: { step2: form('Step 2: What is your favorite color?', 'color') }, requestState: await codec.mint({ step: 2 }) })
    return inputRequired({ inputRequests: { step1: form('Step 1: What is your name?', 'name') }, requestState: await codec.mint({ step: 1 }) })
  },
  test_input_required_result_capabilities(_, { mcpReq }) {
    const can = mcpReq.envelope?.[capabilitiesKey] ?? {}
    const all = { elicitation: () => form('What is your name?', 'name'), sampling: () => sample('Say hello', 50), roots }
    const inputRequests = Object.fromEntries(Object.entries(all).flatMap(([key, make]) => (can[key] ? [[key, make()]] : [])))
    return inputRequired({ inputRequests, requestState: 'asked' })
  },
})

/** What has come since the start. */
const more = { tools: [], prompts: [] }
const change = { tools: server => server.sendToolListChanged(), prompts: server => server.sendPromptListChanged() }

function server() {
  const changing = { tools: { listChanged: true }, prompts: { listChanged: true } }
  const capabilities = { ...changing, resources: {}, completions: {}, logging: {}, extensions: { [TASKS]: {} } }
  const verify = async (state, context) => (state === 'asked' ? undefined : codec.verify(state, context))
  const one = new Server({ name: 'conformance-modern', version: '1' }, { capabilities, requestState: { verify } })
  const tools = active(one)
  const notFound = (what, data) => new ProtocolError(INVALID_PARAMS, `${what} not found`, data)
  one.setRequestHandler('tools/list', () => ({ tools: toolsOf([...Object.keys(plain), ...Object.keys(tools), ...more.tools]) }))
  one.setRequestHandler('tools/call', async ({ params: { name, arguments: args = {} } }, context) => {
    if (plain[name]) return plain[name]
    if (!tools[name]) throw notFound(name)
    return tools[name](args, context)
  })
  one.setRequestHandler('resources/list', () => ({ resources }))
  one.setRequestHandler('resources/templates/list', () => ({ resourceTemplates }))
  one.setRequestHandler('resources/read', ({ params: { uri } }) => {
    const contents = contentsOf(uri)
    if (!contents) throw notFound('Resource', { uri })
    return { contents }
  })
  const asks = { name: 'test_input_required_result_prompt', description: 'A prompt that asks' }
  one.setRequestHandler('prompts/list', () => ({ prompts: [...prompts, asks, ...more.prompts] }))
  one.setRequestHandler('prompts/get', ({ params }, { mcpReq }) => {
    if (params.name === asks.name) {
      if (!accepted(mcpReq, 'user_context')) return inputRequired({ inputRequests: { user_context: form('What context?', 'context') } })
      return { messages: [{ role: 'user', content: text(String(mcpReq.inputResponses.user_context.content?.context)) }] }
    }
    const messages = messagesOf(params.name, params.arguments)
    if (!messages) throw notFound(params.name)
    return { messages }
  })
  one.setRequestHandler('completion/complete', () => completion)
  return one
}

/** What is wrong with the headers of what the SDK leaves to who uses it: the extension's name, and the arguments that a tool wants mirrored. */
function headerProblem({ method, params }, headers) {
  if (method?.startsWith('tasks/') && method !== 'tasks/result' && params?.taskId !== undefined && headers.get('mcp-name') !== params.taskId) return 'Mcp-Name'
  if (method !== 'tools/call' || params.name !== 'test_headers') return undefined
  for (const name of ['region', 'priority']) {
    const given = headers.get(`mcp-param-${name}`) ?? undefined
    const coded = /^=\?base64\?(.*)\?=$/.exec(given ?? '')?.[1]
    const bytes = Buffer.from(coded ?? '', 'base64')
    const value = coded === undefined ? given : bytes.toString('base64') === coded ? bytes.toString() : undefined
    if (value !== params.arguments?.[name]?.toString()) return `Mcp-Param-${name}`
  }
  return undefined
}

const json = (status, body) => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

async function answer(request, fetch) {
  const message = await request
    .clone()
    .json()
    .catch(() => ({}))
  const wrong = headerProblem(message, request.headers)
  if (wrong) return json(400, { jsonrpc: '2.0', id: message.id, error: { code: -32020, message: `Header mismatch: ${wrong}` } })
  const answered = answerOfTasks(message)
  return answered ? json(answered.error?.code === -32021 ? 400 : 200, answered) : fetch(request)
}

if (process.argv[2] === 'http') {
  const handler = createMcpHandler(() => server())
  Object.assign(change, { tools: () => handler.notify.toolsChanged(), prompts: () => handler.notify.promptsChanged() })
  const listener = getRequestListener(request => answer(request, one => handler.fetch(one)))
  const http = createServer((request, response) => {
    const { hostname } = new URL(`http://${request.headers.host}`)
    if (!/^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)) return void response.writeHead(403).end()
    void listener(request, response)
  })
  http.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${http.address().port}/mcp\n`))
} else {
  const stdin = new PassThrough()
  const lines = createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', line => {
    const answered = answerOfTasks(JSON.parse(line))
    if (answered) process.stdout.write(`${JSON.stringify(answered)}\n`)
    else stdin.write(`${line}\n`)
  })
  lines.on('close', () => stdin.end())
  serveStdio(server, { legacy: 'reject', transport: new StdioServerTransport(stdin) })
}
