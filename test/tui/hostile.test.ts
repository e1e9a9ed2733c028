// Whatever a client, a backend or a file says: what the terminal gets is printable text and the window's own colours, and no line leaves its place.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { safe } from '../../src/lib/safe.ts'
import { laidOut } from '../../src/tui/json.ts'
import { plainOf, room, width } from '../../src/tui/line.ts'
import { hostile } from './corpus.ts'
import { aBackend, aPin, aQuestion, aRecord, busy, configured, NOON, settled, someLimits, started } from './models.ts'
import { picture } from './picture.tsx'

/** A window in which everything from outside says this. */
function filledWith(text: string) {
  const changed = { name: text, state: 'changed', offered: text, why: text, marks: [{ kind: text, about: text, words: text }] } as const
  const pin = { ...aPin(text), ...changed, difference: [{ kind: 'is', text }] } as const
  const stage = busy()
    .gateway('cccc0003', text, [{ name: text, lastError: text, tags: [text] }])
    .tell(configured([aBackend({ name: text, lastError: text })], text))
    .tell({
      kind: 'tools',
      tools: [{ name: text, backend: text, tool: text, description: text, bytes: 9e9 }],
      pins: [pin],
    })
    .tell({
      kind: 'limits',
      limits: [{ ...someLimits[0]!, scope: text, rate: text, budgets: [{ client: text, left: 1, of: 2, used: [{ client: text, amount: 1 }] }] }],
    })
  const asked = { client: text, backend: text, target: text, reason: text, rule: text, principal: text, earlier: text }
  const told = { asks: text, description: text, risk: { kind: 'destroys', says: text }, update: [pin] } as const
  stage.tell({
    kind: 'approvals',
    approvals: [aQuestion({ ...asked, ...told, arguments: JSON.stringify({ [text]: text }) }), aQuestion({ id: 'raw', arguments: text })],
  })
  const { model } = stage
  const busiest = [{ name: text, calls: 1, bad: 1 }]
  stage.tell({ kind: 'activity', hour: model.hour!, day: { ...model.day!, tools: busiest, clients: busiest } })
  stage.events('cccc0003', started('cccc0003-1', NOON, { client: text, backend: text, target: text }), settled('cccc0003-1', { outcome: text, fault: text }))
  return stage
}

const scenes: Record<string, (text: string) => ReturnType<typeof filledWith>> = {
  activity: text => filledWith(text),
  call: text => {
    const outcome = { kind: text, message: text, fault: text }
    const record = aRecord('cccc0003-1', {
      client: { name: text, version: text, id: text },
      target: text,
      name: text,
      backend: text,
      outcome,
      session: text,
      revision: text,
    })
    return filledWith(text)
      .keys('enter')
      .tell({
        kind: 'record',
        id: 'cccc0003-1',
        call: {
          ...record,
          decision: { kind: 'deny', by: text, reason: text, code: text, approver: text },
          legs: [{ at: NOON, for: 'input', asked: [text], seq: 1, hash: text }],
          payloads: [{ part: 'result', text, bytes: 1, redactions: 1, cut: true, seq: 1, hash: text }],
        },
      })
  },
  approvals: text => filledWith(text).keys('2'),
  question: text => filledWith(text).keys('2', 'g', 'enter'),
  'question, no JSON': text => filledWith(text).keys('2', 'G', 'enter', 'G'),
  'question, its end': text => filledWith(text).keys('2', 'g', 'enter', 'G'),
  always: text => filledWith(text).keys('2', 'g', 'enter').after(400).keys('n', 'N').tell({ kind: 'paste', text }),
  backends: text => filledWith(text).keys('3', 'G'),
  backend: text =>
    filledWith(text)
      .keys('3', 'G', 'enter')
      .tell({ kind: 'stderr', backend: text, lines: [text, text] }),
  stop: text => filledWith(text).keys('3', 'G', 's'),
  limits: text => filledWith(text).keys('4'),
  limit: text => filledWith(text).keys('4', 'enter'),
  tools: text => filledWith(text).keys('5'),
  tool: text => filledWith(text).keys('5', 'enter'),
  overview: text => filledWith(text).keys('6'),
  filter: text => filledWith(text).keys('/').tell({ kind: 'paste', text }),
  command: text =>
    filledWith(text)
      .keys(':')
      .tell({ kind: 'paste', text })
      .tell({ kind: 'completed', text: text.replace(/[\r\n]+/g, ' ').slice(0, 2000), choices: [text] }),
  output: text => filledWith(text).keys(':').type('x').keys('enter').tell({ kind: 'printed', text }),
  told: text => filledWith(text).tell({ kind: 'told', text, style: 'bad' }),
  problem: text => filledWith(text).tell({ kind: 'problem', text }),
}

/** The only sequences of the window itself, as far as a picture goes: colours and their ends. */
const own = /\x1b\[(?:[0-9]|[1-9][0-9])m/g

describe('nothing from outside steers the terminal', () => {
  for (const [name, scene] of Object.entries(scenes))
    test(name, () => {
      for (const text of hostile) {
        const drawn = picture(scene(text).model, true)
        const lines = drawn.replace(own, '').split('\n')
        assert.equal(lines.length, 24, `${JSON.stringify(text).slice(0, 60)} has changed the height`)
        for (const line of lines) {
          assert.equal(line, safe(line), `${JSON.stringify(text).slice(0, 60)} came through`)
          assert.ok(width(line) <= 80, `${JSON.stringify(text).slice(0, 60)} has made a line too wide`)
        }
      }
    })
})

test('what is to be read whole stays within the terminal, also where pictures are drawn as their parts', () => {
  for (const text of hostile)
    for (const one of [JSON.stringify({ [text.slice(0, 2000)]: [text] }), text])
      for (const line of laidOut(one, 80)) assert.ok(room(plainOf(line, 200)) <= 80, JSON.stringify(plainOf(line, 200)))
})

test('what is harmless is shown as it is', () => {
  const stage = busy()
    .gateway('cccc0003', 'x', [{ name: '漢字👋🏽שלום' }])
    .keys('3', 'G')
  assert.match(stripVTControlCharacters(picture(stage.model)), /漢字👋🏽שלום/)
})
