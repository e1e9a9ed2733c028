// Which heads are read here, and that nobody reads them otherwise than Node's own parser does.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { readHead, type Head } from '../../src/serve/head.ts'
import { Raw } from '../fixtures/raw-http.ts'

const read = (text: string, before?: Head) => readHead(Buffer.from(text, 'latin1'), before)
const head = (...lines: readonly string[]) => ['POST /mcp HTTP/1.1', 'Host: a', 'Content-Length: 2', ...lines, '', ''].join('\r\n')

test('a plain head is read: its names in small letters, white space around values gone', () => {
  const text = `${head('Mcp-Session-Id:  x y\t ', 'X-Empty:', 'accept: a, b')}{}rest`
  const { headers, ...rest } = read(text)!
  assert.deepEqual({ ...rest, lines: undefined }, { url: '/mcp', lines: undefined, size: text.indexOf('{}'), length: 2 })
  assert.deepEqual({ ...headers }, { host: 'a', 'content-length': '2', 'mcp-session-id': 'x y', 'x-empty': '', accept: 'a, b' })
  for (const url of ['/mcp/', '/mcp/My%20Files', '/mcp?x=1']) assert.equal(read(head().replace('/mcp', url))!.url, url)
})

describe('a head is not plain', () => {
  const odd: Record<string, string> = {
    'that is not all there': head().slice(0, -1),
    'of another method': head().replace('POST', 'GET'),
    'of another version': head().replace('1.1', '1.0'),
    'of another address': head().replace('/mcp', '/mcpx'),
    'of a whole URL': head().replace('/mcp', 'http://a/mcp'),
    'with a line end of one character': head('a: b\nc: d'),
    'with a carriage return in a value': head('a: b\rc'),
    'with a line that goes on': head('a: b', ' c'),
    'with white space before a colon': head('a : b'),
    'with a name of no characters': head(': b'),
    'with a line that is none': head('a'),
    'with a control in a value': head('a: \x00'),
    'with letters beyond ASCII': head('a: \xe9'),
    'with a header twice': head('x: 1', 'X: 1'),
    'with more lines than any client has': head(...Array.from({ length: 63 }, (_, n) => `x-${n}: a`)),
    'with two lengths': head('content-length: 2'),
    'with chunks': head('Transfer-Encoding: chunked'),
    'that wants to go on': head('Expect: 100-continue'),
    'that wants another protocol': head('Connection: Upgrade', 'Upgrade: websocket'),
    'that is the last one': head('Connection: close'),
    'without a host': head().replace('Host: a\r\n', ''),
    'without a length': head().replace('Content-Length: 2\r\n', ''),
    'with a length that is no number': head().replace(': 2', ': 0x2'),
    'with a length that is less than nothing': head().replace(': 2', ': -2'),
    'with a length beyond all measure': head().replace(': 2', `: ${'9'.repeat(20)}`),
    'with empty lines before it': `\r\n${head()}`,
    'that is longer than any': head(`a: ${'x'.repeat(9000)}`),
  }
  for (const [why, text] of Object.entries(odd)) test(why, () => assert.equal(read(text), undefined))
})

test('of a long head nothing is kept for the next one', () => {
  assert.ok(read(head())!.lines.length > 0)
  const long = read(head(`a: ${'x'.repeat(3000)}`))!
  assert.equal(long.headers['a']!.length, 3000)
  assert.deepEqual(long.lines, [])
})

const mischief = fc.constantFrom(
  '\r',
  '\n',
  '\r\n',
  ' ',
  '\t',
  ':',
  '\0',
  '\x7f',
  '\x80',
  '\xff',
  ',',
  '0',
  '1',
  'a',
  'chunked',
  '\r\n\r\n',
  'Content-Length: 3\r\n',
  '+',
  '/',
  '?',
)
const place = fc.nat(200)
const value = fc.string({ unit: fc.constantFrom(...' \tabcXYZ0189-_=;,/"\\()<>@:[]{}~'), maxLength: 20 })
const name = fc.string({ unit: fc.constantFrom(..."abcXYZ019-_!#$%&'*+.^`|~"), minLength: 1, maxLength: 12 })
const fields = fc.uniqueArray(fc.tuple(name, value), { maxLength: 4, selector: ([one]) => one.toLowerCase() })
/** A head, and what was done to it. */
const mauled = fc.tuple(fields, fc.array(fc.tuple(place, mischief), { maxLength: 2 })).map(([more, changes]) => {
  let text = head(...more.map(([one, its]) => `${one}: ${its}`))
  for (const [at, what] of changes) text = text.slice(0, at) + what + text.slice(at)
  return text
})

test('a head is read alike, whatever came before it', () => {
  fc.assert(
    fc.property(mauled, mauled, fc.boolean(), (one, other, again) => {
      const after = again ? one.replace('Content-Length: 2', 'Content-Length: 3') : other
      assert.deepEqual(read(after, read(one)), read(after))
    }),
    { numRuns: 1000 },
  )
})

test('whatever is read here Node reads alike: the address, each header, and where the body ends', async t => {
  const node = createServer((request, response) => {
    let body = ''
    request.setEncoding('latin1').on('data', part => (body += part))
    request.on('end', () => response.end(JSON.stringify({ url: request.url, headers: request.headers, size: body.length })))
  })
  await new Promise<void>(done => node.listen(0, '127.0.0.1', done))
  t.after(() => node.close())
  const url = `http://127.0.0.1:${(node.address() as AddressInfo).port}/mcp`

  let accepted = 0
  await fc.assert(
    fc.asyncProperty(mauled, async text => {
      const found = read(`${text}{}`)
      if (!found) return
      accepted++
      const client = new Raw(t, url)
      const sent = `${text}{}`.slice(0, found.size + found.length)
      await client.send(sent.padEnd(found.size + found.length, '.'))
      const heard = JSON.parse((await client.answer()).body) as { url: string; headers: object; size: number }
      client.socket.destroy()
      assert.equal(heard.url, found.url)
      assert.deepEqual(heard.headers, { ...found.headers })
      assert.equal(heard.size, found.length)
    }),
    { numRuns: 400 },
  )
  assert.ok(accepted > 100, `${accepted} were plain`)
})
