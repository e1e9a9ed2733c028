// Where there is little room, and where colours mean something else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tabs } from '../../src/tui/model.ts'
import { colours, themeOf } from '../../src/tui/theme.ts'
import { busy, Stage } from './models.ts'
import { picture } from './picture.tsx'

test('in 40 columns every view still says which it is, and a call how it ended', () => {
  for (const { digit, title } of tabs) {
    const [bar] = picture(busy(40, 10).keys(digit).model).split('\n')
    assert.match(bar!, new RegExp(`${digit} ${title}.*•`))
    for (const other of tabs) assert.match(bar!, new RegExp(` ${other.digit}`))
  }
  assert.match(picture(busy(40, 10).model), /search_nodes +refused/)
})

test('below what can be read it says so, and what it needs', () => {
  assert.match(picture(new Stage(39, 24).model), /^mcpgw: too small here\s*\n39x24, needs 40x8/)
  assert.match(picture(new Stage(80, 7).model), /80x7, needs 40x8/)
})

test('on a light background nothing is yellow or cyan, and without colours nothing has any', () => {
  const looks = (env: Record<string, string>, on: boolean) => Object.values(themeOf(env, on))
  assert.ok(looks({}, true).includes(colours.yellow))
  assert.deepEqual(
    looks({ COLORFGBG: '0;15' }, true).filter(one => one === colours.yellow || one === colours.cyan),
    [],
  )
  assert.deepEqual(
    looks({}, false).filter(one => Number(one) >= 30),
    [],
  )
})
