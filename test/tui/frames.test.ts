// Every view as a picture, at 80x24 and 120x40. What a frame should be stands in test/frames; MCPGW_FRAMES=write draws them anew, to be looked at.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { width } from '../../src/tui/line.ts'
import { aRecord, busy, configured, Stage } from './models.ts'
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
  'activity-waiting': (...size) => new Stage(...size).tell(configured()),
  'activity-first': (...size) => new Stage(...size).tell(configured([])),
  backends: (...size) => busy(...size).keys('3', 'j', 'j'),
  'backends-one': (...size) =>
    busy(...size)
      .keys('3', 'G', 'enter')
      .tell({ kind: 'stderr', backend: 'github', lines: ['2027-01-02T11:59:00.000Z asking for a token', 'npm warn deprecated: left-pad@1.0.0'] }),
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

function call() {
  return { v: 1 as const, type: 'call.started' as const, at: 0, id: '', session: 's', client: 'c', backend: 'b', method: 'tools/call', target: 't' }
}

describe('frames', () => {
  const drawn = new Set<string>()
  for (const [columns, rows] of [
    [80, 24],
    [120, 40],
  ] as const)
    for (const [name, scene] of Object.entries(scenes))
      test(`${name} at ${columns}x${rows}`, () => {
        const file = join(folder, `${name}.${columns}x${rows}.txt`)
        drawn.add(file)
        const lines = stripVTControlCharacters(picture(scene(columns, rows).model)).split('\n')
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
