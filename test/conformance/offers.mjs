// What the conformance suites want to find at a server, in words of the protocol alone: the legacy and the modern fixture offer the same.

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
const WAV = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA='

export const pause = ms => new Promise(done => setTimeout(done, ms))
export const text = string => ({ type: 'text', text: string })
const image = { type: 'image', data: PNG, mimeType: 'image/png' }
const embedded = (uri, mimeType, string) => ({ type: 'resource', resource: { uri, mimeType, text: string } })
const object = (properties = {}, required = []) => ({ type: 'object', properties, required })
const string = { type: 'string' }

const dialect = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: { address: { $anchor: 'addressDef', type: 'object', properties: { street: string, city: string } } },
  properties: { name: string, address: { $ref: '#/$defs/address' }, contactMethod: { type: 'string', enum: ['phone', 'email'] }, phone: string, email: string },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
}

/** Tools whose result is always the same. */
export const plain = {
  test_simple_text: { content: [text('This is a simple text response for testing.')] },
  test_image_content: { content: [image] },
  test_audio_content: { content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] },
  test_embedded_resource: { content: [embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')] },
  test_multiple_content_types: {
    content: [text('Multiple content types test:'), image, embedded('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}')],
  },
  test_error_handling: { isError: true, content: [text('This tool intentionally returns an error for testing')] },
  json_schema_2020_12_tool: { content: [text('any dialect')] },
}

const region = { type: 'string', 'x-mcp-header': 'Region' }
const schemas = {
  json_schema_2020_12_tool: dialect,
  test_sampling: object({ prompt: string }, ['prompt']),
  test_elicitation: object({ message: string }, ['message']),
  greet: object({ name: string }, ['name']),
  slow_compute: object({ seconds: { type: 'number' }, label: string }),
  test_headers: object({ region, priority: { type: 'integer', 'x-mcp-header': 'Priority' }, query: string }),
}

/** The definitions of these tools. */
export const toolsOf = names => names.map(name => ({ name, description: `What ${name} is for`, inputSchema: schemas[name] ?? object() }))

/** What the client is asked for, by the tool that asks. */
export const questions = {
  test_sampling: ({ prompt }) => ({ method: 'sampling/createMessage', params: { messages: [{ role: 'user', content: text(prompt) }], maxTokens: 100 } }),
  test_elicitation: ({ message }) => ({
    method: 'elicitation/create',
    params: { message, requestedSchema: object({ username: string, email: string }, ['username', 'email']) },
  }),
  test_elicitation_sep1034_defaults: () => ({
    method: 'elicitation/create',
    params: {
      message: 'Look these over',
      requestedSchema: object({
        name: { type: 'string', default: 'John Doe' },
        age: { type: 'integer', default: 30 },
        score: { type: 'number', default: 95.5 },
        status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
        verified: { type: 'boolean', default: true },
      }),
    },
  }),
  test_elicitation_sep1330_enums: () => ({
    method: 'elicitation/create',
    params: {
      message: 'Choose',
      requestedSchema: object({
        untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
        titledSingle: { type: 'string', oneOf: titled('First Option', 'Second Option', 'Third Option') },
        legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['Option One', 'Option Two', 'Option Three'] },
        untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
        titledMulti: { type: 'array', items: { anyOf: titled('First Choice', 'Second Choice', 'Third Choice') } },
      }),
    },
  }),
}
const titled = (...titles) => titles.map((title, index) => ({ const: `value${index + 1}`, title }))

export const said = {
  test_sampling: given => `LLM response: ${given.content?.text}`,
  test_elicitation: ({ action, content }) => `User response: action=${action}, content=${JSON.stringify(content ?? {})}`,
  test_elicitation_sep1034_defaults: ({ action, content }) => `Elicitation completed: action=${action}, content=${JSON.stringify(content ?? {})}`,
  test_elicitation_sep1330_enums: ({ action, content }) => `Elicitation completed: action=${action}, content=${JSON.stringify(content ?? {})}`,
}

export const resources = [
  { uri: 'test://static-text', name: 'Static text', mimeType: 'text/plain' },
  { uri: 'test://static-binary', name: 'Static binary', mimeType: 'image/png' },
  { uri: 'test://watched-resource', name: 'Watched', mimeType: 'text/plain' },
]
export const resourceTemplates = [{ uriTemplate: 'test://template/{id}/data', name: 'Template', mimeType: 'application/json' }]

/** What a resource holds; undefined where there is none. */
export function contentsOf(uri) {
  if (uri === 'test://static-text') return [{ uri, mimeType: 'text/plain', text: 'This is the content of the static text resource.' }]
  if (uri === 'test://static-binary') return [{ uri, mimeType: 'image/png', blob: PNG }]
  if (uri === 'test://watched-resource') return [{ uri, mimeType: 'text/plain', text: 'Watched resource content' }]
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1]
  return id && [{ uri, mimeType: 'application/json', text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }) }]
}

const argument = name => ({ name, description: `The ${name}`, required: true })
export const prompts = [
  { name: 'test_simple_prompt', description: 'A prompt without arguments' },
  { name: 'test_prompt_with_arguments', description: 'A prompt with two', arguments: [argument('arg1'), argument('arg2')] },
  { name: 'test_prompt_with_embedded_resource', description: 'A prompt with a resource', arguments: [argument('resourceUri')] },
  { name: 'test_prompt_with_image', description: 'A prompt with an image' },
]

const user = content => ({ role: 'user', content })
const messages = {
  test_simple_prompt: () => [user(text('This is a simple prompt for testing.'))],
  test_prompt_with_arguments: ({ arg1, arg2 }) => [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))],
  test_prompt_with_embedded_resource: ({ resourceUri }) => [
    user(embedded(resourceUri, 'text/plain', 'Embedded resource content for testing.')),
    user(text('Please process the embedded resource above.')),
  ],
  test_prompt_with_image: () => [user(image), user(text('Please analyze the image above.'))],
}

export const messagesOf = (name, args = {}) => messages[name]?.(args)

export const completion = { completion: { values: ['paris', 'park', 'party'], total: 150, hasMore: false } }

export const capabilities = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  logging: {},
  completions: {},
}
