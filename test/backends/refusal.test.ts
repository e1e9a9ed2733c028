// What a stranger says instead of an answer, made fit to be shown.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { excerpt } from '../../src/backends/refusal.ts'

test('a page is told by its words: no tags, no scripts, no styles, none of our secrets', () => {
  const page = '<HTML><style>p { color: red }</STYLE><Script>let a = "<p>"</script><h1>Bad\nGateway</h1> for hunter2-hunter2 <b'
  assert.equal(excerpt(page, ['hunter2-hunter2']), 'Bad Gateway for *** <b')
  assert.equal(excerpt('<script>never closed', []), 'never closed')
  assert.equal(excerpt('1 < 2 and 3 > 2', []), '1 2')
  assert.equal(excerpt('a <script a <style> b </script> c', []), 'a c')
})

test('what is opened a million times and closed nowhere is passed over once', () => {
  for (const text of ['<'.repeat(1e6), '<script '.repeat(1e5), '<script><style>'.repeat(1e5)]) assert.ok(excerpt(text, []).length <= 201)
})
