// What is redacted, what is not, and that it takes no longer for a text that was made to take long.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { redactJson, redactText } from '../../../src/gateway/redact/redact.ts'
import { corpus, tells } from './corpus.ts'

const SECRET = 'q7Zp2LmX9vKtR4wYc8Bn'
const SHORT = 'hunter2!x'

describe('the corpus', () => {
  const cases = corpus(20261121, 60)
  const redacted = cases.map(({ text, json }) => (json ? redactJson(text) : redactText(text)).text)
  const tenOf = (names: readonly string[]): string => names.slice(0, 10).join('; ')

  test('at most 1 % of the secrets can still be read', t => {
    let all = 0
    const leaked: string[] = []
    for (const [index, { name, secrets }] of cases.entries())
      for (const secret of secrets) {
        all++
        if (tells(redacted[index]!, secret)) leaked.push(name)
      }
    t.diagnostic(`${leaked.length} of ${all} secrets leaked (${((100 * leaked.length) / all).toFixed(2)} %)`)
    assert.ok(all > 5000)
    assert.ok(leaked.length <= all / 100, tenOf(leaked))
  })

  test('at most 1 % of what only looks like a secret, or stands beside one, is lost', t => {
    let all = 0
    const lost: string[] = []
    for (const [index, { name, text, secrets, kept }] of cases.entries()) {
      const after = redacted[index]!
      for (const one of secrets.length === 0 ? [text] : kept) {
        all++
        if (!after.includes(one)) lost.push(name)
      }
    }
    t.diagnostic(`${lost.length} of ${all} look-alikes lost (${((100 * lost.length) / all).toFixed(2)} %)`)
    assert.ok(all > 5000)
    assert.ok(lost.length <= all / 100, tenOf(lost))
  })

  test('what was JSON is JSON, and what is redacted stays as it is when it is redacted again', () => {
    for (const [index, { json, name }] of cases.entries()) {
      const once = redacted[index]!
      if (json) assert.doesNotThrow(() => JSON.parse(once), name)
      assert.equal((json ? redactJson(once) : redactText(once)).text, once, name)
    }
  })
})

describe('a secret is found', () => {
  const places = [
    `{"Env":["POSTGRES_PASSWORD=${SECRET}","PATH=/usr/bin"]}`,
    `SECRET_KEY_BASE: ${SECRET}`,
    `SECRET_KEY = '${SECRET}'`,
    `APP_KEY=base64:${SECRET}=`,
    `spring.datasource.password=${SECRET}`,
    `define('DB_PASSWORD', '${SECRET}');`,
    `:password => "${SECRET}"`,
    `requirepass ${SECRET}`,
    `docker run -e POSTGRES_PASSWORD=${SECRET} postgres:16`,
    `grant_type=password&username=a&password=${SECRET}&client_id=9`,
    `X-Vault-Token: ${SECRET}`,
    `{"variables":{"input":{"email":"a@b.c","password":"${SHORT}"}}}`,
    `PASSWORD: ${SHORT}`,
    `redis://:${SECRET}@cache:6379/0`,
    `jdbc:postgresql://h/db?user=a&password=${SECRET}`,
    `{"headers":[{"name":"Authorization","value":"Bearer ${SECRET}"}]}`,
    `{"Authorization":["Bearer ${SECRET}"]}`,
    `headers: { Authorization: \`Bearer ${SECRET}\` }`,
    `The API key is ${SECRET}`,
    `Your new token is: ${SECRET}`,
    `<client_secret>${SECRET}</client_secret>`,
    `{'password': '${SHORT}'}`,
    `|password|${SHORT}|`,
    `sshpass -p ${SHORT} ssh host`,
    `git clone https://${SECRET}@github.com/a/b`,
    `{"SecretString":"{\\"password\\":\\"${SECRET}\\"}"}`,
    `{"credentials":{"accessKey":"${SECRET}","user":"x"}}`,
    `{"tokens":{"access":"${SECRET}"}}`,
    `$env:API_KEY = "${SECRET}"`,
    `ENV API_TOKEN ${SECRET}`,
    `SharedAccessSignature sr=x&sig=${SECRET}%3D&se=1`,
    `PASSPHRASE="${SECRET} and ${SECRET}"`,
    `Cookie: JSESSIONID=${SECRET}`,
    `{"set-cookie":["sid=${SECRET}; Path=/"]}`,
    `invalid token "${SECRET}"`,
    `{"password":["${SECRET}`,
    `{"a":{"token":"${SECRET}`,
    `-----BEGIN RSA PRIVATE KEY-----\n${SECRET}\n${SECRET}`,
    `{"token":"\\u0071${SECRET.slice(1)}"}`,
  ]
  for (const text of places)
    test(text.slice(0, 60), () => {
      const { text: after, count } = redactJson(text)
      assert.ok(count > 0 && !tells(after, SECRET) && !after.includes(SHORT), after)
      assert.match(after, /\[redacted:[a-z-]+\]/)
    })

  test('a number where a password should be, and no other number', () => {
    assert.equal(redactJson('{"password":12345678,"passwords":3,"token":4096}').text, '{"password":"[redacted:password]","passwords":3,"token":4096}')
  })
})

describe('no secret is seen in', () => {
  const texts = [
    'npm warn deprecated token@1.0.0: use jwt-token@2.1.3 instead',
    'tokens: 1,234 in / 567 out',
    'Press any key: continue',
    'git commit -m "fix: password: trim spaces"',
    "export const TOKEN_HEADER = 'X-Token'",
    'if (!token) throw new Error("missing token")',
    'password: { type: String, required: true }',
    'SELECT password FROM users WHERE id = 1',
    'UPDATE users SET password = ? WHERE id = ?',
    'http://localhost:8080/auth/token',
    'Authorization: Bearer <token>',
    'Authorization header is missing',
    '-p, --password string   password of the user',
    'API_KEY=""',
    "credentials: 'include'",
    'const apiKey = process.env.OPENAI_API_KEY!',
    'token: ${{ secrets.GITHUB_TOKEN }}',
    'password: "{{ vault_db_password }}"',
    'password: !vault |',
    'Password: [hidden]',
    'max_token=5',
    'id: 7f3a9c2e-1111-4222-8333-444455556666',
    'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678 refs/heads/main',
    `Unexpected token '<', "<!DOCTYPE "... is not valid JSON`,
    "error: expected token ';'",
    'password = input("Password: ") + other("x")',
  ]
  for (const text of texts)
    test(text, () => {
      assert.equal(redactText(text).text, text)
      const json = JSON.stringify({ content: [{ type: 'text', text }] })
      assert.equal(redactJson(json).text, json)
    })
})

describe('whatever the text is', () => {
  test('nothing but strings changes: big numbers, double keys, spaces and escapes stay', () => {
    const text = '{ "n": 9007199254740993.10, "a":1,"a":2, "t":"\\/x\\u00e9", "token" : "q7Zp2LmX9vKtR4wYc8Bn" ,"e":1e400 }'
    assert.equal(redactJson(text).text, text.replace(`"${SECRET}"`, '"[redacted:token]"'))
  })

  test('JSON without a secret comes back as it is, character by character', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), json => {
        const { text, count } = redactJson(json)
        if (count === 0) assert.equal(text, json)
        JSON.parse(text)
      }),
    )
  })

  test('nothing is thrown, also where JSON is cut off anywhere', () => {
    const texts = corpus(7, 2).filter(({ json }) => json)
    for (const { text } of texts) for (let at = 0; at < Math.min(text.length, 400); at += 7) redactJson(text.slice(0, at))
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => void (redactJson(text), redactText(text))))
  })
})

/** Texts that make regular expressions try everything. */
const hostile: Record<string, string> = {
  'one letter': 'a',
  dashes: '-',
  'beginnings of tokens': 'eyJ-',
  'beginnings of web tokens': 'eyJhbGciOiJIUzI1NiJ9.',
  'names without values': 'password=',
  'names and quotes': 'password:"',
  'names and quotes that never close': "token:'x ",
  'escaped quotes': 'token:\\"',
  'more and more escapes': 'token:"\\"',
  'names and spaces': 'password   ',
  'names that are': 'password is ',
  'spaces alone': ' ',
  'addresses without hosts': 'x://a:b',
  'addresses with slashes': '://a:b/c/',
  ats: '://a@',
  'first lines of keys': '-----BEGIN PRIVATE KEY-----\n',
  'first lines of other keys': '-----BEGIN X-----',
  headers: 'authorization: a b ',
  'headers with schemes': 'authorization: bearer ',
  cookies: 'cookie: a b; ',
  flags: ' -p a',
  'attached flags': ' -pa',
  users: ' -u a:',
  slashes: '\\',
  quotes: '"',
  brackets: '[',
  braces: '{"a":',
  'names in quotes': '"password",',
  'names in tags': '<password>',
  'names of pairs': 'name: password\nvalue: ',
  'two words': 'api key ',
  'a bearer': 'Bearer ',
  basic: 'Basic QUFB',
  'nested JSON': '{"a":"{\\"a\\":\\"',
  'many keys': 'sk-',
  dots: 'SG.',
  equals: 'a==',
}

describe('the work grows as the text does, for', () => {
  const least = (act: () => void): number => {
    let best = Infinity
    for (let n = 0; n < 3; n++) {
      const began = process.cpuUsage()
      act()
      const { user, system } = process.cpuUsage(began)
      best = Math.min(best, user + system)
    }
    return best
  }
  for (const [name, piece] of Object.entries(hostile))
    test(name, () => {
      const of = (length: number): string => piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
      const [small, large] = [of(8192), of(16 * 8192)]
      const inJson = [small, large].map(text => `{"content":${JSON.stringify(text)}}`) as [string, string]
      least(() => void (redactText(small), redactJson(inJson[0])))
      const before = least(() => void (redactText(small), redactJson(inJson[0])))
      const after = least(() => void (redactText(large), redactJson(inJson[1])))
      // 16 times the text: 16 times the work; were it square, 256 times
      assert.ok(after < 90 * Math.max(before, 1000), `${before} µs became ${after} µs`)
    })
})
