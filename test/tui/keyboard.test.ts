// What a terminal sends, as keys: whole, in pieces, pasted; and what is no key of ours is nothing.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Keyboard } from '../../src/tui/keyboard.ts'

/** What all of it means; `-` stands where nothing has come for a moment. */
function typed(...chunks: readonly string[]): string[] {
  const keyboard = new Keyboard()
  return chunks.flatMap(chunk => (chunk === '-' ? keyboard.flush() : keyboard.push(chunk))).map(one => ('key' in one ? one.key : `pasted ${one.paste}`))
}

describe('keys', () => {
  const keys: Record<string, string> = {
    '\x1b[A': 'up',
    '\x1bOA': 'up',
    '\x1b[1;5A': 'up',
    '\x1b[B': 'down',
    '\x1b[C': 'right',
    '\x1b[D': 'left',
    '\x1b[H': 'home',
    '\x1b[1~': 'home',
    '\x1b[F': 'end',
    '\x1b[8~': 'end',
    '\x1b[5~': 'pageup',
    '\x1b[6;2~': 'pagedown',
    '\x1b[3~': 'backspace',
    '\x7f': 'backspace',
    '\b': 'backspace',
    '\x1b[Z': 'backtab',
    '\t': 'tab',
    '\r': 'enter',
    '\n': 'enter',
    '\x1bOM': 'enter',
    '\x03': 'ctrl+c',
    '\x1a': 'ctrl+z',
    y: 'y',
    ' ': ' ',
    漢: '漢',
    '👋': '👋',
  }
  test('have their names, also when they come in pieces', () => {
    for (const [sent, key] of Object.entries(keys)) {
      assert.deepEqual(typed(sent), [key], JSON.stringify(sent))
      if (!/[\ud800-\udfff]/.test(sent)) assert.deepEqual(typed(...sent), [key], `${JSON.stringify(sent)}, in pieces`)
    }
  })

  test('typed faster than they are read come one by one', () => assert.deepEqual(typed('jj\x1b[Bk\r'), ['j', 'j', 'down', 'k', 'enter']))

  test('Escape is a key once nothing has followed it, or something else does', () => {
    assert.deepEqual(typed('\x1b'), [])
    assert.deepEqual(typed('\x1b', '-'), ['esc'])
    assert.deepEqual(typed('\x1b\x1b[A'), ['esc', 'up'])
    assert.deepEqual(typed('\x1by'), ['esc', 'y'])
    assert.deepEqual(typed('\x1b\x1b', '-'), ['esc', 'esc'])
  })
})

test('what is pasted comes whole and is no key, whatever it holds and however slowly it comes', () => {
  assert.deepEqual(typed('\x1b[200~y\r\x1b[A\x1b[201~n'), ['pasted y\r\x1b[A', 'n'])
  assert.deepEqual(typed('\x1b[20', '0~y', '-', 'y\x1b[20', '-', '1~', 'n'), ['pasted yy', 'n'])
})

describe('what a terminal says by itself types nothing', () => {
  const said = {
    'its name': '\x1b[?62;1;4c',
    'what it is': '\x1b[>41;0;0c',
    'where the cursor is': '\x1b[12;40R',
    'that it has the focus': '\x1b[I',
    'that it has lost it': '\x1b[O',
    'where the mouse is': '\x1b[<0;12;34M',
    'that the mouse is let go': '\x1b[<0;12;34m',
    'what it can': '\x1b[?2026;1$y',
    'which keys it can tell apart': '\x1b[?1u',
    'a key that we have no name for': '\x1bOP',
    'a key of the Linux console': '\x1b[[A',
    'a letter with what is held down': '\x1b[121;5u',
  }
  for (const [what, sent] of Object.entries(said))
    test(what, () => {
      assert.deepEqual(typed(sent), [])
      assert.deepEqual(typed(...sent), [], 'in pieces')
    })

  test('also when it is never ended', () => assert.deepEqual(typed('\x1b[<0;12', '-'), ['esc']))
})

test('pieces mean what the whole means', () => {
  const bytes = fc.array(fc.constantFrom('\x1b', '[', 'O', 'A', '~', '1', ';', '5', '?', '<', 'M', 'y', '\r', '\x1b[200~', '\x1b[201~'), { maxLength: 12 })
  fc.assert(
    fc.property(bytes, parts => {
      assert.deepEqual(typed(...[...parts.join('')]), typed(parts.join('')))
    }),
  )
})
