// An MCP server as small and as fast as one can be: no SDK, no validation, so that the direct connection to it is close to the limit. It reads and
// writes JSON, as every server must, and each answer is a write of its own, as servers do it.
// Arguments: tools=N; delay=MS (answers nothing before); silent=1 (answers nothing ever); up=FILE (gets the time of its greeting).

import { writeFileSync } from 'node:fs'

const options = Object.fromEntries(process.argv.slice(2).map(option => option.split('=')))
const HEAD = '{"jsonrpc":"2.0","id":'

const result = body => `,"result":${body}}\n`
const GREETING = result('{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"bench","version":"1"}}')
const UNKNOWN = ',"error":{"code":-32601,"message":"Method not found"}}\n'

const tool = (_, index) => ({
  name: index === 0 ? 'echo' : index === 1 ? 'big' : `tool_${index}`,
  description: `Number ${index} of the tools of a benchmark. ${'It says what it does in some more words. '.repeat(5)}`,
  inputSchema: { type: 'object', properties: { text: { type: 'string', description: 'any text' }, bytes: { type: 'number', description: 'how many' } } },
})
let list
let big

function answer(line) {
  const { id, method, params } = JSON.parse(line)
  if (id === undefined) return
  const head = HEAD + JSON.stringify(id)
  if (method === 'tools/call') {
    const { text, bytes } = params.arguments
    if (params.name === 'echo') return process.stdout.write(head + result(JSON.stringify({ content: [{ type: 'text', text }] })))
    if (big?.length !== bytes) big = Buffer.alloc(bytes, 'x')
    process.stdout.write(`${head},"result":{"content":[{"type":"text","text":"`, 'latin1')
    process.stdout.write(big)
    process.stdout.write('"}]}}\n', 'latin1')
  } else if (method === 'initialize') {
    process.stdout.write(head + GREETING, 'latin1')
    if (options.up) writeFileSync(options.up, String(performance.timeOrigin + performance.now()))
  } else if (method === 'tools/list') {
    list ??= result(JSON.stringify({ tools: Array.from({ length: Number(options.tools ?? 3) }, tool) }))
    process.stdout.write(head + list, 'latin1')
  } else process.stdout.write(head + (method === 'ping' ? result('{}') : UNKNOWN), 'latin1')
}

let rest = ''
function take(chunk) {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop()
  for (const line of lines) answer(line)
}

const early = []
let open = !options.delay && !options.silent
if (options.delay) {
  setTimeout(() => {
    open = true
    for (const chunk of early) take(chunk)
  }, Number(options.delay))
}
process.stdin.setEncoding('utf8')
process.stdin.on('data', chunk => (open ? take(chunk) : early.push(chunk)))
process.stdin.on('end', () => process.exit())
