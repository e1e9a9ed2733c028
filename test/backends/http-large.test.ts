import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Events } from '../../src/backends/events.ts'
import { serve } from '../fixtures/http-client.ts'

const CLIENT = fileURLToPath(new URL('../fixtures/http-large-client.ts', import.meta.url))
const SIZE_MB = 100
const HEAD = '{"result":{"text":"'
const TAIL = '"},"jsonrpc":"2.0","id":1}'

async function pour(response: ServerResponse): Promise<void> {
  const piece = Buffer.alloc(1 << 20, 'x')
  for (let n = 0; n < SIZE_MB; n++) if (!response.write(piece)) await new Promise(done => response.once('drain', done))
}

for (const type of ['text/event-stream', 'application/json'])
  test(`a result of ${SIZE_MB} MB arrives as ${type}, in memory of at most twice its size and 80 MB`, async t => {
    const server = await serve(t, (_, response) => {
      const events = type === 'text/event-stream'
      response.writeHead(200, { 'content-type': type })
      response.write((events ? 'data: ' : '') + HEAD)
      void pour(response).then(() => response.end(TAIL + (events ? '\n\n' : '')))
    })
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', CLIENT, server.url])
    const { bytes, end, rose } = JSON.parse(stdout) as { bytes: number; end: string; rose: number }
    assert.equal(bytes, SIZE_MB * (1 << 20) + HEAD.length + TAIL.length)
    assert.equal(end, `xxxx${TAIL}`)
    assert.ok(rose < 2 * SIZE_MB + 80, `it rose by ${rose} MiB`)
  })

test('a message that comes byte by byte, or line by line, costs no more than its size', () => {
  let size = 0
  const events = new Events({ event: (_, data) => (size = data.length), oversize() {} }, 1e8)
  const before = process.memoryUsage().rss
  const byte = Buffer.from('x')
  events.push(Buffer.from('data: '))
  for (let n = 0; n < 2e6; n++) events.push(byte)
  for (let n = 0; n < 1e5; n++) events.push(Buffer.from('\ndata: 1'))
  assert.ok(process.memoryUsage().rss - before < 100e6)
  events.push(Buffer.from('\n\n'))
  assert.equal(size, 2e6 + 2e5)
})
