// The tools of the modern fixture that ask, for the legacy one: the same questions, as requests while the call waits. With them the suite of the
// modern era runs against a legacy server, and so against the gateway's bridge.

import * as types from '@modelcontextprotocol/sdk/types.js'
import { text } from './offers.mjs'

const schemas = {
  'elicitation/create': types.ElicitResultSchema,
  'sampling/createMessage': types.CreateMessageResultSchema,
  'roots/list': types.ListRootsResultSchema,
}
const LACKING = -32021

const form = (message, name, type = 'string') => ({
  method: 'elicitation/create',
  params: { message, requestedSchema: { type: 'object', properties: { [name]: { type } }, required: [name] } },
})
const sample = (prompt, maxTokens) => ({ method: 'sampling/createMessage', params: { messages: [{ role: 'user', content: text(prompt) }], maxTokens } })
const roots = { method: 'roots/list' }

/** Asks until it is given: who declines is asked again. */
async function given({ sendRequest }, request) {
  for (;;) {
    const answer = await sendRequest(request, schemas[request.method])
    if (request.method !== 'elicitation/create' || answer.action === 'accept') return answer
  }
}
const asking =
  (...requests) =>
  async (_, extra) => {
    await Promise.all(requests.map(one => given(extra, one)))
    return 'thanks'
  }

/** Its tools, each of which gives a text; `more` is what has come since the start. */
export const askingTools = (server, more) => ({
  test_missing_capability() {
    if (server.getClientCapabilities()?.sampling) return 'it can'
    throw new types.McpError(LACKING, 'Missing required client capability', { requiredCapabilities: { sampling: {} } })
  },
  async test_logging_tool(_, { sendNotification }) {
    await sendNotification({ method: 'notifications/message', params: { level: 'info', data: 'a log message' } })
    return 'logged'
  },
  async test_streaming_elicitation(_, extra) {
    const progressToken = extra._meta?.progressToken ?? 'none'
    await extra.sendNotification({ method: 'notifications/progress', params: { progressToken, progress: 1 } })
    await given(extra, form('What is your name?', 'name'))
    return 'thanks'
  },
  async test_trigger_tool_change() {
    more.tools.push(`test_dynamic_tool_${more.tools.length}`)
    await server.sendToolListChanged()
    return 'changed'
  },
  async test_trigger_prompt_change() {
    more.prompts.push({ name: `test_dynamic_prompt_${more.prompts.length}`, description: 'A prompt that came later' })
    await server.sendPromptListChanged()
    return 'changed'
  },
  test_headers: args => JSON.stringify(args),
  test_input_required_result_elicitation: async (_, extra) => `Hello, ${(await given(extra, form('What is your name?', 'name'))).content?.name}!`,
  test_input_required_result_sampling: asking(sample('What is the capital of France?', 100)),
  test_input_required_result_list_roots: asking(roots),
  async test_input_required_result_request_state(_, extra) {
    await given(extra, form('Please confirm', 'ok', 'boolean'))
    return 'state-ok'
  },
  test_input_required_result_tampered_state: asking(form('Please confirm', 'ok', 'boolean')),
  test_input_required_result_multiple_inputs: asking(form('What is your name?', 'name'), sample('Generate a greeting', 50), roots),
  async test_input_required_result_multi_round(_, extra) {
    await given(extra, form('Step 1: What is your name?', 'name'))
    await given(extra, form('Step 2: What is your favorite color?', 'color'))
    return 'all of it'
  },
  test_input_required_result_capabilities(args, extra) {
    const can = server.getClientCapabilities() ?? {}
    const all = { elicitation: form('What is your name?', 'name'), sampling: sample('Say hello', 50), roots }
    return asking(...Object.keys(all).flatMap(key => (can[key] ? [all[key]] : [])))(args, extra)
  },
})

/** The prompt that asks. */
export const askingPrompt = { name: 'test_input_required_result_prompt', description: 'A prompt that asks' }
export async function askedPrompt(extra) {
  const { content } = await given(extra, form('What context?', 'context'))
  return [{ role: 'user', content: text(String(content?.context)) }]
}
