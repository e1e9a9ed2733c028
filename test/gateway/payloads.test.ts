// What calls carried is kept behind them: what of it, how much, and what happens when more comes than can be written.

import assert from 'node:assert/strict'
import { describe, mock, test } from 'node:test'
import { Payloads, type PayloadSettings } from '../../src/gateway/payloads.ts'
import * as redact from '../../src/gateway/redact/redact.ts'
import { Shelf } from '../../src/gateway/shelf.ts'
import type { Payload } from '../../src/gateway/types.ts'
import { VirtualClock } from '../fixtures/clock.ts'
import { aCall, aRecord } from '../store/calls.ts'

const SECRET = 'q7Zp2LmX9vKtR4wYc8Bn'

function kept(settings: Partial<PayloadSettings> = {}, redactor: () => Promise<typeof redact> = async () => redact) {
  const clock = new VirtualClock()
  const parts: Payload[] = []
  const notes: Record<string, unknown>[] = []
  const disk = { full: false, writes: 0 }
  const payloads = new Payloads(
    { payloads: 'redacted', maxBytes: 65_536, ...settings },
    {
      clock,
      redactor,
      journal: {
        payloads: batch => (disk.writes++, !disk.full && parts.push(...batch) >= 0),
        note: (kind, detail) => !disk.full && notes.push({ kind, ...detail }) > 0,
      },
    },
  )
  const keep = (id: string, sent: string | Buffer = '', got: string | Buffer = ''): void =>
    payloads.keep({ ...aRecord(aCall(id, { argumentsText: sent })), result: got })
  return { clock, parts, notes, disk, payloads, keep }
}

describe('what a call carried', () => {
  test('is kept some time behind it, in one write with others, without its secrets', async () => {
    const { clock, parts, disk, keep } = kept()
    keep('1', `{"token":"${SECRET}","n":1}`, '{"content":[]}')
    keep('2', '', Buffer.from('{"a":"é"}').toString('latin1'))
    assert.equal(disk.writes, 0)
    await clock.pass(60)
    assert.deepEqual(parts, [
      { id: '1', part: 'arguments', text: '{"token":"[redacted:token]","n":1}', bytes: 38, redactions: 1, cut: false },
      { id: '1', part: 'result', text: '{"content":[]}', bytes: 14, redactions: 0, cut: false },
      { id: '2', part: 'result', text: '{"a":"é"}', bytes: 10, redactions: 0, cut: false },
    ])
    assert.equal(disk.writes, 1)
  })

  test('is a copy where it came as bytes: whoever answered the call has given them back by then', async () => {
    const { clock, parts, keep } = kept()
    const got = Buffer.from('{"content":[]}')
    keep('1', '', got)
    got.fill(0)
    await clock.pass(60)
    assert.deepEqual(
      parts.map(({ text }) => text),
      ['{"content":[]}'],
    )
  })

  test('is kept as it is where the settings say so, and not at all where they say that; they may change', async () => {
    const { clock, parts, payloads, keep } = kept({ payloads: 'full' })
    keep('1', `{"token":"${SECRET}"}`)
    await clock.pass(60)
    payloads.use({ payloads: 'none', maxBytes: 100 })
    keep('2', '{"a":1}')
    await clock.pass(60)
    assert.deepEqual(
      parts.map(({ id, text }) => [id, text]),
      [['1', `{"token":"${SECRET}"}`]],
    )
  })

  test('and waits to be kept is not, once the settings say that nothing is', async () => {
    const { clock, parts, notes, payloads, keep } = kept()
    keep('1', `{"token":"${SECRET}"}`, '{"content":[]}')
    payloads.use({ payloads: 'none', maxBytes: 100 })
    await clock.pass(60)
    await payloads.flush()
    payloads.use({ payloads: 'redacted', maxBytes: 100 })
    keep('2', '{"a":1}')
    await clock.pass(60)
    assert.deepEqual([parts.map(({ id, text }) => [id, text]), notes], [[['2', '{"a":1}']], []])
  })

  test('is not kept at all while nobody can take the secrets out of it', async () => {
    let broken = true
    const { clock, parts, keep } = kept({}, async () => {
      if (broken) throw new Error('it can not be loaded')
      return redact
    })
    keep('1', `{"token":"${SECRET}"}`)
    await clock.pass(5000)
    assert.deepEqual(parts, [])
    broken = false
    await clock.pass(5000)
    assert.deepEqual(
      parts.map(({ text }) => text),
      ['{"token":"[redacted:token]"}'],
    )
  })

  test('is dropped where taking its secrets out fails; the others are kept', async () => {
    const failing = (json: string) => {
      if (json.includes('odd')) throw new RangeError('odd')
      return redact.redactJson(json)
    }
    const { clock, parts, notes, keep } = kept({}, async () => ({ ...redact, redactJson: failing }))
    keep('1', '{"a":"odd"}')
    keep('2', '{"a":1}')
    await clock.pass(60)
    assert.deepEqual([parts.map(({ id }) => id), notes.map(({ calls }) => calls)], [['2'], [1]])
  })

  test('is cut where it is too long, between words: half a secret is no word that could be known', async () => {
    for (const large of [false, true]) {
      const { clock, parts, keep } = kept({ maxBytes: 1000 })
      const text = `{"content":[{"type":"text","text":"${'word '.repeat(190)}ghp_${'a1'.repeat(18)} ${'more '.repeat(large ? 90_000 : 100)}"}]}`
      keep('1', large ? Buffer.from(text) : text)
      await clock.pass(60)
      const [part] = parts
      assert.deepEqual([part!.bytes, part!.cut], [text.length, true])
      assert.ok(part!.text.length > 900 && part!.text.length <= 1000)
      assert.doesNotMatch(part!.text, /ghp|a1a1/)
      assert.ok(text.startsWith(part!.text))
    }
  })

  test('takes no memory a moment later, also where the last of it came while others were kept', async () => {
    const cleared = mock.method(Shelf.prototype, 'clear')
    try {
      const { clock, parts, keep } = kept()
      keep('1', '{"a":1}')
      await clock.pass(40)
      keep('2', '{"a":2}')
      await clock.pass(200)
      assert.equal(parts.length, 2)
      assert.equal(cleared.mock.callCount(), 1)
    } finally {
      cleared.mock.restore()
    }
  })

  test('is written to its end when the process ends', async () => {
    const { parts, payloads, keep } = kept()
    for (let n = 0; n < 500; n++) keep(`${n}`, '{"a":1}')
    await payloads.flush()
    assert.equal(parts.length, 500)
    await payloads.flush()
    assert.equal(parts.length, 500)
  })
})

describe('the turns', () => {
  /** A clock on which every look at it takes time, as work does. */
  const times = async (spare: number): Promise<number> => {
    const clock = new VirtualClock()
    let ticks = 0
    let done = 0
    const slow = { now: clock.now, after: clock.after, tick: () => ticks++ }
    const journal = { payloads: (batch: readonly Payload[]) => (done += batch.length) > 0, note: () => true }
    const payloads = new Payloads({ payloads: 'full', maxBytes: 100 }, { clock: slow, journal, redactor: () => redact, spare: () => spare })
    for (let ms = 0; ms < 500; ms += 5) {
      for (let n = 0; n < 4; n++) payloads.keep({ ...aRecord(aCall(`${ms}-${n}`, { argumentsText: '{}' })), result: '' })
      await clock.pass(5)
    }
    return done
  }

  test('are short and rare while calls come and there is no time to spare, and more where there is', async () => {
    const [busy, spare] = [await times(0), await times(0.9)]
    assert.ok(busy > 0 && spare > 4 * busy, `${busy} ${spare}`)
  })
})

describe('when more comes than can be written', () => {
  test('the oldest goes, and how much went is on record', async () => {
    const { clock, parts, notes, keep } = kept()
    const large = `"${'x'.repeat(50_000)}"`
    for (let n = 0; n < 400; n++) keep(`${n}`, large)
    await clock.pass(1000)
    assert.ok(parts.length > 100 && parts.length < 200)
    assert.equal(parts.at(-1)!.id, '399')
    assert.deepEqual(
      notes.map(note => [note.kind, note.calls]),
      [['payloads.dropped', 400 - parts.length]],
    )
  })

  test('what a full disk did not take is counted, and told when there is room', async () => {
    const { clock, parts, notes, disk, keep } = kept()
    disk.full = true
    keep('1', '{"a":1}')
    await clock.pass(60)
    disk.full = false
    keep('2', '{"a":1}')
    await clock.pass(60)
    assert.deepEqual([parts.map(part => part.id), notes.map(note => note.calls)], [['2'], [1]])
  })
})
