// What is written to the terminal: rows that have changed, at their places, and nothing else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dim, line, styled } from '../../src/tui/line.ts'
import { Painter, painted } from '../../src/tui/paint.ts'
import { themeOf } from '../../src/tui/theme.ts'

const theme = themeOf({}, true)

test('a frame writes the rows that differ from what stands there, in one go, and none where nothing does', () => {
  const painter = new Painter()
  assert.equal(painter.paint(['a', 'b', 'c']), '\x1b[?2026h\x1b[1;1Ha\x1b[2;1Hb\x1b[3;1Hc\x1b[?2026l')
  assert.equal(painter.paint(['a', 'x', 'c']), '\x1b[?2026h\x1b[2;1Hx\x1b[?2026l')
  assert.equal(painter.paint(['a', 'x', 'c']), '')
  painter.forget()
  assert.equal(painter.paint(['a', 'x', 'c']), '\x1b[?2026h\x1b[1;1Ha\x1b[2;1Hx\x1b[3;1Hc\x1b[?2026l')
})

test('a row empties what it does not fill, and a full one keeps its last character', () => {
  assert.equal(painted(line('ab'), 4, theme), 'ab\x1b[K')
  assert.equal(painted(line('abcd'), 4, theme), 'abcd')
  assert.equal(painted(line('漢字'), 4, theme), '\x1b[2K漢字')
})

test('colours end where their text ends, and what is chosen is so over the whole row', () => {
  assert.equal(painted(line('a', styled('b', 'bad'), dim('c')), 4, theme), 'a\x1b[31mb\x1b[0m\x1b[2mc\x1b[0m\x1b[K')
  assert.equal(painted({ ...line('a', styled('b', 'bad')), chosen: true }, 4, theme), '\x1b[7mab  \x1b[0m')
})
