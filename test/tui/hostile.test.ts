// Whatever a client, a backend or a file says: what the terminal gets is printable text and the window's own colours, and no line leaves its place.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { safe } from '../../src/lib/safe.ts'
import { width } from '../../src/tui/line.ts'
import { aBackend, aRecord, busy, configured, NOON, settled, someLimits, started } from './models.ts'
import { picture } from './picture.tsx'

const hostile = [
  '\x1b[31mred\x1b[0m',
  '\x1b]0;title\x07',
  '\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\',
  '\x1b]52;c;ZXZpbA==\x07',
  '\x1b]9;note\x07\x1b]777;notify;a;b\x07\x1b]1337;File=:AAAA\x07',
  '\x1bP+q544e\x1b\\',
  '\x1b_apc\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\',
  '\x9b31m\x9d0;c1\x9c\x90dcs\x9c',
  '\x1b[2J\x1b[H\x1b[?1049l',
  '\x1b[6n\x1b[c\x05',
  'over\rwritten\b\b\b\b',
  'a\nb\nc\td\vf\fg',
  `${'\n'.repeat(3000)}hidden`,
  `${' '.repeat(5000)}rm -rf /`,
  '\u202egnp.exe\u202c \u2066iso\u2069 \u200e\u200f\u061c',
  'zero\u200b\u200c\u200d\u2060\ufeffwidth\u00ad',
  '\u{e0041}\u{e0042}\u{e007f}tags\ufe0f\u{e0100}',
  `Z${'\u0335'.repeat(200)}algo`,
  '\ud800 lone \udfff',
  '\u0000nul\u007fdel\u0085nel\u2028ls\u2029ps',
  '漢字かな交じり文'.repeat(30),
  '👩‍👩‍👧‍👦🏳️‍🌈👋🏽🇨🇭'.repeat(20),
  'مرحبا بالعالم שלום עולם',
  'नमस्ते दुनिया',
  '＜ｓｃｒｉｐｔ＞',
  '\u3164\u115f\u2800blank',
  'x'.repeat(20_000),
]

/** A window in which everything from outside says this. */
function filledWith(text: string) {
  const stage = busy()
    .gateway('cccc0003', text, [{ name: text, lastError: text, tags: [text] }])
    .tell(configured([aBackend({ name: text, lastError: text })], text))
    .tell({ kind: 'tools', tools: [{ name: text, backend: text, tool: text, description: text, bytes: 9e9 }] })
    .tell({
      kind: 'limits',
      limits: [{ ...someLimits[0]!, scope: text, rate: text, budgets: [{ client: text, left: 1, of: 2, used: [{ client: text, amount: 1 }] }] }],
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
      .tell({ kind: 'record', id: 'cccc0003-1', call: { ...record, decision: { kind: 'deny', by: text, reason: text, code: text } } })
  },
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

test('what is harmless is shown as it is', () => {
  const stage = busy()
    .gateway('cccc0003', 'x', [{ name: '漢字👋🏽שלום' }])
    .keys('3', 'G')
  assert.match(stripVTControlCharacters(picture(stage.model)), /漢字👋🏽שלום/)
})
