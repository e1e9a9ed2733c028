import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filterOf, odd } from '../../src/tui/filter.ts'

const call = { client: 'claude-code', backend: 'files', tool: 'files__read_text_file', outcome: 'failed backend_timeout', ms: 731, bytes: undefined }
const fits = (text: string) => filterOf(text)(call)

test('a word may stand anywhere, whatever its case', () => {
  assert.ok(fits('READ'))
  assert.ok(fits('claude'))
  assert.ok(!fits('write'))
})

test('all of it must hold', () => {
  assert.ok(fits('read claude'))
  assert.ok(!fits('read cursor'))
})

test('a token names its part', () => {
  assert.ok(fits('backend:files'))
  assert.ok(!fits('client:files'))
  assert.ok(fits('outcome:timeout'))
})

test('numbers are compared, and what is not there fits no comparison', () => {
  assert.ok(fits('ms>500'))
  assert.ok(!fits('ms<500'))
  assert.ok(!fits('bytes>0'))
  assert.ok(!fits('bytes<1'))
})

test('* stands for anything, ! turns round', () => {
  assert.ok(fits('tool:read*file'))
  assert.ok(!fits('tool:text*read'))
  assert.ok(!fits('!read'))
  assert.ok(fits('!client:cursor'))
})

test('what is being typed hides nothing yet', () => {
  for (const text of ['', ' ', '!', 'backend:', '*']) assert.ok(fits(text), text)
})

test('what means nothing is said, with what would', () => {
  const says = (text: string) => odd(text, [{ ...call, ms: undefined }, call])
  for (const text of ['', 'read', 'backend:files ms>500', '!tool:write', '>5', 'outcome:']) assert.equal(says(text), undefined, text)
  assert.equal(says('server:files'), '"server:" is none of client: backend: tool: outcome: bytes:')
  assert.equal(says('took>500'), '"took" is no number here; numbers: ms')
  assert.equal(says('client>5'), '"client" is no number here; numbers: ms')
  assert.equal(says('read !ms>5s'), 'behind ms> stands a number')
  assert.equal(odd('server:files', []), undefined)
})
