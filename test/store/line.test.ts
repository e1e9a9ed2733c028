import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { ascii, closed, hashOf, hashOfResult, legBody, link, noteBody, openBody, parts, quote, settleBody } from '../../src/store/line.ts'
import { aCall, allow, aRecord, origin } from './calls.ts'

const sha = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex')

describe('a line of the journal', () => {
  test('is plain ASCII whatever stands in it, and says the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), text => {
        const quoted = quote(text, 1000)
        assert.match(quoted, /^[ -~]*$/)
        assert.equal(JSON.parse(quoted), JSON.parse(JSON.stringify(text)))
      }),
    )
    assert.match(ascii({ '\u202e\u009b': '\x1b]0;x\x07' }), /^[ -~]*$/)
  })

  test('bounds every text of a caller', () => {
    const huge = '\u202e'.repeat(1_000_000)
    const from = {
      ...origin,
      client: { name: huge, version: huge, id: huge },
      session: huge,
      traceparent: huge,
      revision: huge,
      project: huge,
      clientSession: huge,
    }
    const call = aCall(huge, { origin: from, backend: huge, target: huge, name: huge })
    assert.ok(openBody(1, 1, call, { kind: 'deny', by: huge, reason: huge, code: 'internal' }).length < 40_000)
    assert.ok(settleBody(1, 1, aRecord(call, { kind: 'failed', fault: 'internal', message: huge })).length < 10_000)
    assert.ok(legBody(1, 1, call, { kind: 'waiting', for: 'input', asked: Array.from({ length: 1000 }, () => huge) }).length < 20_000)
    assert.ok(noteBody(1, 1, huge, { huge }).length < 10_000)
  })

  test('says for which project a call was made, and what the client calls its session, where the client has told', () => {
    const told = { ...origin, project: '/home/x/\u202eapp', clientSession: '\x1b]0;x\x07' }
    const line = JSON.parse(`${openBody(1, 1, aCall('x', { origin: told }), allow)}}`)
    assert.deepEqual([line.project, line.clientSession], [told.project, told.clientSession])
    assert.doesNotMatch(openBody(1, 1, aCall('x'), allow), /project|clientSession/)
  })

  test('tells two long names apart by their hash', () => {
    const [one, two] = ['a', 'b'].map(end => JSON.parse(`${openBody(1, 1, aCall('x', { target: 'u'.repeat(2000) + end }), allow)}}`))
    assert.equal(one.target, two.target)
    assert.notEqual(one.targetHash, two.targetHash)
  })

  test('holds size and hash of the arguments, and never the arguments', () => {
    const body = openBody(1, 1, aCall('x', { argumentsText: '{"secret":"hunter2"}', arguments: { secret: 'hunter2' } }), allow)
    assert.ok(!body.includes('hunter2'))
    assert.equal(JSON.parse(`${body}}`).argumentsHash, `sha256:${sha('{"secret":"hunter2"}')}`)
    assert.equal(JSON.parse(`${body}}`).argumentsBytes, 20)
  })

  test('hashes wire bytes: a latin1 string stands for the bytes it carries', () => {
    const bytes = Buffer.from('{"name":"Zoë"}')
    assert.equal(hashOf(bytes.toString('latin1')), `sha256:${sha(bytes)}`)
    assert.equal(hashOf(bytes), hashOf(bytes.toString('latin1')))
    assert.equal(hashOf(''), '')
  })

  test('hashes a result of up to 256 KiB whole, and of a larger one the two edges', () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, n) => n % 251))
    const edge = 16 * 1024
    assert.equal(hashOfResult(bytes.subarray(0, 256 * 1024)), `sha256:${sha(bytes.subarray(0, 256 * 1024))}`)
    assert.equal(hashOfResult(bytes), `sha256-edges:${sha(Buffer.concat([bytes.subarray(0, edge), bytes.subarray(-edge)]))}`)
    assert.equal(hashOfResult(bytes.toString('latin1')), hashOfResult(bytes))
  })

  test('ends with a hash over the one before it and its own body', () => {
    const body = openBody(1, 1, aCall('x'), allow)
    const line = closed(body, link('before', body)).slice(0, -1)
    assert.deepEqual(parts(line), { body, hash: sha(`before${body}`) })
    assert.equal(JSON.parse(line).hash, sha(`before${body}`))
  })
})
