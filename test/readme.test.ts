import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemContext } from '../src/cli/context.ts'
import { tree } from '../src/cli/program.ts'
import { readme } from '../scripts/readme.ts'

const page = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

test('the README says what the program says: its commands and settings are those of today (npm run readme writes them)', () => assert.equal(page, readme(page)))

test('every command that the README shows exists', () => {
  const known = new Set(tree(systemContext()).commands.map(command => command.name()))
  const shown = [...page.matchAll(/(?:bin\/|`|\$ )mcpgw ([a-z]+)/g)].map(found => found[1]!)
  assert.ok(shown.length > 8)
  for (const name of shown) assert.ok(known.has(name), `mcpgw ${name}`)
})
