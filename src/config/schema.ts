// The schema of the settings file. It knows what this version enforces and nothing else: a setting that nobody enforces would only look safe.
// From it come the generated validator with its defaults, `mcpgw config schema`, and the page of settings in the README.

const longestMs = 2_147_483_647

const text = { type: 'string' } as const
const texts = { type: 'array', items: text } as const

const oauth = {
  type: 'object',
  description: 'How mcpgw logs in at the URL (mcpgw login NAME). Most servers need nothing of it: mcpgw registers itself.',
  additionalProperties: false,
  properties: {
    clientId: {
      type: 'string',
      minLength: 1,
      description: 'The client id of an application that you have registered there.',
      examples: ['Iv1.8a61f9b3a7aba766'],
    },
    clientSecret: { type: 'string', minLength: 1, description: 'Its secret, if it has one.', examples: ['${LINEAR_CLIENT_SECRET}'] },
    clientMetadataUrl: {
      type: 'string',
      pattern: '^https://[^/]+/.',
      description: 'Where you publish a client id metadata document; its address is the client id, where the server takes one.',
      examples: ['https://example.com/mcpgw.json'],
    },
    callbackPort: {
      type: 'integer',
      minimum: 1,
      maximum: 65_535,
      description: 'The browser comes back to http://localhost:PORT/callback. Without it: to a free port of 127.0.0.1.',
      examples: [8765],
    },
    scopes: {
      type: 'string',
      minLength: 1,
      description: 'What to ask for, with spaces between. Without it: what the server says it needs.',
      examples: ['read write'],
    },
  },
} as const

const server = {
  type: 'object',
  description: 'A backend: a local command, or a URL. Has "command" or "url", not both.',
  oneOf: [{ required: ['command'] }, { required: ['url'] }],
  additionalProperties: false,
  properties: {
    command: {
      type: 'string',
      minLength: 1,
      description: 'The program to start. It is looked for on the PATH of the client, then on that of your login shell.',
      examples: ['npx'],
    },
    args: { ...texts, default: [], description: 'Its arguments.', examples: [['-y', '@modelcontextprotocol/server-filesystem', '/tmp']] },
    env: {
      type: 'object',
      additionalProperties: text,
      default: {},
      description:
        'Variables for it, beside the few that every backend gets (HOME, PATH, USER, SHELL, LANG, TZ, TMPDIR, proxies, certificates, SSH_AUTH_SOCK, DOCKER_HOST).',
      examples: [{ TOKEN: '${GITHUB_TOKEN}' }],
    },
    cwd: { type: 'string', minLength: 1, description: 'The folder to start it in.', examples: ['/home/me/project'] },
    inheritEnv: { type: 'boolean', default: false, description: "Pass it everything of mcpgw's own environment, apart from mcpgw's own keys." },
    url: { type: 'string', pattern: '^(https?://|\\$\\{)', description: 'The address of a remote backend.', examples: ['https://example.com/mcp'] },
    type: {
      enum: ['stdio', 'http', 'streamable-http', 'sse'],
      description:
        'How to speak to it: "stdio" with a command; "http" (Streamable HTTP, also written "streamable-http") or "sse" (the older HTTP+SSE) with a URL. Without it: "stdio" or "http".',
      examples: ['http'],
    },
    headers: {
      type: 'object',
      additionalProperties: text,
      default: {},
      description: 'Headers of every request to the URL.',
      examples: [{ Authorization: 'Bearer ${LINEAR_TOKEN}' }],
    },
    oauth,
    tags: { ...texts, default: [], description: 'Words to group backends by.', examples: [['work']] },
    timeoutMs: {
      type: 'integer',
      minimum: 1,
      maximum: longestMs,
      default: 60_000,
      description: 'How long a call may be silent, in milliseconds; progress extends it.',
    },
    startTimeoutMs: {
      type: 'integer',
      minimum: 1,
      maximum: longestMs,
      default: 30_000,
      description: 'How long it may take to start and to greet, in milliseconds.',
    },
    concurrency: { type: 'integer', minimum: 1, maximum: 10_000, default: 10, description: 'How many calls it gets at once; further ones wait.' },
    idleMs: {
      type: 'integer',
      minimum: 0,
      maximum: longestMs,
      default: 600_000,
      description: 'It is stopped after so long without a call, in milliseconds; 0: never.',
    },
    enabled: { type: 'boolean', default: true, description: 'A backend that is not enabled is neither started nor listed.' },
  },
} as const

const condition = {
  type: 'object',
  additionalProperties: false,
  required: ['path', 'op'],
  properties: {
    path: { type: 'string', pattern: '^(/|$)', description: 'Where in the arguments, as a JSON pointer.', examples: ['/repo'] },
    op: {
      enum: ['eq', 'ne', 'glob', 'regex', 'lt', 'gt', 'exists'],
      description: "How it is compared. A regex is JavaScript's, without looking around and referring back.",
    },
    value: { description: 'What with. For "exists", false asks for what is not there.', examples: ['acme/*'] },
  },
} as const

const rule = {
  type: 'object',
  description: 'A rule. What it does not name, it does not ask about.',
  additionalProperties: false,
  required: ['effect'],
  properties: {
    effect: { enum: ['allow', 'ask', 'deny'], description: 'What it does; "ask": a person is asked first.' },
    tools: {
      ...texts,
      description: 'Globs over public names of tools and prompts, and over URIs of resources; * stands for anything.',
      examples: [['github__delete_*']],
    },
    roles: { ...texts, description: 'Roles, as keys carry them. Rules that name a role of the caller come before all others.', examples: [['dev']] },
    clients: { ...texts, description: 'Clients: what they were installed as (--client) or call themselves.', examples: [['cursor']] },
    backends: { ...texts, description: 'Names of backends.', examples: [['github']] },
    when: { type: 'array', items: condition, description: 'Conditions on the arguments; all must hold.' },
    until: { type: 'string', description: 'When it ends to be a rule: a date and time.', examples: ['2027-01-01T00:00:00Z'] },
  },
} as const

const limit = {
  type: 'object',
  description: 'A limit. Every gateway of this machine takes from the same budget.',
  additionalProperties: false,
  required: ['scope', 'rate'],
  properties: {
    scope: {
      type: 'string',
      description: 'What it is about: all, key or client (each has its own), key:NAME, client:NAME, backend:NAME, tool:GLOB.',
      examples: ['backend:github'],
    },
    rate: {
      type: 'string',
      description: 'How much in which time, in calls or in tokens of results (bytes / 4): 60/1m, 1000/1d, 200000 tokens/1d.',
      examples: ['60/1m'],
    },
    burst: {
      type: 'integer',
      minimum: 1,
      maximum: 1_000_000_000,
      description: 'So much at once, refilled at the rate. Without it the rate holds for every stretch of that time.',
      examples: [10],
    },
  },
} as const

export const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Settings of mcpgw',
  type: 'object',
  additionalProperties: false,
  properties: {
    $schema: { type: 'string', description: 'Where an editor finds this schema; mcpgw does not read it.' },
    version: { const: 1, default: 1, description: 'The version of these settings.' },
    mcpServers: {
      type: 'object',
      description:
        'The backends by name, in the shape that Claude and Cursor use. `${VAR}`, `${VAR:-default}` and `${env:VAR}` are filled in in command, args, env, url, headers and cwd.',
      propertyNames: { minLength: 1, maxLength: 64 },
      additionalProperties: server,
      default: {},
      examples: [{ files: { command: 'npx', args: ['-y', '@modelcontextprotocol/server-filesystem', '/tmp'] } }],
    },
    permissions: {
      type: 'object',
      description: 'Who may call what.',
      additionalProperties: false,
      default: {},
      properties: {
        default: {
          enum: ['allow', 'ask', 'deny', 'annotations'],
          default: 'allow',
          description: 'What holds for a call that no rule is about. "annotations": what its backend calls read-only is allowed, all else asks a person.',
        },
        rules: {
          type: 'array',
          default: [],
          description:
            'Of the rules that match a call the strictest decides (deny, ask, allow), whatever their order. What is denied whatever its arguments is not even listed.',
          items: rule,
        },
      },
    },
    limits: {
      type: 'array',
      default: [],
      description:
        'How often: [{ "scope": "backend:github", "rate": "60/1m", "burst": 10 }]. A call takes from every limit that is about it, or is refused and takes nothing.',
      items: limit,
    },
    pins: {
      enum: ['off', 'warn', 'ask', 'quarantine'],
      default: 'ask',
      description:
        'What happens when a backend changes the definition of a tool. "ask": the next call asks a person, and until then the tool is listed as it was; one with hidden characters or a look-alike name is hidden. "quarantine": what has changed is hidden, too, until a person accepts it. "warn": it is noted and let through. "off": nobody looks.',
    },
    auth: {
      type: 'object',
      description: 'Who is let in.',
      additionalProperties: false,
      default: {},
      properties: {
        required: { type: 'boolean', default: false, description: 'Serve only clients that present a key (mcpgw keys create).' },
      },
    },
    approvals: {
      type: 'object',
      description: 'How a person is asked, where a rule asks.',
      additionalProperties: false,
      default: {},
      properties: {
        via: {
          type: 'array',
          items: { enum: ['window', 'client'] },
          default: ['window', 'client'],
          description:
            'The first that applies is taken: "window" holds the call while a window is open that can answer, "client" asks in the client, if it can show a question. Where none applies the call is answered as pending, and runs when it is made again after a yes.',
        },
        expireMs: {
          type: 'integer',
          minimum: 1000,
          maximum: 604_800_000,
          default: 900_000,
          description: 'A question ends after so long, in milliseconds; so does the yes that was given to it.',
        },
      },
    },
    audit: {
      type: 'object',
      description: 'The record of every call.',
      additionalProperties: false,
      default: {},
      properties: {
        required: { type: 'boolean', default: true, description: 'No record, no call: what can not be recorded is not done.' },
        sync: { type: 'boolean', default: false, description: 'Wait for the disk at each record (fsync), against power loss.' },
        payloads: {
          enum: ['none', 'redacted', 'full'],
          default: 'redacted',
          description:
            'What is kept of arguments and results beside their sizes and hashes. "redacted": without passwords, secrets, tokens, keys, cookies and authorization, which are known by their shape, their name or their place; one-time codes, PINs, ids of persons and payment cards are kept.',
        },
        maxBytes: {
          type: 'integer',
          minimum: 0,
          maximum: 131_072,
          default: 65_536,
          description: 'So many bytes are kept of each of the two; the rest is cut off.',
        },
        retentionDays: { type: 'integer', minimum: 1, maximum: 36_500, default: 30, description: 'Records older than so many days are removed.' },
        maxTotalBytes: {
          type: 'integer',
          minimum: 1_048_576,
          default: 1_073_741_824,
          description: 'All records together may take so many bytes; the oldest go first.',
        },
      },
    },
    maxFrameBytes: {
      type: 'integer',
      minimum: 65_536,
      maximum: 536_870_000,
      default: 268_435_456,
      description: 'The largest message taken from a client or a backend, in bytes. A larger one is refused, alone.',
    },
  },
} as const
