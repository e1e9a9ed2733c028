import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Catalog } from '../../src/gateway/catalog.ts'
import type { Lists } from '../../src/gateway/types.ts'

const lists = (offer: { tools?: object[]; resources?: object[]; templates?: object[] }): Lists => {
  const items = (all: object[] = [], key: string) => all.map(one => ({ key: (one as Record<string, string>)[key]!, text: JSON.stringify(one) }))
  return {
    tools: items(offer.tools, 'name'),
    prompts: [],
    resources: items(offer.resources, 'uri'),
    templates: items(offer.templates, 'uriTemplate'),
    era: 'legacy',
    revision: '2025-11-25',
    capabilities: {},
    info: { name: '', version: '' },
    at: 0,
    problems: [],
  }
}

function catalog(offers: Record<string, Parameters<typeof lists>[0]>, bare = false): Catalog {
  const made = new Catalog(bare)
  made.order(Object.keys(offers))
  for (const [backend, offer] of Object.entries(offers)) made.set(backend, lists(offer))
  return made
}

describe('the catalog', () => {
  test('puts the public name where the name stood and changes nothing else', () => {
    const made = new Catalog()
    made.order(['a'])
    made.set('a', { ...lists({}), tools: [{ key: 'x', text: '{"title":"name","name" : "x","n":1.0,"name2":"x"}' }] })
    assert.equal(made.text('tools'), '[{"title":"name","name" : "a__x","n":1.0,"name2":"x"}]')
  })

  test('is in the order of the settings, whoever spoke first', () => {
    const made = new Catalog()
    made.order(['b', 'a'])
    made.set('a', lists({ tools: [{ name: 'x' }] }))
    made.set('b', lists({ tools: [{ name: 'y' }] }))
    assert.deepEqual(
      made.entries('tools').map(entry => entry.key),
      ['b__y', 'a__x'],
    )
  })

  test('forgets a backend that is gone from the settings', () => {
    const made = catalog({ a: { tools: [{ name: 'x' }] }, b: { tools: [{ name: 'y' }] } })
    made.order(['b'])
    assert.equal(made.text('tools'), '[{"name":"b__y"}]')
    assert.equal(made.find('tools', 'a__x'), undefined)
  })

  test('leaves names as they are for a single bare backend', () => {
    assert.equal(catalog({ a: { tools: [{ name: 'x.y' }] } }, true).find('tools', 'x.y')!.name, 'x.y')
  })
})

describe('a resource', () => {
  test('keeps its URI with who offered it first; a newcomer’s is prefixed', () => {
    const made = catalog({ a: { resources: [{ uri: 'x:1' }] }, b: { resources: [{ uri: 'x:1' }, { uri: 'x:2' }] } })
    assert.equal(made.find('resources', 'x:1')!.backend, 'a')
    assert.deepEqual(made.find('resources', 'mcpgw+b:x:1'), { backend: 'b', name: 'x:1', key: 'mcpgw+b:x:1', text: '{"uri":"mcpgw+b:x:1"}' })
    assert.equal(made.find('resources', 'x:2')!.backend, 'b')
  })

  test('that is not listed belongs to the only template that fits', () => {
    const made = catalog({ a: { templates: [{ uriTemplate: 'repo://{owner}/{name}' }] }, b: { templates: [{ uriTemplate: 'file:///{+path}' }] } })
    assert.deepEqual(made.whose('file:///etc/hosts'), { backend: 'b', name: 'file:///etc/hosts', key: 'file:///etc/hosts', text: '' })
    assert.deepEqual(made.whose('repo://o/n/extra'), [])
  })

  test('that several templates fit names its candidates', () => {
    const made = catalog({ a: { templates: [{ uriTemplate: 'x:{id}' }] }, b: { templates: [{ uriTemplate: 'x:{+all}' }] } })
    assert.deepEqual(made.whose('x:1'), ['a', 'b'])
  })
})

test('a backend that offers ever new URIs is remembered for those of now; whose a URI is stays as it was', () => {
  const made = catalog({ a: { resources: [{ uri: 'x:1' }] }, b: {} })
  const many = (from: number) => Array.from({ length: 1000 }, (_, n) => ({ uri: `n:${from + n}` }))
  for (let round = 0; round < 20; round++) made.set('b', lists({ resources: [{ uri: 'x:1' }, ...many(round * 1000)] }))
  made.set('a', lists({ resources: [{ uri: 'x:1' }, { uri: 'n:0' }, { uri: 'n:19999' }] }))
  const keys = made.entries('resources').flatMap(({ backend, key }) => (backend === 'a' ? [key] : []))
  assert.deepEqual(keys, ['x:1', 'n:0', 'mcpgw+a:n:19999'])
})
