// The backend that the build runs the bridge with: one tool, and just enough of MCP.

import { createInterface } from 'node:readline'

const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'build', version: '1' },
    instructions: 'Say it, and it is said again.',
  }),
  'tools/list': () => ({ tools: [{ name: 'echo', description: 'says it again', inputSchema: { type: 'object' } }] }),
  'tools/call': params => ({ content: [{ type: 'text', text: JSON.stringify(params.arguments) }] }),
  ping: () => ({}),
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line)
  if (id === undefined) continue
  const answer = answers[method] ? { result: answers[method](params ?? {}) } : { error: { code: -32601, message: 'Method not found' } }
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`)
}
