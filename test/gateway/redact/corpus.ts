// Thousands of texts as they pass through a gateway, made from a seed: secrets where people and programs put them, and what only looks like one.
// It is written from the places and formats, not from the detectors: what they miss here they miss.

/** A generator of numbers that says the same each time. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export interface Case {
  /** Where it stands, and what it is. */
  readonly name: string
  readonly text: string
  readonly json: boolean
  /** Must not be there any more. */
  readonly secrets: readonly string[]
  /** Must still be there. */
  readonly kept: readonly string[]
}

const digits = '0123456789'
const hex = `${digits}abcdef`
const lower = 'abcdefghijklmnopqrstuvwxyz'
const upper = lower.toUpperCase()
const alnum = upper + lower + digits
const url = `${alnum}-_`

class Make {
  readonly next: () => number

  constructor(seed: number) {
    this.next = random(seed)
  }

  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  one<T>(from: readonly T[]): T {
    return from[Math.floor(this.next() * from.length)]!
  }

  of(alphabet: string, length: number): string {
    let text = ''
    for (let n = 0; n < length; n++) text += alphabet[Math.floor(this.next() * alphabet.length)]
    return text
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => Math.floor(this.next() * 256)))
  }

  uuid(): string {
    const one = this.of(hex, 32)
    return `${one.slice(0, 8)}-${one.slice(8, 12)}-4${one.slice(13, 16)}-a${one.slice(17, 20)}-${one.slice(20)}`
  }

  base64(length: number): string {
    return this.bytes(length).toString('base64')
  }

  jwt(): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    return `${part({ alg: 'RS256', typ: 'JWT', kid: this.of(hex, 8) })}.${part({ sub: this.of(digits, 10), iss: 'https://id.example.com', exp: 1790000000 })}.${this.bytes(256).toString('base64url')}`
  }

  pem(kind: string): string {
    const lines = this.base64(this.int(300, 1200)).match(/.{1,64}/g)!
    return `-----BEGIN ${kind}-----\n${lines.join('\n')}\n-----END ${kind}-----`
  }

  word(): string {
    return this.one(words)
  }

  sentence(): string {
    return Array.from({ length: this.int(4, 12) }, () => this.word()).join(' ')
  }
}

const words =
  'the build was green again after we moved one file and nobody had to wait for review so the team went on with tests of the parser while issue list page token count key value pass author secretary password policy bearer basic cookie recipe session hash branch commit merge result of query index table rows total amount invoice customer order shipping date weather in Lisbon is mild today and tomorrow authorization required credentials section monkey keyboard passage compass keynote tokenize'.split(
    ' ',
  )

/** Tokens as their issuers write them. */
const tokens: Record<string, (m: Make) => string> = {
  'github classic': m => `ghp_${m.of(alnum, 36)}`,
  'github oauth': m => `gho_${m.of(alnum, 36)}`,
  'github app': m => `ghs_${m.of(alnum, 36)}`,
  'github fine-grained': m => `github_pat_${m.of(alnum, 22)}_${m.of(alnum, 59)}`,
  gitlab: m => `glpat-${m.of(url, 20)}`,
  'gitlab routable': m => `glpat-${m.of(url, 27)}.${m.of(digits, 2)}.${m.of(lower + digits, 9)}`,
  'aws id': m => `${m.one(['AKIA', 'ASIA'])}${m.of(upper + '234567', 16)}`,
  anthropic: m => `sk-ant-api03-${m.of(url, 93)}AA`,
  openai: m => `sk-proj-${m.of(url, 74)}T3BlbkFJ${m.of(url, 74)}`,
  'openai old': m => `sk-${m.of(alnum, 20)}T3BlbkFJ${m.of(alnum, 20)}`,
  openrouter: m => `sk-or-v1-${m.of(hex, 64)}`,
  deepseek: m => `sk-${m.of(hex, 32)}`,
  stripe: m => `${m.one(['sk', 'rk'])}_${m.one(['live', 'test'])}_${m.of(alnum, m.one([24, 99]))}`,
  'stripe webhook': m => `whsec_${m.of(alnum, 32)}`,
  'slack bot': m => `xoxb-${m.of(digits, 12)}-${m.of(digits, 13)}-${m.of(alnum, 24)}`,
  'slack user': m => `xoxp-${m.of(digits, 12)}-${m.of(digits, 12)}-${m.of(digits, 13)}-${m.of(hex, 32)}`,
  'slack app': m => `xapp-1-A${m.of(upper + digits, 10)}-${m.of(digits, 13)}-${m.of(hex, 64)}`,
  'slack webhook': m => `https://hooks.slack.com/services/T${m.of(upper + digits, 10)}/B${m.of(upper + digits, 10)}/${m.of(alnum, 24)}`,
  'discord webhook': m => `https://discord.com/api/webhooks/${m.of(digits, 18)}/${m.of(url, 68)}`,
  'discord bot': m => `${m.one(['M', 'N', 'O'])}${m.of(alnum, 25)}.${m.of(alnum, 6)}.${m.of(url, 38)}`,
  'google api': m => `AIza${m.of(url, 35)}`,
  'google oauth': m => `ya29.${m.of(url, 160)}`,
  'google refresh': m => `1//0${m.of(url, 80)}`,
  'google client secret': m => `GOCSPX-${m.of(url, 28)}`,
  jwt: m => m.jwt(),
  npm: m => `npm_${m.of(alnum, 36)}`,
  pypi: m => `pypi-AgEIcHlwaS5vcmc${m.of(url, 130)}`,
  rubygems: m => `rubygems_${m.of(hex, 48)}`,
  docker: m => `dckr_pat_${m.of(url, 27)}`,
  'hugging face': m => `hf_${m.of(alnum, 34)}`,
  replicate: m => `r8_${m.of(alnum, 37)}`,
  groq: m => `gsk_${m.of(alnum, 52)}`,
  xai: m => `xai-${m.of(alnum, 80)}`,
  perplexity: m => `pplx-${m.of(alnum, 48)}`,
  databricks: m => `dapi${m.of(hex, 32)}`,
  digitalocean: m => `dop_v1_${m.of(hex, 64)}`,
  linear: m => `lin_api_${m.of(alnum, 40)}`,
  notion: m => `ntn_${m.of(alnum, 46)}`,
  figma: m => `figd_${m.of(url, 40)}`,
  airtable: m => `pat${m.of(alnum, 14)}.${m.of(hex, 64)}`,
  sentry: m => `sntrys_${m.of(alnum, 120)}`,
  sendgrid: m => `SG.${m.of(url, 22)}.${m.of(url, 43)}`,
  mailgun: m => `key-${m.of(hex, 32)}`,
  mailchimp: m => `${m.of(hex, 32)}-us${m.int(1, 21)}`,
  twilio: m => `SK${m.of(hex, 32)}`,
  shopify: m => `shpat_${m.of(hex, 32)}`,
  vault: m => `hvs.${m.of(url, 95)}`,
  doppler: m => `dp.pt.${m.of(alnum, 43)}`,
  terraform: m => `${m.of(alnum, 14)}.atlasv1.${m.of(url, 67)}`,
  grafana: m => `glsa_${m.of(alnum, 32)}_${m.of(hex, 8)}`,
  'new relic': m => `NRAK-${m.of(upper + digits, 27)}`,
  postman: m => `PMAK-${m.of(hex, 24)}-${m.of(hex, 34)}`,
  atlassian: m => `ATATT3xFfGF0${m.of(url, 170)}=${m.of('0123456789ABCDEF', 8)}`,
  telegram: m => `${m.of('123456789', 10)}:AA${m.of(url, 33)}`,
  azure: m => `${m.of(alnum, 3)}8Q~${m.of(`${alnum}-_.~`, 34)}`,
  age: m => `AGE-SECRET-KEY-1${m.of('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)}`,
  tailscale: m => `tskey-auth-k${m.of(alnum, 11)}CNTRL-${m.of(alnum, 32)}`,
  supabase: m => `sbp_${m.of(hex, 40)}`,
  mcpgw: m => `mgw_${m.of(url, 43)}`,
}

const passwords = (m: Make): string =>
  m.one([
    () => `${m.one(['hunter', 'Tr0ub4dor', 'winter', 'Summer', 'qwerty'])}${m.int(2, 9999)}`,
    () => m.of(alnum, m.int(10, 24)),
    () => `${m.of(alnum, 8)}!${m.of(alnum, 4)}${m.one(['%', '#', '$', '*', '^'])}${m.of(digits, 2)}`,
    () => `${m.one(['Correct', 'Battery', 'Staple', 'Horse'])}${m.one(['horse', 'lamp', 'river'])}${m.int(1, 99)}`,
  ])()

/** Secrets of no shape: only what stands before them says what they are. */
const plain = (m: Make): string => m.one([() => m.of(alnum, 32), () => m.of(hex, 40), () => m.base64(30), () => m.uuid(), () => m.of(url, 43)])()

const secretNames = ['token', 'api_key', 'apiKey', 'access_token', 'refreshToken', 'client_secret', 'clientSecret', 'secretAccessKey', 'X-Api-Key', 'auth_token', 'id_token', 'private_token', 'signing_key', 'encryptionKey', 'bearerToken', 'jwt', 'webhook_secret', 'session_token', 'APIKEY', 'accessToken'] // prettier-ignore
const passwordNames = ['password', 'passwd', 'Password', 'db_password', 'userPassword', 'passphrase', 'new_password', 'pwd', 'adminPwd', 'smtp_pass']
const envNames = ['GITHUB_TOKEN', 'OPENAI_API_KEY', 'AWS_SECRET_ACCESS_KEY', 'STRIPE_SECRET_KEY', 'SLACK_BOT_TOKEN', 'JWT_SECRET', 'NPM_TOKEN', 'CLIENT_SECRET', 'SENTRY_AUTH_TOKEN', 'ENCRYPTION_KEY'] // prettier-ignore
const envPasswords = ['DB_PASSWORD', 'PGPASSWORD', 'POSTGRES_PASSWORD', 'SMTP_PASS', 'REDIS_PASSWORD', 'MYSQL_ROOT_PASSWORD', 'ADMIN_PASSWORD']

interface Secret {
  readonly what: string
  readonly value: string
}

type Place = (m: Make) => { text: string; secrets: string[]; kept?: string[]; json?: boolean; what?: string }

const anyToken = (m: Make): Secret => {
  const what = m.one(Object.keys(tokens))
  return { what, value: tokens[what]!(m) }
}

/** Around one token that has a shape: anywhere. */
const around: Record<string, (m: Make, secret: string) => { text: string; json?: boolean; kept?: string[] }> = {
  'alone in a text': (_, s) => ({ text: s }),
  'in a sentence': (m, s) => ({ text: `${m.sentence()} ${s} ${m.sentence()}.` }),
  'at the end of a sentence': (_, s) => ({ text: `I used ${s}.` }),
  'in brackets': (m, s) => ({ text: `${m.sentence()} (${s}) [${s}] <${s}>` }),
  'in a JSON value of an odd name': (m, s) => ({ text: JSON.stringify({ id: m.int(1, 99), value: s, other: m.word() }), json: true, kept: ['"id"'] }),
  'in a result of a tool': (m, s) => ({ text: JSON.stringify({ content: [{ type: 'text', text: `line 1\n${m.sentence()} ${s}\nline 3` }], isError: false }), json: true, kept: ['line 1\\n', '\\nline 3'] }), // prettier-ignore
  'in a list': (m, s) => ({ text: JSON.stringify([m.word(), s, m.word()]), json: true }),
  'as a key': (_, s) => ({ text: JSON.stringify({ [s]: { used: 3 } }), json: true, kept: ['"used":3'] }),
  'in JSON in JSON': (m, s) => ({ text: JSON.stringify({ content: [{ type: 'text', text: JSON.stringify({ data: { note: s, n: 1 } }, null, m.one([0, 2])) }] }), json: true, kept: ['note'] }), // prettier-ignore
  'in JSON in JSON in JSON': (_, s) => ({ text: JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ c: s, d: 'kept here' }) }) }), json: true, kept: ['kept here'] }), // prettier-ignore
  'in a log line': (m, s) => ({
    text: `2026-11-21T10:00:0${m.int(0, 9)}Z INFO request id=${m.uuid()} auth=${s} status=200`,
    kept: ['status=200', 'INFO request'],
  }),
  'in an error': (_, s) => ({
    text: `Error: 401 Unauthorized: the key '${s}' is not valid\n    at fetch (file:///app/index.js:10:5)`,
    kept: ['index.js:10:5'],
  }),
  'in a URL': (_, s) =>
    s.startsWith('https://') ? { text: s } : { text: `GET https://api.example.com/v1/items?page=2&key=${encodeURIComponent(s)}&limit=10`, kept: ['page=2'] },
  'in a diff': (_, s) => ({ text: `@@ -1,3 +1,3 @@\n-const old = '${s}'\n+const old = load()\n`, kept: ['+const old = load()'] }),
  'in a shell command': (_, s) => ({
    text: `curl -s -H "X-Auth: ${s}" https://api.example.com/v2/things | jq .`,
    kept: ['https://api.example.com/v2/things', '| jq .'],
  }),
  'as base of markdown': (m, s) => ({ text: `| name | value |\n| --- | --- |\n| ${m.word()} | \`${s}\` |`, kept: ['| --- |'] }),
}

/** Around a secret that only its name gives away. */
const named: Record<string, Place> = {
  'a JSON member': m => {
    const s = plain(m)
    return {
      text: JSON.stringify({ user: 'bob', [m.one(secretNames)]: s, region: 'eu-west-1' }),
      secrets: [s],
      kept: ['"user":"bob"', 'eu-west-1'],
      json: true,
    }
  },
  'a JSON password': m => {
    const s = passwords(m)
    return { text: JSON.stringify({ [m.one(passwordNames)]: s, username: 'alice' }), secrets: [s], kept: ['alice'], json: true }
  },
  'deep in arguments': m => {
    const [s, p] = [plain(m), passwords(m)]
    const text = JSON.stringify({ config: { servers: [{ host: 'db.internal', port: 5432, [m.one(passwordNames)]: p }], api: { [m.one(secretNames)]: s } } })
    return { text, secrets: [s, p], kept: ['db.internal', '5432'], json: true }
  },
  'a name and its value': m => {
    const s = plain(m)
    const name = m.one(envNames)
    const pair = m.one([
      { name, value: s },
      { value: s, name },
      { key: name, value: s, secure: true },
    ])
    return { text: JSON.stringify({ env: [{ name: 'NODE_ENV', value: 'production' }, pair] }), secrets: [s], kept: ['production', name], json: true }
  },
  'JSON in a text of a result': m => {
    const s = plain(m)
    const inner = JSON.stringify({ [m.one(secretNames)]: s, expires_in: 3600, token_type: 'Bearer' }, null, m.one([0, 2]))
    return {
      text: JSON.stringify({ content: [{ type: 'text', text: `The answer was:\n${inner}\nThat is all.` }] }),
      secrets: [s],
      kept: ['3600', 'That is all.'],
      json: true,
    }
  },
  'escaped JSON in a log': m => {
    const s = plain(m)
    return { text: `level=debug body="{\\"${m.one(secretNames)}\\":\\"${s}\\",\\"scope\\":\\"read\\"}" ms=12`, secrets: [s], kept: ['ms=12', 'scope'] }
  },
  'an env file': m => {
    const [s, p] = [plain(m), passwords(m)]
    const [a, b] = [m.one(envNames), m.one(envPasswords)]
    return {
      text: `# settings\nNODE_ENV=production\n${a}=${s}\n${b}=${m.one([p, `"${p}"`, `'${p}'`])}\nPORT=8080\n`,
      secrets: [s, p],
      kept: ['NODE_ENV=production', 'PORT=8080', a, b],
    }
  },
  'an export': m => {
    const s = plain(m)
    return { text: `export ${m.one(envNames)}=${m.one([s, `"${s}"`])}\nexport PATH=$PATH:/usr/local/bin`, secrets: [s], kept: ['/usr/local/bin'] }
  },
  'a line of stderr': m => {
    const s = plain(m)
    return { text: `[server] starting with ${m.one(envNames)}=${s} on port 3000`, secrets: [s], kept: ['on port 3000'] }
  },
  YAML: m => {
    const [s, p] = [plain(m), passwords(m)]
    return {
      text: `database:\n  host: localhost\n  ${m.one(['password', 'passwd', 'pwd'])}: ${m.one([p, `"${p}"`, `'${p}'`])}\n  ${m.one(['api_key', 'token', 'client_secret'])}: ${s}\n  pool: 5\n`,
      secrets: [s, p],
      kept: ['host: localhost', 'pool: 5'],
    }
  },
  'YAML of a deployment': m => {
    const p = passwords(m)
    return {
      text: `env:\n  - name: LOG_LEVEL\n    value: debug\n  - name: ${m.one(envPasswords)}\n    value: ${m.one([p, `"${p}"`])}\n`,
      secrets: [p],
      kept: ['value: debug'],
    }
  },
  'TOML and INI': m => {
    const [s, p] = [plain(m), passwords(m)]
    return {
      text: `[db]\nuser = "app"\n${m.one(['password', 'secret'])} = "${p}"\n[api]\ntoken = ${m.one([s, `"${s}"`])}\ntimeout = 30\n`,
      secrets: [s, p],
      kept: ['user = "app"', 'timeout = 30'],
    }
  },
  'a URL with a password': m => {
    const p = m.of(`${alnum}!*-._`, m.int(8, 20))
    const scheme = m.one(['postgres', 'postgresql', 'mysql', 'mongodb+srv', 'redis', 'amqp', 'https', 'ftp'])
    return {
      text: `connecting to ${scheme}://app:${p}@db.example.com:5432/main?sslmode=require`,
      secrets: [p],
      kept: ['app:', '@db.example.com:5432/main?sslmode=require'],
    }
  },
  'a URL with a password in JSON': m => {
    const p = m.of(alnum, m.int(8, 20))
    return { text: JSON.stringify({ DATABASE_URL: `postgres://svc:${p}@10.0.0.5/app`, replicas: 2 }), secrets: [p], kept: ['@10.0.0.5/app'], json: true }
  },
  'a clone URL': m => {
    const s = m.one([tokens['github classic']!(m), tokens['gitlab']!(m), m.of(hex, 40)])
    return {
      text: `fatal: unable to access 'https://${m.one(['oauth2:', 'x-access-token:', ''])}${s}@git.example.com/acme/app.git/': 403`,
      secrets: [s],
      kept: ['git.example.com/acme/app.git'],
    }
  },
  'a query': m => {
    const s = m.of(alnum, 32)
    return {
      text: `GET https://api.example.com/v1?q=weather&${m.one(['token', 'api_key', 'access_token', 'apikey', 'client_secret', 'sig'])}=${s}&units=metric 200`,
      secrets: [s],
      kept: ['q=weather', '&units=metric'],
    }
  },
  'a presigned URL': m => {
    const s = m.of(hex, 64)
    return {
      text: `https://b.s3.amazonaws.com/k/report.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=900&X-Amz-Signature=${s}`,
      secrets: [s],
      kept: ['report.pdf', 'X-Amz-Expires=900'],
    }
  },
  'an Authorization header': m => {
    const s = plain(m)
    return {
      text: `> POST /v1/chat HTTP/1.1\n> Host: api.example.com\n> ${m.one(['Authorization', 'authorization', 'Proxy-Authorization'])}: ${m.one(['Bearer', 'bearer', 'token', 'ApiKey'])} ${s}\n> Accept: */*\n`,
      secrets: [s],
      kept: ['Host: api.example.com', 'Accept: */*'],
    }
  },
  'Basic authorization': m => {
    const p = passwords(m)
    const s = Buffer.from(`user:${p}`).toString('base64')
    return { text: m.one([`Authorization: Basic ${s}`, `-H 'Authorization: Basic ${s}' https://x.example.com`, `sent Basic ${s} and got 401`]), secrets: [s] }
  },
  'headers in JSON': m => {
    const [s, k] = [plain(m), plain(m)]
    return {
      text: JSON.stringify({ method: 'GET', headers: { Accept: 'application/json', Authorization: `Bearer ${s}`, 'X-API-Key': k } }),
      secrets: [s, k],
      kept: ['application/json', 'Bearer'],
      json: true,
    }
  },
  'headers as pairs': m => {
    const s = plain(m)
    return {
      text: JSON.stringify([
        ['content-type', 'text/html'],
        ['authorization', `Bearer ${s}`],
      ]),
      secrets: [s],
      kept: ['text/html'],
      json: true,
    }
  },
  cookies: m => {
    const s = m.of(alnum, 40)
    return { text: m.one([`Cookie: theme=dark; session=${s}`, `< set-cookie: sid=${s}; Path=/; HttpOnly`, `Set-Cookie: auth=${s}; Secure`]), secrets: [s] }
  },
  'a cookie in JSON': m => {
    const s = m.of(alnum, 40)
    return {
      text: JSON.stringify(m.one([{ headers: { cookie: `sid=${s}; a=b` } }, { cookies: [{ name: 'sid', value: s, domain: '.example.com' }] }])),
      secrets: [s],
      json: true,
    }
  },
  'a flag': m => {
    const s = plain(m)
    return {
      text: `$ deploy --env prod --${m.one(['token', 'api-key', 'password', 'client-secret', 'access-token'])}${m.one([' ', '='])}${s} --region eu`,
      secrets: [s],
      kept: ['--env prod', '--region eu'],
    }
  },
  'a flag in a list': m => {
    const s = plain(m)
    return {
      text: JSON.stringify({ command: 'npx', args: ['-y', 'server', `--${m.one(['token', 'api-key', 'password'])}`, s, '--verbose'] }),
      secrets: [s],
      kept: ['--verbose', 'npx'],
      json: true,
    }
  },
  'a flag with its value in a list': m => {
    const s = plain(m)
    return {
      text: JSON.stringify({ args: ['run', `--${m.one(['token', 'api-key', 'password'])}=${s}`, '--json'] }),
      secrets: [s],
      kept: ['--json'],
      json: true,
    }
  },
  'curl with a user': m => {
    const p = m.of(alnum, 14)
    return {
      text: `curl ${m.one(['-u', '--user'])} ${m.one([`admin:${p}`, `'admin:${p}'`])} https://api.example.com/health`,
      secrets: [p],
      kept: ['https://api.example.com/health'],
    }
  },
  'mysql with a password': m => {
    const p = m.of(alnum, 14)
    return { text: `mysql -h db -uroot -p${p} -e 'select 1'`, secrets: [p], kept: ["-e 'select 1'"] }
  },
  'a connection string': m => {
    const p = passwords(m).replace(/[;%#$^*]/g, 'x')
    return {
      text: `Server=tcp:db.example.net,1433;Database=app;User Id=svc;${m.one(['Password', 'Pwd'])}=${p};Encrypt=true`,
      secrets: [p],
      kept: ['Database=app', 'Encrypt=true'],
    }
  },
  'an account key': m => {
    const s = m.base64(64)
    return {
      text: `DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=${s};EndpointSuffix=core.windows.net`,
      secrets: [s],
      kept: ['AccountName=acme', 'core.windows.net'],
    }
  },
  'a private key': m => {
    const s = m.pem(m.one(['RSA PRIVATE KEY', 'PRIVATE KEY', 'EC PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'ENCRYPTED PRIVATE KEY']))
    return { text: `cat id_rsa\n${s}\n$ ls`, secrets: s.split('\n').slice(1, -1), kept: ['cat id_rsa', '$ ls'] }
  },
  'a private key in JSON': m => {
    const s = m.pem('PRIVATE KEY')
    return {
      text: JSON.stringify({ type: 'service_account', project_id: 'acme', private_key: `${s}\n`, client_email: 'svc@acme.iam' }),
      secrets: s.split('\n').slice(1, -1),
      kept: ['service_account', 'svc@acme.iam'],
      json: true,
    }
  },
  'a private key in a text in JSON': m => {
    const s = m.pem('RSA PRIVATE KEY')
    return {
      text: JSON.stringify({ content: [{ type: 'text', text: `here:\n${s}\nbye` }] }),
      secrets: s.split('\n').slice(1, -1),
      kept: ['here:', 'bye'],
      json: true,
    }
  },
  code: m => {
    const s = plain(m)
    return {
      text: m.one([
        `const ${m.one(['apiKey', 'token', 'clientSecret', 'authToken'])} = '${s}'\nrun()`,
        `client = Client(${m.one(['api_key', 'token', 'secret'])}="${s}")`,
        `config["${m.one(['password', 'api_key'])}"] = "${s}"`,
        `{ ${m.one(['apiKey', 'token'])}: "${s}", retries: 3 }`,
      ]),
      secrets: [s],
    }
  },
  XML: m => {
    const p = passwords(m)
    return {
      text: m.one([`<server><id>x</id><username>bob</username><password>${p}</password></server>`, `<add key="ApiKey" value="${p}Zz9Zz9" />`]),
      secrets: [p],
      kept: [],
    }
  },
  netrc: m => {
    const p = m.of(alnum, 16)
    return { text: `machine api.example.com login bob password ${p}\n`, secrets: [p], kept: ['machine api.example.com login bob'] }
  },
  npmrc: m => {
    const s = plain(m)
    return { text: `registry=https://npm.example.com/\n//npm.example.com/:_authToken=${s}\n`, secrets: [s], kept: ['registry=https://npm.example.com/'] }
  },
  'docker config': m => {
    const s = Buffer.from(`bob:${m.of(alnum, 20)}`).toString('base64')
    return { text: JSON.stringify({ auths: { 'ghcr.io': { auth: s } } }), secrets: [s], kept: ['ghcr.io'], json: true }
  },
  SQL: m => {
    const p = m.of(alnum, 14)
    return { text: m.one([`CREATE USER app WITH PASSWORD '${p}';`, `CREATE USER 'app'@'%' IDENTIFIED BY '${p}';`]), secrets: [p] }
  },
  'a sentence': m => {
    const p = `${m.of(alnum, 8)}${m.int(10, 99)}`
    return {
      text: `${m.sentence()}. ${m.one(['The password is', 'My password is', 'Password:', 'password:'])} ${p} and the port is 8080`,
      secrets: [p],
      kept: ['port is 8080'],
    }
  },
  'credentials of a cloud': m => {
    const [s, t] = [m.of(`${alnum}+/`, 40), m.base64(200)]
    return {
      text: m.one([
        `[default]\naws_access_key_id = ${m.of(digits, 3)}\naws_secret_access_key = ${s}\naws_session_token = ${t}\nregion = eu-west-1`,
        JSON.stringify({ Credentials: { SecretAccessKey: s, SessionToken: t, Expiration: '2026-11-21T00:00:00Z' } }),
      ]),
      secrets: [s, t],
    }
  },
  'a map of secrets': m => {
    const s = plain(m)
    return { text: JSON.stringify({ secrets: { DATABASE: s, note: 'for tests' } }), secrets: [s], json: true }
  },
}

/** What only looks like a secret: must survive, every character of it. */
const lookAlikes: Record<string, Place> = {
  'a commit': m => kept(m.of(hex, 40), s => `commit ${s}\nAuthor: Bob <bob@example.com>\n\n    ${m.sentence()}`),
  'short commits': m => kept(m.of(hex, 7), s => `* ${s} ${m.sentence()}`),
  'a commit in JSON': m => kept(m.of(hex, 40), s => ({ sha: s, parents: [{ sha: s }], author: { login: 'bob', id: m.int(1, 9e6) } })),
  'a UUID': m => kept(m.uuid(), s => m.one<string | object>([{ id: s, requestId: s }, `request ${s} done`, { uuid: s, key: s }])),
  'an image': m => kept(m.base64(m.int(300, 3000)), s => ({ content: [{ type: 'image', data: s, mimeType: 'image/png' }] })),
  'a data URL': m => kept(m.base64(400), s => `<img src="data:image/png;base64,${s}">`),
  'an ETag': m => kept(m.of(hex, 32), s => `HTTP/1.1 200 OK\nETag: W/"${s}"\nContent-Length: 100\n`),
  'an ETag in JSON': m => kept(m.of(hex, 32), s => ({ etag: `"${s}"`, lastModified: 'Sat, 21 Nov 2026 10:00:00 GMT' })),
  'a checksum': m => kept(m.of(hex, 64), s => m.one<string | object>([`${s}  mcpgw-linux-x64.tar.gz`, { sha256: s }, `sha256:${s}`, `md5 ${s.slice(0, 32)}`])),
  'an image of Docker': m => kept(m.of(hex, 64), s => `node@sha256:${s}`),
  'the integrity of a package': m => kept(m.base64(64), s => ({ 'node_modules/x': { version: '1.0.0', resolved: 'https://r.example.com/x/-/x-1.0.0.tgz', integrity: `sha512-${s}` } })), // prettier-ignore
  'a line of a lock file': m => kept(m.base64(64), s => `  resolution: {integrity: sha512-${s}}`),
  'subresource integrity': m => kept(m.base64(48), s => `<script src="a.js" integrity="sha384-${s}" crossorigin></script>`),
  'a cursor': m =>
    kept(m.base64(24), s =>
      m.one<object>([{ nextCursor: s }, { nextPageToken: s }, { page_token: s, items: [] }, { continuationToken: s }, { syncToken: s }, { next_token: s }]),
    ),
  'a progress token': m => kept(m.uuid(), s => ({ _meta: { progressToken: s } })),
  'numbers of tokens': m =>
    kept(String(m.int(10_000, 200_000)), s =>
      m.one<string | object>([{ usage: { input_tokens: Number(s), max_tokens: 4096 } }, `max_tokens: ${s}`, `used ${s} tokens`, { token: Number(s) }]),
    ),
  'a public key': m => {
    const s = `AAAAB3NzaC1yc2EAAAADAQABAAAB${m.base64(240).replace(/=/g, '')}`
    return kept(s, one => `ssh-rsa ${one} bob@laptop`)
  },
  'a public key and a certificate': m => {
    const s = m.one([m.pem('PUBLIC KEY'), m.pem('CERTIFICATE')])
    return { text: `${s}\nok`, secrets: [], kept: [s] }
  },
  'a public key in JSON': m => kept(m.base64(32), s => ({ publicKey: s, public_key: s, kty: 'EC' })),
  ids: m =>
    kept(m.of(alnum, 28), s =>
      m.one<object>([{ id: s, nodeId: s }, { messageId: s, threadId: s }, { key: s, partitionKey: s }, { primary_key: s, cache_key: s }, { traceId: s }]),
    ),
  'an id of a key': m => kept(m.of(hex, 40), s => ({ private_key_id: s, token_id: s, key_id: s, secret_id: s, credential_id: s })),
  'a trace': m => kept(`00-${m.of(hex, 32)}-${m.of(hex, 16)}-01`, s => `traceparent: ${s}`),
  'a version': m => kept(`v${m.int(1, 30)}.${m.int(0, 30)}.${m.int(0, 30)}-beta.${m.of(hex, 7)}`, s => `released ${s} today`),
  'a time': m => kept(`2026-11-2${m.int(0, 9)}T10:00:00.000Z`, s => ({ createdAt: s, passwordChangedAt: s, tokenExpiresAt: s })),
  'code that names secrets': m =>
    kept(m.one(['const token = await getToken(user)', 'self.password = password', 'token: process.env.API_KEY,', 'password = os.environ["DB_PASSWORD"]', 'if (password === other) return', 'apiKey: config.apiKey', 'secret := os.Getenv("SECRET")', 'def login(user, password):', 'password: string', 'token?: string | null', 'api_key: str = None', 'const { token } = req.headers', 'password = input("Password: ")', 'token=${TOKEN}', 'Authorization: Bearer ${TOKEN}', 'Authorization: `Bearer ${token}`', 'password: z.string().min(8)', 'connect(user=user, password=password)', 'api_key=api_key, timeout=3', 'let secret = generateSecret();', 'return { token, secret }', 'private readonly token: Token', 'passwordField.focus()', 'PASSWORD_MIN_LENGTH = 12', 'token == null', 'export API_KEY=<your key>', 'apiKey="YOUR_API_KEY"', 'password=********', 'token = tokenizer.next()', 'cookie: CookieJar', 'secret: { type: "string" }']), s => m.one<string | object>([`function x() {\n  ${s}\n}`, { content: [{ type: 'text', text: `1: ${s}\n2: }` }] }])), // prettier-ignore
  'sentences': m =>
    kept(m.one(['the secret of good tests is patience', 'password is required', 'The password must be at least 8 characters long', 'a token is a piece of text', 'basic authorization is not enough', 'Bearer of bad news', 'forgot your password? Click here', 'the keys to success: work', 'cookies are delicious', 'token limit reached: please wait', 'Secret Santa is on Friday', 'password reset link sent', 'authorization required', 'the password is wrong', 'API key: see the settings page', 'token expired, log in again', 'the secret is out', 'Password: the one you know']), s => m.one<string | object>([`${m.sentence()}. ${s}. ${m.sentence()}`, { message: s }])), // prettier-ignore
  'errors of fields': m =>
    kept(m.one(['must be at least 8 characters', 'is required', 'Password is too short', 'does not match', 'This field is required']), s => ({
      errors: { username: 'ok', password: `Your password ${s}` },
    })),
  'a schema': () =>
    kept('"type":"string","description":"the password of the user"', () => ({
      properties: { password: { type: 'string', description: 'the password of the user' }, apiKey: { type: 'string', description: 'x' } },
      required: ['password'],
    })),
  'a reference to a secret': m => kept(m.one(['/run/secrets/db_password', '${DB_PASSWORD}', '~/.ssh/id_rsa', '{{ vault.token }}', '$TOKEN', '<token>', '***', 'process.env.TOKEN', 'arn:aws:secretsmanager:eu-west-1:123:secret:x', 'GITHUB_TOKEN', 'https://auth.example.com/token']), s => ({ token: s, api_key: s, user: 'bob' })), // prettier-ignore
  'words for nothing': m =>
    kept(m.one(['null', 'none', 'undefined', 'string', 'optional', 'required', 'bearer', 'oauth2']), s => ({
      auth: s,
      token: s,
      authorization: s,
      credentials: s,
    })),
  'a URL without a password': m => kept(m.one(['https://example.com:8080/path/a@b?x=1', 'git@github.com:acme/app.git', 'ssh://git@github.com/acme/app', 'https://example.com/@user/post', 'http://localhost:3000/a@b', 'mailto:bob@example.com', 'https://user@example.com/x', 'postgres://app@db/main', 'npm:@scope/pkg@1.0.0', 'https://docs.example.com/auth/token?page=2']), s => m.one<string | object>([`see ${s} for more`, { url: s }])), // prettier-ignore
  'a hash in a URL': m => kept(m.of(hex, 40), s => `https://github.com/acme/app/commit/${s}?diff=split`),
  'classes of CSS': m =>
    kept(
      m.one(['sk-fading-circle-container', 'sk-circle-fade-dot sk-chase-dot-before', 'token-keyword token-string-literal', 'key-value-list-item-container']),
      s => `<div class="${s}"></div>`,
    ),
  'an address': m => kept(`0x${m.of(hex, 40)}`, s => ({ to: s, txHash: `0x${m.of(hex, 64)}` })),
  'a ARN': m => kept(`arn:aws:iam::${m.of(digits, 12)}:role/app-${m.of(lower, 8)}`, s => ({ roleArn: s, secretArn: s })),
  'base64 of a text': m => kept(Buffer.from(m.sentence() + m.sentence()).toString('base64'), s => ({ content: s, encoding: 'base64' })),
  'a signature of thoughts': m => kept(m.base64(200), s => ({ thinking: m.sentence(), signature: s })),
  'hex dump': m => kept(m.of(hex, 32).match(/../g)!.join(' '), s => `00000000  ${s}  |................|`),
  'users of Docker': () => kept('1000:1000', s => `docker run -u ${s} -p 8080:80 app`),
  'flags that are none': () => kept('-p 8080:80 --name token-service', s => `docker run ${s} --token-ttl 30m`),
  'a table': () => kept('| password | is set |', s => `| field | state |\n| --- | --- |\n${s}`),
  'yes and no': () => kept('"password":true,"token":null,"secret":false', () => ({ password: true, token: null, secret: false })),
  'a file of Kubernetes': () => kept('secretName: db-credentials', s => `volumes:\n  - name: creds\n    ${s}\n    tokenReview: x`),
  'a prompt': () => kept("user@host's password:", s => `${s} \nWelcome`),
  'lists of fields': () => kept('["username","password","email","authorization"]', () => ({ fields: ['username', 'password', 'email', 'authorization'] })),
  'tokens of a text': () => kept('"tokens":["hello","world","123456789"]', () => ({ tokens: ['hello', 'world', '123456789'] })),
  'an HTML form': () => kept('<input type="password" name="password" id="pw">', s => `<form>${s}<input name="token" type="hidden"></form>`),
}

function kept(value: string, put: (value: string) => string | object): ReturnType<Place> {
  const text = put(value)
  return typeof text === 'string' ? { text, secrets: [], kept: [value] } : { text: JSON.stringify(text), secrets: [], kept: [value.startsWith('"') || value.startsWith('[') ? value : JSON.stringify(value).slice(1, -1)], json: true } // prettier-ignore
}

/** The corpus: `each` texts of every kind. */
export function corpus(seed: number, each: number): Case[] {
  const m = new Make(seed)
  const cases: Case[] = []
  for (let n = 0; n < each; n++) {
    for (const [where, put] of Object.entries(around)) {
      const { what, value } = anyToken(m)
      const { text, json = false, kept = [] } = put(m, value)
      cases.push({ name: `${what}, ${where}`, text, json, secrets: [value], kept })
    }
    for (const [where, make] of Object.entries({ ...named, ...lookAlikes })) {
      const { text, json = false, secrets, kept = [] } = make(m)
      cases.push({ name: where, text, json, secrets, kept })
    }
  }
  for (const [what, make] of Object.entries(tokens))
    for (let n = 0; n < each / 5; n++) {
      const value = make(m)
      cases.push({ name: `${what}, again`, text: `${m.sentence()}: ${value}\n${m.sentence()}`, json: false, secrets: [value], kept: [] })
    }
  return cases
}

/** So much of a secret in a row is as good as all of it. */
const TELLING = 12

/** Whether a text still says enough of a secret. */
export function tells(text: string, secret: string): boolean {
  const length = Math.min(TELLING, secret.length)
  for (let at = 0; at + length <= secret.length; at++) if (text.includes(secret.slice(at, at + length))) return true
  return false
}
