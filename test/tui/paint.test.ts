// A line as a row of the screen.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dim, line, styled } from '../../src/tui/line.ts'
import { painted } from '../../src/tui/paint.ts'
import { themeOf } from '../../src/tui/theme.ts'

const theme = themeOf({}, true)

test('a row is no wider than the terminal', () => {
  assert.equal(painted(line('abcd'), 4, theme), 'abcd')
  assert.equal(painted(line('漢字'), 4, theme), '漢字')
  assert.equal(painted(line('漢字だ'), 4, theme), '漢…')
})

test('colours end where their text ends, and what is chosen is so over the whole row', () => {
  assert.equal(painted(line('a', styled('b', 'bad'), dim('c')), 4, theme), 'a\x1b[31mb\x1b[0m\x1b[2mc\x1b[0m')
  assert.equal(painted({ ...line('a', styled('b', 'bad')), chosen: true }, 4, theme), '\x1b[7mab  \x1b[0m')
})
