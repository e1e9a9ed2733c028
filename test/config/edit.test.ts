import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { visit } from 'jsonc-parser'
import { edited } from '../../src/config/edit.ts'
import { parse } from '../../src/config/jsonc.ts'

const mine = `// mine
{
    // the servers
    "mcpServers": {
        "one": { "command": "x" /* why */, "args": [] }, // tail
        // about two
        "two": { "command": "y" },
    }, // end
}
`
type Value = Record<string, unknown>
const alter = (text: string, change: (servers: Record<string, Value>) => void): string | undefined => {
  const value = structuredClone(parse(text).value) as { mcpServers: Record<string, Value> }
  change(value.mcpServers)
  return edited(text, value)
}

test('what is added is laid out like its neighbours, which stay as they are', () => {
  const added = alter(mine, servers => (servers['three'] = { command: 'npx', args: ['-y', 'z'], env: { A: 'b' } }))
  const expected = `        "two": { "command": "y" },
        "three": {
            "command": "npx",
            "args": ["-y", "z"],
            "env": {
                "A": "b"
            }
        },
    }, // end`
  assert.equal(added, mine.replace('        "two": { "command": "y" },\n    }, // end', expected))
})

test('what is removed takes its line and its commas, and no comment beside it', () => {
  assert.equal(
    alter(mine, servers => delete servers['two']),
    mine.replace('        "two": { "command": "y" },\n', ''),
  )
  assert.equal(
    alter(mine, servers => delete servers['one']),
    mine.replace('"one": { "command": "x" /* why */, "args": [] }, // tail', '// tail'),
  )
  assert.equal(edited('{"a": 1, "b": 2}', { a: 1 }), '{"a": 1}')
  assert.equal(edited('{"a": 1, "b": 2}', { b: 2 }), '{"b": 2}')
  assert.equal(edited('{"a": 1 /* one */, /* two */ "b": 2 /* three */}', { a: 1 }), '{"a": 1 /* one */ /* two */ /* three */}')
})

test('a line is added on the line where the others are', () => {
  assert.equal(edited('{"a": {"b": 1}}', { a: { b: 1, c: [1, 'x', {}] } }), '{"a": {"b": 1, "c": [1, "x", {}]}}')
})

test('a comment at the end of the last line keeps its line', () => {
  assert.equal(edited('{\n  "a": 1 // one\n}', { a: 1, b: 2 }), '{\n  "a": 1, // one\n  "b": 2\n}')
  assert.equal(edited('{\n  "a": 1, // one\n}', { a: 1, b: 2 }), '{\n  "a": 1, // one\n  "b": 2,\n}')
  assert.equal(edited('{ // none yet\n}', { a: 1 }), '{ // none yet\n  "a": 1\n}')
})

test('tabs and the line ends of Windows are kept', () => {
  assert.equal(edited('{\r\n\t"a": {}\r\n}\r\n', { a: { b: { c: 1 } } }), '{\r\n\t"a": {\r\n\t\t"b": {\r\n\t\t\t"c": 1\r\n\t\t}\r\n\t}\r\n}\r\n')
})

test('a text that says a thing twice, or is no JSON, is left alone', () => {
  assert.equal(edited('{"a": 1, "a": 2}', { a: 3 }), undefined)
  assert.equal(edited('{"a": 1', { a: 3 }), undefined)
})

/** Settings as people write them: comments and blanks anywhere, trailing commas or none, on one line or many. */
const gap = fc.constantFrom('', ' ', '\n', '\n  ', ' /* block, } */ ', ' // line, { " \n', '\n\t// own line\n\t')
const name = fc.constantFrom('a', 'b', 'c', 'd', '__proto__', 'a b', '"', '//x', 'é')
const { value } = fc.letrec(tie => ({
  value: fc.oneof({ maxDepth: 3 }, fc.constantFrom('1', '"x"', '"}, //"', 'true', 'null'), tie('list'), tie('object')),
  list: fc.tuple(gap, fc.array(tie('value'), { maxLength: 2 })).map(([space, items]) => `[${space}${items.join(`,${space}`)}]`),
  object: fc
    .tuple(
      fc.uniqueArray(fc.record({ key: name, before: gap, colon: gap, value: tie('value'), after: gap }), { selector: one => one.key, maxLength: 4 }),
      fc.boolean(),
      gap,
    )
    .map(([members, trailing, last]) => {
      const written = members.map(one => `${one.before}${JSON.stringify(one.key)}:${one.colon}${String(one.value)}${one.after}`)
      return `{${written.join(',')}${trailing && written.length ? ',' : ''}${last}}`
    }),
}))
const object = value.map(text => ((text as string).startsWith('{') ? (text as string) : `{"top": ${text as string}}`))

function comments(text: string): number {
  let found = 0
  visit(text, { onComment: () => void found++ })
  return found
}

test('whatever stands there and whatever shall: the text says it afterwards, and adding loses no comment', () => {
  fc.assert(
    fc.property(object, object, (text, other) => {
      const before = parse(text).value as Value
      const after = parse(other).value as Value
      assert.deepEqual(parse(edited(text, after)!).value, after)
      const more = { ...before, added: after }
      const result = edited(text, more)!
      assert.deepEqual(parse(result).value, more)
      assert.equal(comments(result), comments(text))
    }),
    { numRuns: 1500 },
  )
})

test('removing what has no comment inside loses none', () => {
  fc.assert(
    fc.property(object, text => {
      const before = parse(text).value as Value
      const plain = Object.keys(before).find(key => typeof before[key] !== 'object')
      if (plain === undefined) return
      const { [plain]: _, ...rest } = before
      const colon = comments(text) - comments(edited(text, rest)!)
      assert.ok(colon === 0 || colon === 1, `${colon} comments lost`)
    }),
    { numRuns: 1000 },
  )
})
