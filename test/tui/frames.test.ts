// Every view as a picture, at 80x24 and 120x40, some where there is more room. What a frame should be stands in test/frames; MCPGW_FRAMES=write draws them anew, to be looked at.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { emptyState, reduce } from '../../src/gateway/state.ts'
import { width } from '../../src/tui/line.ts'
import { aBackend, aBefore, aChange, aQuestion, aRecord, busy, configured, settled, Stage } from './models.ts'
import { picture } from './picture.tsx'

const folder = join(import.meta.dirname, '../frames')

const scenes: Record<string, (columns: number, rows: number) => Stage> = {
  activity: busy,
  'activity-filtered': (...size) =>
    busy(...size)
      .keys('/')
      .type('backend:files ms>500'),
  'activity-paused': (...size) =>
    busy(...size)
      .keys('p')
      .events('aaaa0001', { ...call(), id: 'aaaa0001-9' }),
  'activity-call': (...size) =>
    busy(...size)
      .keys('k', 'k', 'enter')
      .tell({ kind: 'record', id: 'bbbb0002-3', call: aRecord('bbbb0002-3') }),
  'activity-raw': (...size) =>
    busy(...size)
      .keys('k', 'k', 'enter')
      .tell({ kind: 'record', id: 'bbbb0002-3', call: aRecord('bbbb0002-3') })
      .keys('w'),
  'activity-beside': (...size) =>
    busy(...size)
      .keys('k', 'k')
      .tell({ kind: 'record', id: 'bbbb0002-3', call: aRecord('bbbb0002-3') }),
  'activity-waiting': (...size) => new Stage(...size).tell(configured()),
  'activity-first': (...size) => new Stage(...size).tell(configured([])),
  'activity-home': (...size) => {
    const stage = new Stage(...size)
    Object.assign(stage.model, { home: '/home/me/my gateway', folder: '/home/me/mcpgw/dist' })
    return stage.tell(configured([]))
  },
  approvals: (...size) => busy(...size).keys('2'),
  'approvals-none': (...size) =>
    busy(...size)
      .tell({ kind: 'approvals', approvals: [] })
      .keys('2'),
  'approvals-one': (...size) => busy(...size).keys('2', 'g', 'enter'),
  'approvals-secret': (...size) => busy(...size).keys('2', 'G', 'enter'),
  'approvals-long': (...size) =>
    busy(...size)
      .tell({ kind: 'approvals', approvals: [aQuestion({ arguments: JSON.stringify({ lines: Array.from({ length: 60 }, (_, n) => `line ${n}`) }) })] })
      .keys('2', 'enter')
      .after(400)
      .keys('y'),
  'approvals-always': (...size) =>
    busy(...size)
      .keys('2', 'g', 'enter')
      .after(400)
      .keys('a'),
  'approvals-again': (...size) =>
    busy(...size)
      .tell({ kind: 'approvals', approvals: [aQuestion({ before: aBefore })] })
      .keys('2', 'g', 'enter'),
  'approvals-change': (...size) =>
    busy(...size)
      .tell({ kind: 'approvals', approvals: [aChange()] })
      .keys('2', 'g', 'enter'),
  'approvals-late': (...size) =>
    busy(...size)
      .events('aaaa0001', settled('aaaa0001-7', { outcome: 'refused', fault: 'approval_pending' }))
      .keys('2', 'g', 'enter')
      .after(400),
  'approvals-block': (...size) =>
    busy(...size)
      .tell({ kind: 'approvals', approvals: [aQuestion({ roles: ['dev'] })] })
      .keys('2', 'g', 'enter')
      .after(400)
      .keys('b'),
  backends: (...size) => busy(...size).keys('3', 'j', 'j'),
  'backends-one': (...size) =>
    busy(...size)
      .keys('3', 'G', 'enter')
      .tell({ kind: 'stderr', backend: 'github', lines: ['2027-01-02T11:59:00.000Z asking for a token', 'npm warn deprecated: left-pad@1.0.0'] }),
  'backends-sessions': (...size) =>
    new Stage(...size).gateway('aaaa0001', 'cursor', []).tell({ kind: 'state', id: 'aaaa0001', state: sessions() }).keys('3', 'j', 's'),
  'backends-stop': (...size) => busy(...size).keys('3', 's'),
  'backends-none': (...size) => new Stage(...size).tell(configured([])).keys('3'),
  'backends-idle': (...size) => new Stage(...size).tell(configured()).keys('3'),
  limits: (...size) => busy(...size).keys('4'),
  'limits-one': (...size) => busy(...size).keys('4', 'enter'),
  'limits-none': (...size) =>
    busy(...size)
      .tell({ kind: 'limits', limits: [] })
      .keys('4'),
  tools: (...size) => busy(...size).keys('5'),
  'tools-one': (...size) => busy(...size).keys('5', 'G', 'enter'),
  overview: (...size) => busy(...size).keys('6'),
  help: (...size) => busy(...size).keys('3', '?'),
  command: (...size) =>
    busy(...size)
      .keys(':')
      .type('back')
      .tell({ kind: 'completed', text: 'back', choices: ['backends'] }),
  output: (...size) =>
    busy(...size)
      .keys(':')
      .type('rules')
      .keys('enter')
      .tell({ kind: 'printed', text: 'deny  files__*\nallow *\n' }),
}

/** Two clients of one process, each with its own of a backend. */
function sessions() {
  const state = emptyState()
  for (const [id, name] of [
    ['s1', 'cursor'],
    ['s2', 'claude-code'],
  ] as const) {
    reduce(state, { v: 1, type: 'session.opened', at: 0, session: id, client: { name, version: '1' }, era: 'modern', revision: '' })
    reduce(state, { v: 1, type: 'backend.changed', at: 0, backend: aBackend({ session: id, inFlight: id === 's1' ? 2 : 0 }) })
  }
  return state
}

function call() {
  return { v: 1 as const, type: 'call.started' as const, at: 0, id: '', session: 's', client: 'c', backend: 'b', method: 'tools/call', target: 't' }
}

describe('frames', () => {
  const drawn = new Set<string>()
  const wide = ['activity-beside', 'backends', 'overview']
  for (const [columns, rows, names] of [
    [80, 24, Object.keys(scenes)],
    [120, 40, Object.keys(scenes)],
    [200, 60, wide],
  ] as const)
    for (const name of names)
      test(`${name} at ${columns}x${rows}`, () => {
        const file = join(folder, `${name}.${columns}x${rows}.txt`)
        drawn.add(file)
        const lines = stripVTControlCharacters(picture(scenes[name]!(columns, rows).model)).split('\n')
        assert.equal(lines.length, rows)
        for (const line of lines) assert.ok(width(line) <= columns, `too wide: ${line}`)
        const text = `${lines.map(line => line.trimEnd()).join('\n')}\n`
        if (process.env['MCPGW_FRAMES'] === 'write') writeFileSync(file, text)
        assert.ok(existsSync(file), `there is no ${file}: MCPGW_FRAMES=write draws it`)
        assert.equal(text, readFileSync(file, 'utf8'))
      })
  after(() =>
    assert.deepEqual(
      readdirSync(folder).filter(one => !drawn.has(join(folder, one))),
      [],
      'frames that nobody draws',
    ),
  )
})
