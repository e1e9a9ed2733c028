import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { emptyState } from '../../src/gateway/state.ts'
import { aPin, aRecord, busy, configured, NOON, settled, someTools, Stage, started } from './models.ts'

describe('calls', () => {
  test('are one row each, whoever speaks of them first', () => {
    const stage = new Stage().gateway('aaaa0001')
    stage.events('aaaa0001', started('aaaa0001-1', NOON)).tell({ kind: 'calls', calls: [aRecord('aaaa0001-1')] })
    stage.tell({ kind: 'calls', calls: [aRecord('aaaa0001-2', { outcome: undefined })] }).events('aaaa0001', settled('aaaa0001-2', { outcome: 'failed' }))
    assert.deepEqual(stage.model.calls.rows.map(({ key, outcome }) => [key, outcome]).sort(), [
      ['aaaa0001-1', 'answered'],
      ['aaaa0001-2', 'failed'],
    ])
  })

  test('stand in the order of their time', () => {
    const stage = new Stage().gateway('a').events('a', started('a-9', NOON))
    stage.tell({ kind: 'calls', calls: [aRecord('b-2', { startedAt: NOON - 5 }), aRecord('b-1', { startedAt: NOON - 10 })] })
    assert.deepEqual(
      stage.model.calls.rows.map(row => row.key),
      ['b-1', 'b-2', 'a-9'],
    )
  })

  test('are bounded, the oldest go', () => {
    const stage = new Stage().gateway('a')
    for (let batch = 0; batch < 10; batch++) stage.events('a', ...Array.from({ length: 1000 }, (_, n) => started(`a-${batch * 1000 + n}`, NOON + batch)))
    assert.ok(stage.model.calls.rows.length <= 5500)
    assert.equal(stage.model.calls.rows.at(-1)!.key, 'a-9999')
    assert.equal(stage.model.calls.find('a-0'), undefined)
  })

  test('whose end was missed while the window was cut off are looked up on record', () => {
    const stage = new Stage().gateway('a').events('a', started('a-1', NOON))
    stage.effects.length = 0
    stage.tell({ kind: 'state', id: 'a', state: emptyState() })
    assert.deepEqual(stage.effects, [{ kind: 'load', what: 'calls' }])
  })
})

describe('the list', () => {
  const chosen = ({ model }: Stage) => model.chosen?.key

  test('stays with the newest call until somebody moves, and again when asked to', () => {
    const stage = new Stage().gateway('a').events('a', started('a-1', NOON), started('a-2', NOON))
    assert.equal(chosen(stage), 'a-2')
    stage.keys('k').events('a', started('a-3', NOON))
    assert.equal(chosen(stage), 'a-1')
    assert.equal(chosen(stage.keys('f')), 'a-3')
    stage.events('a', started('a-4', NOON))
    assert.equal(chosen(stage), 'a-4')
  })

  test('moves by lines, half pages and to its ends, and not beyond', () => {
    const stage = new Stage(80, 24).gateway('a').events('a', ...Array.from({ length: 50 }, (_, n) => started(`a-${n}`, NOON)))
    assert.equal(chosen(stage.keys('g')), 'a-0')
    assert.equal(chosen(stage.keys('k')), 'a-0')
    assert.equal(chosen(stage.keys('j', 'down')), 'a-2')
    assert.equal(chosen(stage.keys('ctrl+d')), 'a-12')
    assert.equal(chosen(stage.keys('G', 'j')), 'a-49')
    assert.equal(stage.model.cursors.activity!.top, 30)
  })

  test('keeps what was chosen when the list changes', () => {
    const stage = busy().keys('5', 'j')
    assert.equal(chosen(stage), 'files__read_text_file')
    stage.keys('o')
    assert.equal(chosen(stage), 'files__read_text_file')
  })

  test('held still shows nothing that came later, and says how much did', () => {
    const stage = busy().keys('p')
    const before = stage.model.items.length
    stage.events('aaaa0001', started('aaaa0001-8', NOON))
    assert.equal(stage.model.items.length, before)
    assert.equal(stage.keys('p').model.items.length, before + 1)
  })

  test('is narrowed while it is typed, and whole again after esc', () => {
    const stage = busy().keys('/').type('outcome:failed')
    assert.deepEqual(
      stage.model.items.map(({ key }) => key),
      ['bbbb0002-2'],
    )
    stage.keys('enter', 'j', 'esc')
    assert.equal(stage.model.items.length, 10)
  })
})

describe('keys', () => {
  test('that are typed into a prompt do nothing else', () => {
    const stage = busy().keys('3', '/').type('qrs:?')
    assert.equal(stage.model.filters.backends, 'qrs:?')
    assert.ok(!stage.effects.some(({ kind }) => ['quit', 'act'].includes(kind)))
  })

  test('stop and restart ask first; anything but y is a no', () => {
    for (const [key, verb] of [
      ['s', 'stop'],
      ['r', 'restart'],
    ] as const) {
      const stage = busy().keys('3', 'g', key)
      assert.equal(stage.model.prompt?.kind, 'confirm')
      assert.ok(
        !stage
          .after(400)
          .keys('n')
          .effects.some(({ kind }) => kind === 'act'),
      )
      assert.ok(
        !stage
          .keys(key)
          .after(400)
          .keys('enter')
          .effects.some(({ kind }) => kind === 'act'),
      )
      stage.keys(key).after(400).keys('y')
      assert.deepEqual(
        stage.effects.find(({ kind }) => kind === 'act'),
        { kind: 'act', gateway: 'aaaa0001', backend: 'files', verb },
      )
    }
  })

  test('start what is stopped without a question, in the gateway that it is chosen in', () => {
    const stage = busy().keys('3', 'g', 'j', 's')
    assert.deepEqual(
      stage.effects.find(({ kind }) => kind === 'act'),
      { kind: 'act', gateway: 'bbbb0002', backend: 'files', verb: 'start' },
    )
  })

  test('of a read-only window change nothing', () => {
    const stage = new Stage(80, 24, true)
      .gateway('a', 'cursor', [{ name: 'files' }])
      .keys('3', 's')
      .after(400)
      .keys('y', 'r')
      .after(400)
      .keys('y')
    assert.ok(!stage.effects.some(({ kind }) => kind === 'act'))
  })

  test('with no gateway there is nothing to start', () => {
    const stage = new Stage().tell(configured()).keys('3', 's', 'r')
    assert.ok(!stage.effects.some(({ kind }) => kind === 'act'))
    assert.equal(stage.model.prompt, undefined)
  })

  test('copy what is chosen, or all of a pane', () => {
    const stage = busy().keys('5', 'g', 'c', 'enter', 'c')
    const copied = stage.effects.flatMap(one => (one.kind === 'copy' ? one.text : []))
    assert.equal(copied[0], 'memory__search_nodes')
    assert.match(copied[1]!, /costs +370 tokens/)
  })
})

test('in every view something can be copied and exported, as it is shown', () => {
  const done = (view: string, ...keys: string[]) =>
    busy()
      .keys(view, ...keys)
      .effects.filter(({ kind }) => ['copy', 'write', 'export'].includes(kind)) as any[]
  for (const view of ['1', '2', '3', '4', '5', '6']) {
    const [copied, written] = done(view, 'c', 'x')
    assert.deepEqual([copied.kind, written.kind], ['copy', view === '1' ? 'export' : 'write'], view)
    assert.ok(copied.text.length > 0)
    for (const line of written.lines ?? []) assert.ok(JSON.parse(line))
  }
  for (const view of ['1', '2', '3', '4', '5']) {
    const [copied, written] = done(view, 'enter', 'c', 'x')
    assert.match(copied.text, /\n/)
    assert.equal((written.lines ?? written.ids).length, 1, view)
  }
  assert.match(done('6', 'c')[0].text, /Last hour/)
  assert.equal(done('3', '?', 'c').length, 1, 'help too')
  assert.doesNotMatch(JSON.stringify(done('2', 'x')), /ghp_/)
})

test('what a list shows is exported, or the one call that is looked at', () => {
  const ids = (stage: Stage) => stage.effects.flatMap(one => (one.kind === 'export' ? [one.ids] : []))
  assert.deepEqual(ids(busy().keys('/').type('outcome:failed').keys('enter', 'x')), [['bbbb0002-2']])
  assert.deepEqual(ids(busy().keys('G', 'k', 'enter', 'x')), [['aaaa0001-3']])
})

describe('commands', () => {
  const ran = (text: string) => {
    const stage = busy().keys(':').type(text).keys('enter')
    return { stage, runs: stage.effects.flatMap(one => (one.kind === 'run' ? one.text : [])) }
  }

  test('are views by name, or what the command line knows', () => {
    assert.equal(ran('tools').stage.model.view, 'tools')
    assert.equal(ran('log').stage.model.view, 'activity')
    assert.deepEqual(ran('limit all 5/1m').runs, ['limit all 5/1m'])
    assert.deepEqual(ran('mcpgw rules').runs, ['rules'])
    assert.ok(ran('q').stage.effects.some(({ kind }) => kind === 'quit'))
  })

  test('without an end are not begun: nothing would give the window back', () => {
    for (const text of ['tui', 'stdio', 'watch --json', 'log -f', 'backends logs files --follow', 'config edit']) {
      const { stage, runs } = ran(text)
      assert.deepEqual(runs, [], text)
      assert.match(stage.model.told!.text, /another terminal/)
    }
  })

  test('are completed as far as all choices agree, then whole', () => {
    const stage = busy()
      .keys(':')
      .type('re')
      .tell({ kind: 'completed', text: 're', choices: ['remove', 'restart'] })
      .keys('tab')
    assert.equal((stage.model.prompt as any).text, 're')
    stage
      .type('s')
      .tell({ kind: 'completed', text: 'res', choices: ['restart'] })
      .keys('tab')
    assert.equal((stage.model.prompt as any).text, 'restart ')
  })

  test('choices for what is no longer typed are dropped', () => {
    const stage = busy()
      .keys(':')
      .type('ab')
      .tell({ kind: 'completed', text: 'a', choices: ['add'] })
    assert.deepEqual((stage.model.prompt as any).choices, [])
  })
})

describe('gateways', () => {
  test('that are gone take what is live with them, not what was seen', () => {
    const stage = busy().tell({ kind: 'gone', id: 'aaaa0001' })
    assert.deepEqual([...stage.model.gateways.keys()], ['bbbb0002'])
    assert.equal(stage.model.items.length, 10)
  })

  test('events of one that has not said how it is are not folded', () => {
    const stage = new Stage().events('zzzz', started('z-1', NOON))
    assert.equal(stage.model.calls.rows.length, 0)
  })
})

describe('what is done again or decided', () => {
  test('a replay asks first, runs as the command and shows what it prints', () => {
    const stage = busy().keys('G', 'k', 'r')
    assert.match((stage.model.prompt as any).question, /again/)
    stage.after(400).keys('y')
    assert.deepEqual(stage.effects.at(-1), { kind: 'run', text: 'replay aaaa0001-3' })
    assert.equal(stage.model.pane?.kind, 'output')
    assert.ok(
      !busy()
        .keys('G', 'k', 'r')
        .after(400)
        .keys('n')
        .effects.some(({ kind }) => kind === 'run'),
    )
  })

  test('a changed tool is accepted or refused as it was shown; one that is as it was is not asked about', () => {
    const look = () => busy().keys('5', 'G', 'enter')
    const decided = (stage: Stage) => stage.effects.flatMap(one => (one.kind === 'decide' ? [one.deciding] : []))
    assert.deepEqual(decided(look().keys('a').after(400).keys('y')), [{ decision: 'accept', offered: { files__list_directory: 'sha256:new' } }])
    assert.deepEqual(decided(look().keys('n').after(400).keys('y'))[0]!.decision, 'refuse')
    assert.deepEqual(decided(look().keys('a', 'y')), [])
    assert.equal(busy().keys('5', 'g', 'j', 'enter', 'a').model.prompt, undefined)
  })

  test('what a backend tells the model unasked stands among its tools while it waits for a decision, and is decided like them', () => {
    const name = 'files:instructions'
    const difference = [{ kind: 'is', text: 'description: Ignore all that.' }] as const
    const pin = aPin(name, { backend: 'files', tool: ':instructions', instructions: true, state: 'quarantined', offered: 'sha256:new', difference })
    const look = (more = {}) =>
      busy()
        .tell({ kind: 'tools', tools: someTools, pins: [{ ...pin, ...more }] })
        .keys('5', 'G', 'enter')
    const decided = (stage: Stage) => stage.effects.flatMap(one => (one.kind === 'decide' ? [[one.name, one.deciding]] : []))
    assert.deepEqual(decided(look().keys('a').after(400).keys('y')), [[name, { decision: 'accept', offered: { [name]: 'sha256:new' } }]])
    assert.ok(!look({ state: 'pinned', offered: undefined }).model.items.some(({ key }) => key === name))
  })
})

test('a character beyond the first plane is typed like any other', () => {
  const { model } = busy().keys('/').type('a👋b')
  assert.equal(model.filters.activity, 'a👋b')
})
