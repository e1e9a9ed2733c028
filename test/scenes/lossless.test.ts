// Nothing is lost: messages with members that nobody knows, odd numbers, strange text and new kinds of content, through each bridge and both ways,
// compared byte for byte. Where something must change, it stands here with the sentence that says so.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { members } from '../../src/rpc/spans.ts'
import { settled } from '../fixtures/clock.ts'
import { abilities, ERAS, type Era } from './peers.ts'
import { stage, type Script, type Stage } from './stage.ts'

const PREFIX = 'io.modelcontextprotocol/'

/** JSON as somebody may write it: text, not values. */
const number = fc.oneof(
  fc.constantFrom('0', '-0', '0.0', '1.0', '1.50', '1e400', '-1E+2', '12345678901234567890', '9007199254740993', '0.1000000000000000055511151231257827'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => JSON.stringify(value)),
)
const string = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map(value => JSON.stringify(value)),
  fc.constantFrom('"\\u0041"', '"\\/"', '"\\ud83d\\ude00"', '"\\uD800"', '"é \u2028 😀"', '"\\u0000"', '""', '"},{\\"id\\":9"', '"\u007f\u0085"'),
)
const key = fc.oneof(
  string,
  fc.constantFrom('"id"', '"jsonrpc"', '"result"', '"params"', '"method"', '"__proto__"', '"constructor"', '"type"', '"_meta"', '"resultType"'),
)
const { json } = fc.letrec<{ json: string; object: string }>(tie => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(number, string, fc.constantFrom('true', 'false', 'null', '{}', '[]', '[ ]', '{ }')),
    tie('object'),
    fc.array(tie('json'), { maxLength: 4 }).map(all => `[${all.join(' , ')}]`),
  ),
  object: fc.array(fc.tuple(key, tie('json')), { maxLength: 4 }).map(all => `{${all.map(([name, value]) => `${name}: ${value}`).join(',')}}`),
}))

/** Members that nobody knows, as the inside of an object; none stands twice. */
const unknown = fc
  .uniqueArray(fc.tuple(fc.string({ unit: 'binary', maxLength: 6 }), json), { maxLength: 4, selector: ([name]) => name })
  .map(all => all.map(([name, value]) => `${JSON.stringify(`x-${name}`)}:${value}`))
const said = fc.record({ top: unknown, inside: unknown, meta: unknown, value: json, more: unknown, items: unknown })
type Said = typeof said extends fc.Arbitrary<infer T> ? T : never

const join = (...parts: (string | readonly string[])[]): string => parts.flat().filter(Boolean).join(',')

/** The members of an object, each as it is written. */
function parts(text: string): Record<string, string> {
  const wire = Buffer.from(text).toString('latin1')
  const utf8 = (latin1: string) => Buffer.from(latin1, 'latin1').toString('utf8')
  return Object.fromEntries(members(wire, 0).map(one => [utf8(one.key), utf8(wire.slice(one.start, one.end))]))
}
const without = (all: Record<string, string>, ...keys: string[]) => Object.fromEntries(Object.entries(all).filter(([name]) => !keys.includes(name)))

interface Play extends Stage {
  /** Says something in the words of the client. */
  request(id: string, params: string, top: readonly string[], meta?: readonly string[], method?: string): void
  /** What the backend says when it is asked for something, its lists apart: lines in which ID is the call's id, TOKEN its token. */
  answers: ((id: string, token: string) => string[])[]
  /** What it heard last that has this in it. */
  heard(part: string): string
}

/** What a backend offers of each kind: the member of the result, and one item as it is written. */
const offers = {
  'tools/list': ['tools', '{"name":"t","inputSchema":{}}'],
  'prompts/list': ['prompts', '{"name":"t"}'],
  'resources/list': ['resources', '{"uri":"x:1","name":"one"}'],
  'resources/templates/list': ['resourceTemplates', '{"uriTemplate":"x:/{id}","name":"some"}'],
} as const
const capabilities = '"capabilities":{"tools":{},"prompts":{},"resources":{},"completions":{}}'

async function play(front: Era, back: Era, offered: Partial<Record<keyof typeof offers, string>> = {}, besides = '', bare?: string): Promise<Play> {
  const answers: Play['answers'] = []
  const script: Script = ({ id, method, params }, say) => {
    const result = (inside: string) =>
      say(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{${back === 'modern' ? '"resultType":"complete",' : ''}${inside}}}`)
    if (method === 'server/discover')
      return back === 'modern' ? result(`"supportedVersions":["2026-07-28"],${capabilities}`) : say({ id, error: { code: -32601, message: '' } })
    if (method === 'initialize') return result(`"protocolVersion":"2025-11-25",${capabilities},"serverInfo":{"name":"s","version":"1"}`)
    const [list, item] = offers[method as keyof typeof offers] ?? []
    if (list) return result(join(`"${list}":[${offered[method as keyof typeof offers] ?? item}]`, besides))
    if (id !== undefined) for (const line of answers.shift()?.(JSON.stringify(id), JSON.stringify(params?._meta?.progressToken ?? null)) ?? []) say(line)
  }
  const staged = stage({ b: script }, { bare })
  if (front === 'legacy') await staged.client.greet(abilities)
  const own = front === 'modern' ? [`"${PREFIX}protocolVersion":"2026-07-28"`, `"${PREFIX}clientCapabilities":${JSON.stringify(abilities)}`] : []
  return {
    ...staged,
    answers,
    request(id, params, top, meta = [], method = 'tools/call') {
      const all = [...own, ...meta]
      staged.client.line(
        `{${join('"jsonrpc":"2.0"', `"id":${id}`, `"method":"${method}"`, top, `"params":{${join(params, all.length > 0 ? `"_meta":{${join(all)}}` : '')}}`)}}`,
      )
    },
    heard: part => staged.lines['b']!.findLast(line => line.includes(part))!,
  }
}

const check = (property: (said: Said) => Promise<void>, runs = 40) =>
  fc.assert(fc.asyncProperty(said, property), { numRuns: Number(process.env['RUNS'] ?? runs) })

for (const front of ERAS)
  for (const back of ERAS)
    describe(`a ${front} client, a ${back} backend`, () => {
      test('a request', () =>
        check(async ({ top, inside, meta, value }) => {
          const { request, heard, client } = await play(front, back)
          request('"c"', join('"name":"b__t"', `"arguments":{"a":${value}}`, inside), top, [...meta, '"progressToken":"mine"'])
          await settled(30)
          const sent = parts(client.sent.at(-1)!)
          const got = parts(heard('"tools/call"'))
          assert.deepEqual(without(got, 'id', 'params'), without(sent, 'id', 'params'))
          const [sentParams, gotParams] = [parts(sent['params']!), parts(got['params']!)]
          assert.equal(gotParams['name'], '"t"')
          assert.deepEqual(without(gotParams, 'name', '_meta'), without(sentParams, 'name', '_meta'))
          const [sentMeta, gotMeta] = [parts(sentParams['_meta']!), parts(gotParams['_meta']!)]
          // MCP 2026-07-28, base protocol, _meta: every request MUST include protocolVersion and clientCapabilities, and SHOULD include clientInfo.
          const added = front === 'legacy' && back === 'modern' ? ['protocolVersion', 'clientCapabilities', 'clientInfo'].map(name => PREFIX + name) : []
          // MCP, progress: tokens are chosen by the sender, and must be unique across its active requests; here the sender is another.
          assert.deepEqual(without(gotMeta, 'progressToken', ...added), without(sentMeta, 'progressToken'))
        }))

      test('a result, its content of a new kind', () =>
        check(async ({ top, inside, items, value }) => {
          const { request, answers, client } = await play(front, back)
          const type = back === 'modern' ? '"resultType":"complete"' : ''
          const result = `{${join(inside, type, `"content":[{${join('"type":"hologram"', items)}}]`, `"structuredContent":${value}`)}}`
          answers.push(id => [`{${join('"jsonrpc":"2.0"', top, `"id":${id}`, `"result":${result}`)}}`])
          request('"c"', '"name":"b__t"', [])
          await settled(30)
          const got = parts(client.heard.findLast(line => line.includes('hologram'))!)
          assert.equal(got['id'], '"c"')
          assert.deepEqual(Object.keys(without(got, 'result')).sort(), ['id', 'jsonrpc', ...Object.keys(parts(`{${join(top)}}`))].sort())
          // MCP 2026-07-28, results: resultType is required there; in the revisions before it is none of the protocol's words.
          assert.deepEqual(without(parts(got['result']!), 'resultType'), without(parts(result), 'resultType'))
          assert.equal('resultType' in parts(got['result']!), front === 'modern')
        }))

      test('an error', () =>
        check(async ({ top, inside, value }) => {
          const { request, answers, client } = await play(front, back)
          const error = `{${join('"code":-1', '"message":"no"', `"data":${value}`, inside)}}`
          answers.push(id => [`{${join('"jsonrpc":"2.0"', `"id":${id}`, `"error":${error}`, top)}}`])
          request('7', '"name":"b__t"', [])
          await settled(30)
          const got = parts(client.heard.at(-1)!)
          assert.deepEqual(got, { ...parts(`{${join(top)}}`), jsonrpc: '"2.0"', id: '7', error })
        }))

      test('progress', () =>
        check(async ({ top, inside, meta, value }) => {
          const { request, answers, client } = await play(front, back)
          const params = (token: string) => `{${join(`"progressToken":${token}`, '"progress":1.0', `"x":${value}`, inside, `"_meta":{${join(meta)}}`)}}`
          const line = (token: string) => `{${join('"jsonrpc":"2.0"', '"method":"notifications/progress"', `"params":${params(token)}`, top)}}`
          answers.push((_, token) => [line(token)])
          request('7', '"name":"b__t"', [], ['"progressToken":0'])
          await settled(30)
          assert.equal(client.heard.at(-1), line('0'))
        }))

      test('a question and its answer', () =>
        check(async ({ top, inside, meta, items, value, more }) => {
          const { request, answers, client, lines } = await play(front, back)
          const question = [
            '"method":"elicitation/create"',
            `"params":{${join('"message":"who"', '"mode":"form"', `"requestedSchema":{${join(items)}}`, inside, `"_meta":{${join(meta)}}`)}}`,
            ...top,
          ]
          const answer = `{${join('"action":"accept"', `"content":${value}`, more)}}`
          if (back === 'legacy') answers.push(() => [`{${join('"jsonrpc":"2.0"', '"id":"own"', question)}}`])
          else
            answers.push(id => [
              `{"jsonrpc":"2.0","id":${id},"result":{${join('"resultType":"input_required"', `"inputRequests":{"k":{${join(question)}}}`, more)}}}`,
            ])
          request('"c"', '"name":"b__t","arguments":{}', [])
          await settled(30)
          const asked = parts(client.heard.at(-1)!)
          if (front === 'legacy') {
            assert.deepEqual(without(asked, 'id', 'jsonrpc'), parts(`{${join(question)}}`))
            client.line(`{"jsonrpc":"2.0","id":${asked['id']},"result":${answer}}`)
          } else {
            const result = parts(asked['result']!)
            const [[name, one]] = Object.entries(parts(result['inputRequests']!)) as [[string, string]]
            assert.equal(one, `{${join(question)}}`)
            if (back === 'modern') assert.deepEqual(without(result, 'inputRequests', 'resultType'), parts(`{${join(more)}}`))
            request(
              '"d"',
              join(
                '"name":"b__t","arguments":{}',
                `"inputResponses":{${JSON.stringify(name)}:${answer}}`,
                result['requestState'] ? `"requestState":${result['requestState']}` : '',
              ),
              [],
            )
          }
          await settled(30)
          const got = parts(lines['b']!.at(-1)!)
          assert.equal(back === 'legacy' ? got['result'] : parts(parts(got['params']!)['inputResponses']!)['k'], answer)
        }))

      test('what is offered', () =>
        check(async ({ inside, items, value }) => {
          const more = join(inside, `"icons":${value}`, `"annotations":${value}`, `"title":"é"`, `"_meta":{${join(items)}}`)
          const all = {
            'tools/list': `{"name":"t",${join(more, `"inputSchema":{${join(items)}}`, `"outputSchema":${value}`, `"execution":${value}`)}}`,
            'prompts/list': `{"name":"t",${join(more, `"arguments":[{${join('"name":"a"', inside)}}]`)}}`,
            'resources/list': `{"uri":"x:1",${join('"name":"one"', more, '"size":1.0')}}`,
            'resources/templates/list': `{"uriTemplate":"x:/{id}",${join('"name":"some"', more)}}`,
          }
          const { client } = await play(front, back, all)
          const _meta = { [`${PREFIX}protocolVersion`]: '2026-07-28', [`${PREFIX}clientCapabilities`]: {} }
          for (const [method, item] of Object.entries(all)) {
            await client.ask(method, front === 'modern' ? { _meta } : {})
            assert.ok(client.heard.at(-1)!.includes(item.replace('"name":"t"', '"name":"b__t"')), method)
          }
        }))

      for (const bare of [undefined, 'b'])
        test(`what is said of a list besides${bare ? ', by the only backend that is asked for' : ''}`, () =>
          check(async ({ inside, items, value }) => {
            const besides = join(inside, `"later":${value}`, `"_meta":{${join(items, '"com.example/x":1.0')}}`)
            const { client } = await play(front, back, {}, join(besides, '"ttlMs":9', '"cacheScope":"public"'), bare)
            const _meta = { [`${PREFIX}protocolVersion`]: '2026-07-28', [`${PREFIX}clientCapabilities`]: {} }
            for (const [method, [list]] of Object.entries(offers)) {
              await client.ask(method, front === 'modern' ? { _meta } : {})
              const got = parts(parts(client.heard.at(-1)!)['result']!)
              assert.deepEqual(without(got, list, 'resultType', 'ttlMs', 'cacheScope'), parts(`{${besides}}`), method)
              // MCP 2026-07-28, caching: ttlMs and cacheScope are required there; what rules, keys and pins shape is private, and true for now.
              assert.deepEqual([got['ttlMs'], got['cacheScope']], front === 'modern' ? ['0', '"private"'] : [undefined, undefined])
            }
          }, 10))

      for (const [method, named, own] of [
        ['prompts/get', '"name":"b__t"', '"name":"t"'],
        ['resources/read', '"uri":"x:1"', '"uri":"x:1"'],
        ['completion/complete', '"ref":{"type":"ref/prompt","name":"b__t","later":1.0}', '"ref":{"type":"ref/prompt","name":"t","later":1.0}'],
        ['completion/complete', '"ref":{"type":"ref/resource","uri":"x:/{id}"}', '"ref":{"type":"ref/resource","uri":"x:/{id}"}'],
      ] as const)
        test(`${method}, its trace, and what comes of it: ${own}`, () =>
          check(async ({ inside, meta, value, items, more }) => {
            const { request, heard, answers, client } = await play(front, back)
            await client.ask('tools/list')
            const result = `{${join(back === 'modern' ? '"resultType":"complete"' : '', `"it":${value}`, inside, `"_meta":{${join(items)}}`)}}`
            answers.push(id => [`{"jsonrpc":"2.0","id":${id},"result":${result}}`])
            const trace = ['"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"', '"tracestate":"a=1,b=2"', '"baggage":"é=%20"']
            const rest = ['"argument":{"name":"a","value":""}', `"context":{"arguments":{"b":${value}}}`, ...more]
            request('"c"', join(named, rest), [], [...trace, ...meta], method)
            await settled(30)
            const got = parts(parts(heard(`"${method}"`))['params']!)
            const _meta = parts(got['_meta']!)
            assert.deepEqual(without(got, '_meta'), parts(`{${join(own, rest)}}`))
            assert.deepEqual(Object.fromEntries(Object.entries(_meta).filter(([name]) => !name.startsWith(PREFIX))), parts(`{${join(trace, meta)}}`))
            const answer = parts(parts(client.heard.at(-1)!)['result']!)
            // MCP 2026-07-28, caching: ttlMs and cacheScope are required there of what is read.
            assert.deepEqual(without(answer, 'resultType', 'ttlMs', 'cacheScope'), without(parts(result), 'resultType'))
            assert.equal('resultType' in answer, front === 'modern')
          }, 10))
    })

test('what a backend says unasked reaches a legacy client as it was said', () =>
  check(async ({ top, inside, value }) => {
    const { answers, request, client } = await play('legacy', 'legacy')
    const lines = ['notifications/message', 'notifications/x'].map(
      method => `{${join('"jsonrpc":"2.0"', `"method":"${method}"`, `"params":{${join(`"data":${value}`, inside)}}`, top)}}`,
    )
    answers.push(() => lines)
    request('1', '"name":"b__t"', [])
    await settled(30)
    assert.deepEqual(client.heard.slice(-2), lines)
  }))
