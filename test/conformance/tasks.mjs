// The tasks extension for the modern fixture (io.modelcontextprotocol/tasks): the SDK has none of it and refuses its methods, so these are answered
// before it sees them. Tasks belong to the process, as a stateless server's belong to whatever is behind it.

import { randomUUID } from 'node:crypto'
import { inputRequired, MissingRequiredClientCapabilityError } from '@modelcontextprotocol/server'
import { pause, text } from './offers.mjs'

export const TASKS = 'io.modelcontextprotocol/tasks'
const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities'
const requiredCapabilities = { extensions: { [TASKS]: {} } }
const methods = new Set(['tasks/get', 'tasks/update', 'tasks/cancel'])

const known = new Map()
const can = capabilities => capabilities?.extensions?.[TASKS] !== undefined
const now = () => new Date().toISOString()
const done = (string, isError) => ({ content: [text(string)], ...(isError && { isError }) })

/** Begins a task; gives its handle. `work` may ask, and ends with a result or an error. */
function begin(work) {
  const task = { taskId: randomUUID(), status: 'working', createdAt: now(), lastUpdatedAt: now(), ttlMs: 600_000, pollIntervalMs: 50 }
  const handle = { resultType: 'task', ...task }
  const become = more => task.status !== 'cancelled' && Object.assign(task, more, { lastUpdatedAt: now() })
  const ask = inputRequests =>
    new Promise(settle => {
      become({ status: 'input_required', inputRequests })
      known.get(task.taskId).answer = responses => {
        for (const key of Object.keys(responses)) delete inputRequests[key]
        if (Object.keys(inputRequests).length > 0) return
        delete task.inputRequests
        become({ status: 'working' })
        settle()
      }
    })
  known.set(task.taskId, { task })
  void work(ask).then(
    result => become({ status: 'completed', result: { ...result, resultType: 'complete' } }),
    error => become({ status: 'failed', error: { code: -32603, message: error.message } }),
  )
  return handle
}

const form = message => ({
  method: 'elicitation/create',
  params: { message, requestedSchema: { type: 'object', properties: { confirm: { type: 'boolean' } } } },
})

const compute = async seconds => {
  await pause(seconds * 1000)
  return done('computed')
}
/** A tool that is nothing but a task. */
const required =
  work =>
  (args, { mcpReq }) => {
    if (!can(mcpReq.envelope?.[capabilitiesKey])) throw new MissingRequiredClientCapabilityError({ requiredCapabilities })
    return begin(ask => work(args, ask))
  }

export const taskTools = {
  greet: ({ name }) => done(`Hello, ${name}!`),
  slow_compute: ({ seconds }, { mcpReq }) => (can(mcpReq.envelope?.[capabilitiesKey]) ? begin(() => compute(seconds)) : compute(seconds)),
  failing_job: required(async () => done('it did not work', true)),
  protocol_error_job: required(() => Promise.reject(new Error('it broke'))),
  confirm_delete: required(async (_, ask) => {
    await ask({ confirm: form('Sure?') })
    return done('deleted')
  }),
  multi_input: required(async (_, ask) => {
    await ask({ first: form('One?'), second: form('Two?') })
    return done('both')
  }),
  test_tool_with_task(args, extra) {
    const given = extra.mcpReq.inputResponses?.user_name
    const requestedSchema = { type: 'object', properties: { name: { type: 'string' } } }
    if (!given) return inputRequired({ inputRequests: { user_name: inputRequired.elicit({ message: 'Who?', requestedSchema }) } })
    return required(async () => done(`Hello, ${given.content?.name ?? given.content?.user_name}!`))(args, extra)
  },
}

/** The answer to a request of the extension; undefined where it is none. */
export function answerOfTasks({ id, method, params }) {
  if (!methods.has(method)) return undefined
  const no = (code, message, data) => ({ jsonrpc: '2.0', id, error: { code, message, data } })
  if (!can(params?._meta?.[capabilitiesKey])) return no(-32021, 'Missing required client capability', { requiredCapabilities })
  const one = known.get(params.taskId)
  if (!one) return no(-32602, 'Task not found')
  if (method === 'tasks/update') one.answer?.(params.inputResponses)
  if (method === 'tasks/cancel' && !['completed', 'failed'].includes(one.task.status))
    Object.assign(one.task, { status: 'cancelled', inputRequests: undefined })
  return { jsonrpc: '2.0', id, result: { resultType: 'complete', ...(method === 'tasks/get' && one.task) } }
}
