import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { safe } from '../../src/lib/safe.ts'

const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map(codes => String.fromCharCode(...codes)),
  fc
    .array(
      fc.constantFrom(
        '\x1b[2J',
        '\x9b',
        '\u202e',
        '\u200d',
        '\u200c',
        '\ufe0f',
        '\u{e0061}',
        '\ud83d',
        '👩',
        '❤',
        'م',
        'क',
        '्',
        '\u0301',
        'a',
        ' ',
        '\r',
        '\n',
      ),
      { maxLength: 30 },
    )
    .map(parts => parts.join('')),
)

/** What no terminal may get, apart from joiners and forms of emoji, which depend on their neighbours. */
const dangerous =
  /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u2028\u2029\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0]|[\u{e0100}-\u{e01ef}\u{1d173}-\u{1d17a}]/u
const tags = /[\u{e0000}-\u{e007f}]/u

test('whatever comes in, nothing dangerous goes out', () => {
  fc.assert(
    fc.property(anything, text => {
      const shown = safe(text)
      assert.doesNotMatch(shown, dangerous)
      assert.doesNotMatch(shown.replaceAll(/🏴[\u{e0061}-\u{e007a}]+\u{e007f}/gu, ''), tags)
      assert.doesNotMatch(shown, /[a-z0-9 ][\u200d\ufe0e]|\u200d\u200d|^[\u200c\u200d\p{M}]/u)
      assert.ok(shown.isWellFormed())
    }),
    { numRuns: 2000 },
  )
})

test('what is safe stays as it is', () => {
  fc.assert(
    fc.property(anything, text => assert.equal(safe(safe(text)), safe(text))),
    { numRuns: 1000 },
  )
})

test('more lines, never other controls', () => {
  fc.assert(fc.property(anything, text => assert.doesNotMatch(safe(text, { multiline: true }).replaceAll(/[\n\t]/g, ''), dangerous)))
  assert.equal(safe('a\r\nb\tc\rd\x1b', { multiline: true }), 'a\nb\tc\\rd\\x1b')
})

for (const [what, text] of Object.entries({
  accents: 'Zoë naïve façade e\u0301',
  'Hebrew with points': 'שָׁלוֹם',
  Arabic: 'العَرَبِيَّة',
  'Persian with its joiner': 'می\u200cخواهم',
  'Chinese, Japanese, Korean': '中文　テキスト 한국어',
  Thai: 'น้ำใจ',
  Tibetan: 'བོད་སྐད',
  'Hindi, Sinhala and Malayalam with their joiners': 'क्\u200dष ශ්\u200dරී സ്\u200d',
  'a family of emoji': '👩\u200d👩\u200d👧\u200d👦',
  'emoji in every form': '❤️ ☺︎ 👍🏽 1️⃣ 🇩🇪 👩\u200d❤\u200d👩 🏳️\u200d🌈 👨🏻\u200d🦰',
  'the flag of Scotland': '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}',
  'signs and money': '→ © ½ € №',
  'a French space': 'Voilà\u00a0!',
}))
  test(`${what} survive`, () => assert.equal(safe(text), text))

for (const [what, text, shown] of [
  ['an escape sequence', '\x1b[31mred', '\\x1b[31mred'],
  ['an 8-bit one', '\x9b31m', '\\x9b31m'],
  ['a title, a clipboard', '\x1b]52;c;aGk=\x07', '\\x1b]52;c;aGk=\\x07'],
  ['an overwritten line', 'safe\rrm -rf', 'safe\\rrm -rf'],
  ['backspaces', 'ab\b\b', 'ab\\x08\\x08'],
  ['turned text', 'a\u202egpj', 'a\\u{202e}gpj'],
  ['isolates', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
  ['a joiner between letters', 'pay\u200dpal', 'pay\\u{200d}pal'],
  ['a zero-width space', 'a\u200bb', 'a\\u{200b}b'],
  ['hidden tags', 'hi\u{e0068}\u{e0069}', 'hi\\u{e0068}\\u{e0069}'],
  ['bytes hidden in variations', 'a\u{e0101}\ufe01', 'a\\u{e0101}\\u{fe01}'],
  ['a variation behind a figure', '1\ufe0e', '1\\u{fe0e}'],
  ['letters without shape', '\u3164\u2800\u115f', '\\u{3164}\\u{2800}\\u{115f}'],
  ['half a character', '\ud800', '\\u{d800}'],
  ['separators of lines', '\u2028\u2029\x85', '\\u{2028}\\u{2029}\\x85'],
  ['a mark without a letter', '\u0301x', '\\u{301}x'],
  ['signs of nobody', '\ue000', '\\u{e000}'],
] as const)
  test(`${what} is shown for what it is`, () => assert.equal(safe(text), shown))

test('a tower of marks does not reach into other lines', () => assert.equal(safe(`a${'\u0301'.repeat(9)}`), `a${'\u0301'.repeat(8)}\\u{301}`))

test('Korean, taken apart as some file systems do, is shown; its parts alone are not', () => {
  const apart = '한글 파일'.normalize('NFD')
  assert.equal(safe(apart), apart)
  assert.equal(safe('ᄀᄀ가'), '\\u{1100}\\u{1100}가')
  assert.equal(safe('가ᅡᆨ'), '가\\u{1161}\\u{11a8}')
})

test('pictures are joined as far as there are such pictures', () => {
  for (const text of ['👩‍👩‍👧‍👦', '🏳️‍🌈', '🏳‍🌈', '❤‍🔥', '🧑🏽‍🤝‍🧑🏻', '👩🏽‍❤️‍💋‍👨🏻']) assert.equal(safe(text), text)
  assert.match(safe('👩\u200d'.repeat(9)), /\\u\{200d\}/)
})
