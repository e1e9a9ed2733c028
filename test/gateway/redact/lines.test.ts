import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RedactedLines } from '../../../src/gateway/redact/redact.ts'

const SECRET = 'q7Zp2LmX9vKtR4wYc8Bn'

/** What comes out of a text that comes in pieces of that length. */
function through(text: string, length: number): string {
  const lines = new RedactedLines()
  let out = ''
  for (let at = 0; at < text.length; at += length) out += lines.push(text.slice(at, at + length))
  return out + lines.end()
}

test('a secret is found wherever the text was cut into pieces', () => {
  const text = `starting\nDB_PASSWORD=${SECRET}\ntoken: ${SECRET}\n{"api_key":"${SECRET}"}\nno end`
  for (let length = 1; length < 40; length++) {
    const out = through(text, length)
    assert.ok(!out.includes(SECRET.slice(0, 8)) && !out.includes(SECRET.slice(-8)), out)
    assert.match(out, /^starting\n[^]*no end$/)
  }
})

test('a private key of many lines goes as a whole, also one that never ends', () => {
  const key = `-----BEGIN RSA PRIVATE KEY-----\n${`${SECRET}\n`.repeat(9)}`
  for (const length of [1, 7, 25, 500]) {
    assert.equal(through(`a\n${key}-----END RSA PRIVATE KEY-----\nb\n`, length).replace(/\n+/g, '\n'), 'a\n[redacted:private-key]\nb\n')
    assert.equal(through(`a\n${key}`, length), 'a\n[redacted:private-key]\n')
    assert.equal(through(`a\n${key}-----END RSA PRIVATE KEY-----\n${key}`, length).includes(SECRET), false)
  }
})

test('a line without an end goes on in parts', () => {
  const lines = new RedactedLines()
  assert.equal(lines.push('a '.repeat(20_000)), '')
  assert.ok(lines.push('a '.repeat(20_000)).length > 60_000)
})
