import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { hidden } from '../../src/lib/hidden.ts'

describe('hidden characters', () => {
  for (const [what, text, found] of [
    ['tags', 'a\u{e0049}\u{e0067}', ['U+E0049', 'U+E0067']],
    ['a bidi override', 'a\u202eb', ['U+202E']],
    ['isolates', '\u2066a\u2069', ['U+2066', 'U+2069']],
    ['zero-width spaces and joiners', 'a\u200bb\u2060c\ufeffd', ['U+200B', 'U+2060', 'U+FEFF']],
    ['a joiner between letters that need none', 'pass\u200dword', ['U+200D']],
    ['variation selectors that carry bytes', 'a\ufe01\ufe02\u{e0101}', ['U+FE01', 'U+FE02', 'U+E0101']],
    ['many selectors behind a sign', '✓\ufe0f\ufe0e\ufe0f', ['U+FE0F', 'U+FE0E']],
    ['escapes and other controls', 'a\u001b[2Jb\u0008\u009b', ['U+001B', 'U+0008', 'U+009B']],
    ['a return that overwrites its line', 'good\revil', ['U+000D']],
    ['fillers and blank letters', 'a\u3164b\u2800c\u00ad', ['U+3164', 'U+2800', 'U+00AD']],
    ['line ends that are none', 'a\u2028b', ['U+2028']],
    ['half a character', 'a\ud800b', ['U+D800']],
  ] as const)
    test(`are ${what}`, () => assert.deepEqual([...hidden(text)].sort(), [...found].sort()))

  for (const [what, text] of Object.entries({
    'line ends and tabs': 'a\nb\r\nc\td',
    'letters of any script': 'größe 検索 Возвращает فایل नमस्ते हिन्दी 한국어 ไทย',
    'a joiner that a script needs': 'می\u200cخواهم क्\u200dष',
    'emoji, joined, coloured or plain': '👩🏽‍💻 👨‍👩‍👧 ❤️ ⚠️ ✔︎ 🏳️‍🌈 1️⃣ 🇩🇪',
    'one selector behind a sign': '✓\ufe0f →\ufe0e',
    'marks, signs, dashes and quotes': 'café naïve … – — “x” ≤ ± µ ½',
    'blanks that can be seen': 'a\u00a0b\u2009c\u3000d',
  }))
    test(`are not ${what}`, () => assert.deepEqual(hidden(text), []))
})
