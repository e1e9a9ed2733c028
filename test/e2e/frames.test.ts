// Bytes that attack the wire, from a client, over a real pipe: each gets the answer that JSON-RPC and MCP prescribe, and the link stays open.

import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { fault, Home, type Gateway, type Message } from './launch.ts'

async function greeted(t: TestContext, settings: Record<string, unknown> = {}): Promise<Gateway> {
  const gateway = new Home(t, { a: fault() }, settings).launch()
  await gateway.greet()
  return gateway
}

/** The link is open, and everybody who asked has been answered. */
async function open(gateway: Gateway): Promise<void> {
  const { result } = await gateway.call('a__echo', { still: 'here' })
  assert.equal(result.content[0].text, '{"still":"here"}')
  await gateway.end()
}

/** Sends the bytes as a line; says what is answered before the answer to the next request. */
async function answered(gateway: Gateway, bytes: string | Buffer): Promise<string[]> {
  const from = gateway.heard.length
  await gateway.raw(Buffer.concat([Buffer.from(bytes), Buffer.from('\n')]))
  await gateway.ask('ping')
  return gateway.heard.slice(from, -1).map(({ text }) => text)
}

const code = (text: string | undefined) => (text === undefined ? undefined : JSON.parse(text).error?.code)
const id = (text: string | undefined) => /"id":([^]*?),"(?:result|error)"/.exec(text ?? '')?.[1]
const bytes = (...values: number[]) => Buffer.from(values)
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const within = (before: string, middle: Buffer, after: string) => Buffer.concat([Buffer.from(before), middle, Buffer.from(after)])

describe('a line that is not JSON in UTF-8', () => {
  const lines: Record<string, string | Buffer> = {
    text: 'hello',
    'half a message': '{"jsonrpc":"2.0","id":1,"method":"ping"',
    'two messages': '{"jsonrpc":"2.0","id":1,"method":"ping"}{"jsonrpc":"2.0","id":2,"method":"ping"}',
    'a truncated character': within('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"', bytes(0xe2, 0x82), '"}}'),
    'a surrogate in UTF-8': within('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"', bytes(0xed, 0xa0, 0x80), '"}}'),
    'an overlong slash': within('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"', bytes(0xc0, 0xaf), '"}}'),
    NUL: bytes(0),
    'a message with NUL in a string': within('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"', bytes(0), '"}}'),
    'UTF-16': Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping"}', 'utf16le'),
    NaN: '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":NaN}}',
    'a trailing comma': '{"jsonrpc":"2.0","id":1,"method":"ping",}',
  }
  test('is answered with -32700 for nobody', async t => {
    const gateway = await greeted(t)
    for (const [what, line] of Object.entries(lines)) {
      const texts = await answered(gateway, line)
      assert.deepEqual([texts.length, code(texts[0]), id(texts[0])], [1, -32700, 'null'], what)
    }
    await open(gateway)
  })
})

describe('a line that is no message', () => {
  const lines: [line: string, code: number, id: string][] = [
    ['null', -32600, 'null'],
    ['42', -32600, 'null'],
    ['"text"', -32600, 'null'],
    ['{}', -32600, 'null'],
    ['[]', -32600, 'null'],
    ['[{"jsonrpc":"2.0","id":7,"method":"ping"}]', -32600, 'null'],
    ['{"id":7,"method":"ping"}', -32600, '7'],
    ['{"jsonrpc":2.0,"id":7,"method":"ping"}', -32600, '7'],
    ['{"jsonrpc":"2.0","id":7}', -32600, '7'],
    ['{"jsonrpc":"2.0","id":7,"method":1}', -32600, '7'],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600, 'null'],
    ['{"jsonrpc":"2.0","id":true,"method":"ping"}', -32600, 'null'],
    ['{"jsonrpc":"2.0","id":[1],"method":"ping"}', -32600, 'null'],
    ['{"jsonrpc":"2.0","id":{"a":1},"method":"ping"}', -32600, 'null'],
    ['{"jsonrpc":"2.0","id":7,"id":8,"method":"ping"}', -32600, 'null'],
    ['{"jsonrpc":"2.0","id":7,"method":"ping","method":"tools/list"}', -32600, '7'],
    ['{"jsonrpc":"2.0","id":7,"method":"ping","\\u006dethod":"tools/list"}', -32600, '7'],
    ['{"jsonrpc":"2.0","id":7,"method":"tools/list","params":[]}', -32602, '7'],
    ['{"jsonrpc":"2.0","id":7,"method":"tools/list","params":"x"}', -32602, '7'],
    ['{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{}}', -32602, '7'],
    ['{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":7}}', -32602, '7'],
    ['{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a__echo","name":"a__crash"}}', -32602, '7'],
    ['{"jsonrpc":"2.0","id":7,"method":"constructor"}', -32601, '7'],
    ['{"jsonrpc":"2.0","id":7,"method":""}', -32601, '7'],
    ['{"jsonrpc":"2.0","id":"\\ud800","method":"nobody/knows"}', -32601, '"\\ud800"'],
  ]
  test('is answered with the code for it, and with its id where it has one', async t => {
    const gateway = await greeted(t)
    for (const [line, ...expected] of lines) {
      const texts = await answered(gateway, line)
      assert.deepEqual([texts.length, code(texts[0]), id(texts[0])], [1, ...expected], line)
    }
    await open(gateway)
  })

  test('is, when it has a hundred thousand members, refused', async t => {
    const gateway = await greeted(t)
    const many = Array.from({ length: 100_000 }, (_, at) => `"m${at}":${at}`).join(',')
    await gateway.line(`{"jsonrpc":"2.0","id":1,"method":"ping",${many}}`)
    await gateway.line(`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{${many},"name":"a__echo"}}`)
    assert.equal((await gateway.until(({ id, error }) => id === 1 && error, 'the first answer')).message.error.code, -32600)
    assert.equal((await gateway.until(({ id, error }) => id === 2 && error, 'the second answer')).message.error.code, -32602)
    await open(gateway)
  })

  test('is, when it calls what is nobody’s, answered with -32602', async t => {
    const gateway = await greeted(t)
    for (const name of ['__proto__', 'constructor', 'toString', '', 'a__', 'a__nothing', 'a__\ud800', '\u0000', 'x'.repeat(100_000)])
      assert.equal((await gateway.call(name)).error.code, -32602)
    await open(gateway)
  })

  test('but a response or a notification is not answered, whoever asked for it', async t => {
    const gateway = await greeted(t)
    const silent = [
      '{"jsonrpc":"2.0","id":7,"result":{}}',
      '{"jsonrpc":"2.0","id":"x","error":{"code":1,"message":"no"}}',
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}',
      '{"jsonrpc":"2.0","method":"notifications/nobody/knows"}',
      '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"a__crash"}}',
      '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"nobody"}}',
      '{"jsonrpc":"2.0","method":"notifications/cancelled"}',
      '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{},"progress":"x"}}',
      '{"jsonrpc":"2.0","method":"notifications/initialized"}',
      '',
      '\r',
    ]
    for (const line of silent) assert.deepEqual(await answered(gateway, line), [], line)
    await open(gateway)
  })
})

describe('an id', () => {
  test('comes back digit for digit', async t => {
    const gateway = await greeted(t)
    const ids = [
      '0',
      '-1',
      '-0',
      '1.5',
      '1.0',
      '1e2',
      '1E400',
      '9007199254740993',
      '123456789012345678901234567890',
      '"0"',
      '""',
      '"\\u0061"',
      '"é\u2028"',
      '"__proto__"',
    ]
    for (const one of ids) {
      assert.equal(id((await answered(gateway, `{"jsonrpc":"2.0","id":${one},"method":"ping"}`))[0]), one)
      await gateway.line(`{"jsonrpc":"2.0","id":${one},"method":"tools/call","params":{"name":"a__echo","arguments":{"one":1}}}`)
      const text = `"id":${one},"result":{"content"`
      await gateway.until(() => gateway.heard.some(heard => heard.text.includes(text)), text)
    }
    await open(gateway)
  })

  test('that is in use is refused, and the call that uses it goes on', async t => {
    const gateway = await greeted(t)
    await gateway.say({ id: 7, method: 'tools/call', params: { name: 'a__sleep', arguments: { ms: 300 } } })
    const again = await answered(gateway, '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a__echo"}}')
    assert.deepEqual([code(again[0]), id(again[0])], [-32600, '7'])
    await gateway.until(({ id, result }) => id === 7 && result?.content[0].text === 'awake', 'the first answer')
    await open(gateway)
  })
})

describe('what nobody must change', () => {
  const passed: Record<string, string> = {
    'numbers that a double can not hold': '{"n":9007199254740993,"e":1E400,"d":1.0,"z":-0,"long":0.1000000000000000055511151231257827}',
    '__proto__, as a name like any other': '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    'lone surrogates': '{"high":"\\ud83d","low":"\\ude00"}',
    'duplicate names further in': '{"deep":{"a":1,"a":2}}',
    'line separators that end no line': '{"s":"a\u2028b\u2029c\u0085d"}',
    'white space': '{ "a" :\t[ 1 , 2 ] }',
    'escapes as they were written': '{"s":"\\u0041\\/\\n\\ud83d\\ude00"}',
  }
  for (const [what, text] of Object.entries(passed))
    test(`passes: ${what}`, async t => {
      const gateway = await greeted(t)
      await gateway.line(`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a__verbatim","arguments":${text}}}`)
      const { message } = await gateway.until(({ id }) => id === 7, 'the answer')
      assert.equal(Buffer.from(message.result.content[0].text, 'base64').toString(), text)
      await open(gateway)
    })

  test('passes: 100,000 levels of nesting, both ways', async t => {
    const deep = nested(100_000)
    const gateway = await greeted(t)
    await gateway.line(`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a__verbatim","arguments":{"deep":${deep}}}}`)
    const { message } = await gateway.until(({ id }) => id === 7, 'the answer')
    assert.equal(Buffer.from(message.result.content[0].text, 'base64').toString(), `{"deep":${deep}}`)
    await gateway.line(
      `{"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"a__invalid","arguments":{"text":"\\"result\\":{\\"content\\":[],\\"deep\\":${deep}}"}}}`,
    )
    const { text } = await gateway.until(({ id }) => id === 8, 'the answer')
    assert.ok(text.includes(deep))
    await open(gateway)
  })
})

describe('20,000 levels of nesting', () => {
  const deep = nested(20_000)
  const methods = [
    ...['initialize', 'tools/list', 'tools/call', 'resources/read', 'resources/subscribe', 'completion/complete', 'logging/setLevel'],
    ...['subscriptions/listen', 'nobody/knows'],
  ]
  const places = [
    ...['name', 'uri', 'cursor', 'level', 'capabilities', 'clientInfo', 'protocolVersion', '_meta', 'ref', 'arguments', 'notifications'].map(
      key => `{"${key}":DEEP}`,
    ),
    ...[
      '{"ref":{"type":"ref/prompt","name":DEEP}}',
      '{"_meta":{"progressToken":DEEP},"name":"a__echo"}',
      '{"protocolVersion":"2025-11-25","clientInfo":{"name":DEEP}}',
    ],
    '{"protocolVersion":"2025-11-25","capabilities":{"roots":DEEP}}',
    '{"_meta":{"io.modelcontextprotocol/protocolVersion":DEEP}}',
    '{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":DEEP}}',
    '{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":DEEP}}',
    'DEEP',
  ]
  test('are answered once, wherever a method looks', async t => {
    const gateway = await greeted(t)
    for (const method of methods) {
      const asked = places.map((place, index) => ({ id: `${method} ${index}`, place }))
      for (const { id, place } of asked) await gateway.line(`{"jsonrpc":"2.0","id":"${id}","method":"${method}","params":${place.replace('DEEP', deep)}}`)
      for (const { id, place } of asked)
        await gateway.until(message => message.id === id || message.params?._meta?.['io.modelcontextprotocol/subscriptionId'] === id, `${method} ${place}`)
    }
    for (const method of ['cancelled', 'progress', 'initialized'])
      for (const key of ['requestId', 'reason', 'progressToken'])
        await gateway.line(`{"jsonrpc":"2.0","method":"notifications/${method}","params":{"${key}":${deep}}}`)
    await gateway.ask('initialize', { protocolVersion: '2025-11-25', capabilities: {} })
    await open(gateway)
  })
})

describe('a line over the limit', () => {
  test('of 250 MB is answered when it ends, fills no memory, and the lines after it are read', async t => {
    const gateway = await greeted(t, { maxFrameBytes: 1_000_000 })
    const held = gateway.memory('VmRSS')
    await gateway.raw('{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a__echo","arguments":{"text":"')
    const chunk = Buffer.alloc(1_000_000, 'x')
    for (let sent = 0; sent < 250; sent++) await gateway.raw(chunk)
    await gateway.raw('"}}}\n')
    const { message } = await gateway.until(({ id, error }) => id === 7 && error, 'the refusal')
    assert.equal(message.error.code, -32600)
    assert.ok(gateway.memory('VmHWM') < held + 120, `${held} MB, then ${gateway.memory('VmHWM')} MB`)
    await open(gateway)
  })

  test('that never ends fills no memory, and the client may leave', async t => {
    const gateway = await greeted(t, { maxFrameBytes: 1_000_000 })
    const held = gateway.memory('VmRSS')
    for (let sent = 0; sent < 50; sent++) await gateway.raw(Buffer.alloc(1_000_000, sent % 2 ? '{' : '\\'))
    assert.ok(gateway.memory('VmHWM') < held + 120, `${held} MB, then ${gateway.memory('VmHWM')} MB`)
    await gateway.end()
  })
})

describe('a batch', () => {
  test('is taken from a client of 2025-03-26, and answered as one', async t => {
    const gateway = new Home(t, { a: fault() }).launch()
    await gateway.ask('initialize', { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: { name: 'e2e', version: '1' } })
    await gateway.line(
      '[{"jsonrpc":"2.0","id":1,"method":"ping"},7,{"jsonrpc":"2.0","method":"notifications/initialized"},{"jsonrpc":"2.0","id":"2","method":"tools/list"}]',
    )
    const { message } = await gateway.until(Array.isArray, 'the batch of answers')
    const answer = (id: unknown) => (message as unknown as Message[]).find(one => one.id === id)
    assert.deepEqual(answer(1)?.result, {})
    assert.ok(answer('2')?.result.tools.length > 0)
    assert.equal(answer(null)?.error.code, -32600)
    await open(gateway)
  })
})

describe('bytes in pieces', () => {
  test('of one byte each, with CRLF, a byte order mark, and no end of the last line, are lines all the same', async t => {
    const gateway = new Home(t).launch()
    const text = '\ufeff{"jsonrpc":"2.0","id":"ä","method":"ping"}\r\n\r\n{"jsonrpc":"2.0","id":2,"method":"ping"}'
    for (const byte of Buffer.from(text)) await gateway.raw(bytes(byte))
    await gateway.until(({ id }) => id === 'ä', 'the first answer')
    gateway.stdin.end()
    await gateway.until(({ id }) => id === 2, 'the second answer')
    await gateway.gone()
    gateway.pure()
  })
})
