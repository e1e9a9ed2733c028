import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { generated, validator } from '../../scripts/validator.ts'
import { schema } from '../../src/config/schema.ts'

test('the validator is the one of this schema', async () => {
  assert.equal(await readFile(generated, 'utf8'), await validator(), 'run: node --import tsx scripts/validator.ts')
})

test('it needs nothing but itself', async () => {
  const alone = (await import(`data:text/javascript,${encodeURIComponent(await readFile(generated, 'utf8'))}`)) as { default: (settings: unknown) => boolean }
  assert.equal(alone.default({ mcpServers: { a: { command: 'x' } } }), true)
  assert.equal(alone.default({ mcpServers: { ['x'.repeat(65)]: { command: 'x' } } }), false)
})

test('every key of the schema is described', () => {
  const described = (key: string, value: { description?: string; properties?: object; additionalProperties?: unknown }): void => {
    if (!('const' in value)) assert.ok(value.description, key)
    for (const [inner, one] of Object.entries(value.properties ?? {})) described(`${key}.${inner}`, one as object)
    if (typeof value.additionalProperties === 'object' && 'properties' in value.additionalProperties!)
      described(`${key}.*`, value.additionalProperties as object)
  }
  for (const [key, value] of Object.entries(schema.properties)) described(key, value)
})
