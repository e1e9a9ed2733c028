import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fits, withoutSecrets } from '../../src/gateway/uris.ts'

test('a URI fits a template whose expressions can stand for its text', () => {
  for (const [template, uri, expected] of [
    ['book://{id}', 'book://1', true],
    ['book://{id}', 'book://', false],
    ['book://{id}', 'book://1/2', false],
    ['book://{id}/page/{n}', 'book://1/page/2', true],
    ['file:///{+path}', 'file:///a/b/c', true],
    ['file:///{+path}', 'file:///', true],
    ['x://{a}{?q}', 'x://y?q=1', true],
    ['x://{a}{b}', 'x://yz', true],
    ['x://{a}{b}', 'x://y', false],
    ['x://a.b', 'x://aXb', false],
    ['{a}', 'book', true],
    ['x://{a}-{b}', 'x://1-2-3', true],
    ['x://{a}.end', 'x://1.end.end', true],
    ['x://{a}', 'x://line\nend', true],
  ] as const)
    assert.equal(fits(template, uri), expected, `${template} ${uri}`)
})

test('a template made to take for ever takes no time', () => {
  for (const part of ['{a}', '{+a}', '{a}x', '{+a}x']) assert.equal(fits(`x://${part.repeat(40)}!`, `x://${'x'.repeat(4000)}`), false)
})

test('a URI is told without the password and the secrets in it', () => {
  for (const [uri, told] of [
    ['postgres://app:hunter2@db/main', 'postgres://app:[redacted:password]@db/main'],
    ['https://x.example.com/a?page=2&api_key=abc&sig=def#top', 'https://x.example.com/a?page=2&api_key=[redacted:secret]&sig=[redacted:secret]#top'],
    ['git+ssh://git@host/a:b@c', 'git+ssh://git@host/a:b@c'],
    ['file:///tmp/a=b', 'file:///tmp/a=b'],
    ['http://host:8080/@me', 'http://host:8080/@me'],
  ] as const)
    assert.equal(withoutSecrets(uri), told)
  withoutSecrets(`x://${'?key'.repeat(100_000)}@=`)
})
