// The table of keys, the help behind `?`, the footer, and what a key does: they say the same, in every place and for whoever only looks.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { keysOf } from '../../src/tui/keys.ts'
import { aBackend, aQuestion, aRecord, busy, configured, Stage } from './models.ts'
import { picture } from './picture.tsx'

const long = Array.from({ length: 100 }, (_, n) => `line ${n}`)
const record = (stage: Stage) => stage.tell({ kind: 'record', id: 'bbbb0002-3', call: aRecord('bbbb0002-3') })

/** Places where keys mean something, in the middle of what can be moved over. */
const places: Record<string, () => Stage> = {
  'activity, followed': () => busy(),
  activity: () => busy().keys('k', 'k', 'k'),
  'activity, narrowed': () => busy().keys('/').type('files').keys('enter', 'k'),
  'activity, paused': () => busy().keys('k', 'p'),
  'activity, nothing there': () => new Stage().tell(configured([])),
  approvals: () =>
    busy()
      .tell({ kind: 'approvals', approvals: ['a', 'b', 'c'].map(id => aQuestion({ id })) })
      .keys('2', 'j'),
  'a question': () =>
    busy(60, 12)
      .keys('2', 'g', 'enter', ...'    ')
      .after(400)
      .keys('k'),
  'a question with secrets': () => busy(60, 12).keys('2', 'G', 'enter', 'G').after(400).keys('k'),
  backends: () => busy().keys('3', 'j'),
  'a backend that rests': () => busy().keys('3', 'G', 'k'),
  'one backend': () => busy().keys('3', 'j', 'enter').tell({ kind: 'stderr', backend: 'files', lines: long }).keys('j'),
  'backends, none running': () => new Stage().tell(configured([aBackend({ name: 'a' }), aBackend({ name: 'b' }), aBackend({ name: 'c' })])).keys('3', 'j'),
  limits: () => busy().keys('4', 'j'),
  'one limit': () => busy(50, 8).keys('4', 'j', 'enter', 'j'),
  tools: () => busy().keys('5', 'g', 'j'),
  'one tool that has changed': () => busy(60, 10).keys('5', 'G', 'enter', 'j'),
  overview: () => busy().keys('6'),
  'one call': () => record(busy(60, 12).keys('k', 'k', 'enter')).keys('j'),
  'what a command has printed': () =>
    busy()
      .keys(':')
      .type('rules')
      .keys('enter')
      .tell({ kind: 'printed', text: long.join('\n') })
      .keys('j'),
}

const readOnly = (stage: Stage): Stage => {
  Object.assign(stage.model, { readOnly: true })
  return stage
}

const shownKey = (name: string) => (name === ' ' ? 'space' : name)

/** What the help lists, as it stands on the screen. */
function helpOf(stage: Stage): string[] {
  stage.model.size = { columns: 200, rows: 80 }
  const lines = stripVTControlCharacters(picture(stage.keys('?').model)).split('\n')
  assert.match(lines[1]!, /: keys/)
  return lines.slice(3, -2).flatMap(line => (line.trim() === '' ? [] : [line.trim().replace(/ {2,}.*/, '')]))
}

/** All that a key can change, and what it has done outside. */
const trace = ({ model, effects }: Stage) => {
  const { now: _, calls, items, chosen, gateways, told, ...rest } = model
  return JSON.stringify({ ...rest, told: told?.text, effects })
}

/** Those that lead where we are already. */
const stays = ({ model }: Stage, action: string): boolean =>
  action === `view ${['activity', 'approvals', 'backends', 'limits', 'tools', 'overview'].indexOf(model.view) + 1}` ||
  (action === 'bottom' && model.view === 'activity' && model.follow)

for (const [who, as] of [
  ['somebody who decides', (stage: Stage) => stage],
  ['somebody who only looks', readOnly],
] as const)
  describe(`to ${who}`, () => {
    for (const [name, place] of Object.entries(places)) {
      test(`help lists all keys and only those: ${name}`, () => {
        const here = as(place())
        const expected = keysOf(here.model).map(({ keys }) => keys.map(shownKey).join(' '))
        assert.deepEqual(helpOf(as(place())), expected)
        const footer = stripVTControlCharacters(picture(here.model)).split('\n').at(-1)!
        for (const hint of footer.trim().split(/ {2,}/))
          assert.ok(
            expected.some(keys => keys.split(' ')[0] === hint.split(' ')[0]),
            `${hint} is no key here`,
          )
      })

      test(`every key that is listed does something: ${name}`, () => {
        for (const { keys, action } of keysOf(as(place()).model))
          for (const key of keys) {
            const stage = as(place())
            const before = trace(stage)
            const there = stays(stage, action)
            stage.keys(key)
            assert.ok(there || trace(stage) !== before, `${key} (${action}) does nothing`)
          }
      })
    }
  })

test('help in front of a question goes back to it, and it has to be read again before it is answered', () => {
  const stage = places['a question']!().after(1000).keys('?')
  assert.match(picture(stage.model), /one of them: keys[\s\S]*y +allow this call, once/)
  stage.keys('?')
  assert.equal(stage.model.pane?.kind, 'detail')
  assert.deepEqual(
    stage.keys('y').effects.filter(({ kind }) => kind === 'answer'),
    [],
  )
  assert.equal(
    stage
      .after(400)
      .keys('y')
      .effects.filter(({ kind }) => kind === 'answer').length,
    1,
  )
})

test('a question that was answered elsewhere and forgotten while its help was read gives way to the list, not to another question', () => {
  const stage = busy().keys('2', 'g', 'enter', '?')
  stage.tell({ kind: 'approvals', approvals: stage.model.approvals!.slice(1) }).keys('esc')
  assert.equal(stage.model.pane, undefined)
})

test('views that are no commands are completed like commands', () => {
  const stage = busy().keys(':').type('ov').tell({ kind: 'completed', text: 'ov', choices: [] }).keys('tab')
  assert.match(picture(stage.model), / :overview ▏/)
  assert.equal(stage.keys('enter').model.view, 'overview')
})
