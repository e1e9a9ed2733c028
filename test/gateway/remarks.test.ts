import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ofBackends, ofPages, remarked, remarksOf } from '../../src/gateway/remarks.ts'

const of = (inside: string) => remarksOf(`{${inside}}`, 0, 'tools')
const backends = (...all: string[]) => remarked(ofBackends(all.map(of)))
const pages = (...all: string[]) => remarked(ofPages(all.map(of)))

describe('what is said of a list besides', () => {
  test('is everything but the list, and what an answer of ours says itself', () =>
    assert.equal(backends('"tools":[1],"nextCursor":"c","x" : 1.0,"resultType":"complete","ttlMs":5,"cacheScope":"public","_meta":{}'), ',"x":1.0,"_meta":{}'))

  test('of one backend passes as it was written, a member that stands twice, too', () =>
    assert.equal(backends('"x":1,"\\u0078":{ "a":1 , "a":2 }'), ',"x":1,"\\u0078":{ "a":1 , "a":2 }'))

  test('of several backends stays where nobody says otherwise', () => assert.equal(backends('"x":1,"y":2', '"y":2', '"z":[]'), ',"x":1,"y":2,"z":[]'))

  test('of several backends goes where they differ, whoever comes first', () => {
    assert.equal(backends('"x":1,"y":2', '"x":1.0,"y":2'), ',"y":2')
    assert.equal(backends('"x":1', '"x":2', '"x":1'), '')
  })

  test('keys that are written differently are the same key', () => assert.equal(backends('"x":1', '"\\u0078":2'), ''))

  test('_meta of several backends is looked at member by member', () => {
    assert.equal(backends('"_meta":{"a":1,"b":2}', '"_meta":{"b":3,"c":4}'), ',"_meta":{"a":1,"c":4}')
    assert.equal(backends('"_meta":{"a":1}', '"_meta":{"a":2}'), '')
    assert.equal(backends('"_meta":{"a":1}', '"_meta":7'), ',"_meta":{"a":1}')
  })

  test('a list of several backends is none of theirs', () => {
    const server = '"io.modelcontextprotocol/serverInfo":{"name":"s"}'
    assert.equal(backends(`"_meta":{${server}}`), `,"_meta":{${server}}`)
    assert.equal(backends(`"_meta":{${server},"a":1}`, ''), ',"_meta":{"a":1}')
    assert.equal(pages(`"_meta":{${server}}`, `"_meta":{${server}}`), `,"_meta":{${server}}`)
  })

  test('pages of one backend agree, or say nothing', () => assert.equal(pages('"x":1,"page":1', '"x":1,"page":2'), ',"x":1'))
})
