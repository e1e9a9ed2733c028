// The window over a gateway on another machine: what it does there, and what it leaves to whoever sits there.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { actionOf } from '../../src/tui/keys.ts'
import { aQuestion, settled, Stage, started } from './models.ts'
import { picture } from './picture.tsx'

describe('a gateway elsewhere', () => {
  const attached = () => {
    const stage = new Stage()
    Object.assign(stage.model, { remote: 'mcp.example.com' })
    return stage
  }
  const asked = (redacted: number) =>
    attached()
      .gateway('aaaa0001')
      .tell({ kind: 'approvals', approvals: [aQuestion({ redacted })] })
      .keys('2', 'enter')
      .after(400)

  test('is asked, and what is wrong is said in place of a list that is not there', () => {
    const stage = attached()
    assert.match(picture(stage.model), /asking mcp\.example\.com/)
    stage.tell({ kind: 'problem', text: 'mcp.example.com: this key is revoked' })
    assert.match(picture(stage.model), /Nothing is known of mcp\.example\.com now[\s\S]*this key is revoked/)
  })

  test('gets no answer that would be given on this machine: no deny rule, no replay, no secrets, no command', () => {
    const stage = asked(1)
    assert.match(picture(stage.model), /1 secret is shown only where the gateway runs/)
    for (const [key, says] of [
      ['v', /not from here: it is done where mcp\.example\.com runs; there: mcpgw approvals c0ffee01 --clear/],
      ['b', /there: mcpgw deny files__write_file/],
    ] as const) {
      assert.equal(actionOf(stage.model, key), undefined)
      assert.match(stage.keys(key).model.told?.text ?? '', says)
    }
    stage.keys('esc', ':').type('list').keys('enter')
    assert.match(picture(stage.model), /commands act on this machine: type them where mcp\.example\.com is/)
    stage.keys(':').type('limits').keys('enter')
    assert.equal(stage.model.view, 'limits')
    assert.deepEqual(
      stage.effects.filter(({ kind }) => ['reveal', 'block', 'run'].includes(kind)),
      [],
    )
  })

  test('has no call made again from here, and says so', () => {
    const stage = attached().gateway('aaaa0001').events('aaaa0001', started('aaaa0001-1', 0), settled('aaaa0001-1')).keys('r')
    assert.match(stage.model.told?.text ?? '', /where mcp\.example\.com runs; there: mcpgw replay aaaa0001-1/)
    assert.equal(stage.keys('z').model.told?.text, stage.model.told?.text, 'a key that does nothing anywhere says nothing')
  })

  test('gets other arguments only where all of them were shown', () => {
    const edits = (stage: Stage) => stage.keys('e').effects.some(({ kind }) => kind === 'edit')
    assert.equal(edits(asked(0)), true)
    const masked = asked(2)
    assert.equal(edits(masked), false)
    assert.match(picture(masked.model), /edit it there/)
  })
})
