// The real servers that stand behind mcpgw, as a person would write them into the settings: with keys that no one would accept.
// None may reach the network: whatever asks for a proxy finds one that refuses.

import { join } from 'node:path'
import { root, type Entry } from '../launch.ts'

export const packages = join(import.meta.dirname, 'node_modules')

/** Nothing listens at port 9 (discard); a request that goes there fails at once. */
export const offline = {
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  NODE_USE_ENV_PROXY: '1',
  DO_NOT_TRACK: '1',
}

export interface Server {
  readonly entry: Entry & { readonly command: string; readonly args: readonly string[]; readonly env: Record<string, string> }
  /** A call that touches nothing but this machine: it does something harmless, or the server refuses its arguments before anything happens. */
  readonly call?: readonly [tool: string, args: object]
}

const server = (
  main: string,
  { args = [], env = {}, call }: { args?: readonly string[]; env?: Record<string, string>; call?: Server['call'] } = {},
): Server => ({
  entry: { command: process.execPath, args: [main, ...args], env: { ...offline, ...env }, startTimeoutMs: 120_000 },
  call,
})

const ours = (name: string) => join(root, 'node_modules/@modelcontextprotocol', name, 'dist/index.js')
const theirs = (path: string) => join(packages, path)

/** By the name they have in the settings; `dir` is a folder that they may read. */
export const servers = (dir: string): Record<string, Server> => ({
  airtable: server(theirs('airtable-mcp-server/dist/main.js'), { env: { AIRTABLE_API_KEY: 'pat-none' }, call: ['list_records', {}] }),
  'brave-search': server(theirs('@brave/brave-search-mcp-server/dist/index.js'), { env: { BRAVE_API_KEY: 'none' }, call: ['brave_web_search', {}] }),
  chart: server(theirs('@antv/mcp-server-chart/build/index.js')),
  'chrome-devtools': server(theirs('chrome-devtools-mcp/build/src/bin/chrome-devtools-mcp.js'), {
    args: ['--headless', '--isolated', '--no-usage-statistics'],
    call: ['navigate_page', { type: 5 }],
  }),
  context7: server(theirs('@upstash/context7-mcp/dist/index.js'), { call: ['resolve-library-id', {}] }),
  eslint: server(theirs('@eslint/mcp/src/mcp-cli.js'), { call: ['lint-files', { filePaths: [join(dir, 'none.js')] }] }),
  everything: server(ours('server-everything'), { call: ['echo', { message: 'é 12345678901234567890' }] }),
  exa: server(theirs('exa-mcp-server/dist/stdio.cjs'), { env: { EXA_API_KEY: 'none' }, call: ['web_search_exa', {}] }),
  figma: server(theirs('figma-developer-mcp/dist/bin.js'), { args: ['--stdio'], env: { FIGMA_API_KEY: 'none' }, call: ['get_figma_data', {}] }),
  filesystem: server(ours('server-filesystem'), { args: [dir], call: ['list_directory', { path: dir }] }),
  firecrawl: server(theirs('firecrawl-mcp/dist/index.js'), { env: { FIRECRAWL_API_KEY: 'fc-none' }, call: ['firecrawl_scrape', {}] }),
  github: server(theirs('@modelcontextprotocol/server-github/dist/index.js'), { env: { GITHUB_PERSONAL_ACCESS_TOKEN: 'none' }, call: ['create_issue', {}] }),
  gitlab: server(theirs('@zereight/mcp-gitlab/build/index.js'), { env: { GITLAB_PERSONAL_ACCESS_TOKEN: 'none' }, call: ['create_issue', {}] }),
  kubernetes: server(theirs('mcp-server-kubernetes/dist/index.js'), { call: ['cleanup', {}] }),
  memory: server(ours('server-memory'), { env: { MEMORY_FILE_PATH: join(dir, 'memory.json') }, call: ['read_graph', {}] }),
  mongodb: server(theirs('mongodb-mcp-server/dist/esm/index.js'), { env: { MDB_MCP_TELEMETRY: 'disabled' }, call: ['list-databases', {}] }),
  notion: server(theirs('@notionhq/notion-mcp-server/bin/cli.mjs'), { env: { NOTION_TOKEN: 'ntn_none' } }),
  playwright: server(theirs('@playwright/mcp/cli.js'), { args: ['--headless', '--isolated'] }),
  sentry: server(theirs('@sentry/mcp-server/dist/index.js'), { args: ['--access-token=none'], call: ['search_issues', { organizationSlug: 5 }] }),
  'sequential-thinking': server(theirs('@modelcontextprotocol/server-sequential-thinking/dist/index.js'), {
    call: ['sequentialthinking', { thought: 'one', nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1 }],
  }),
  tavily: server(theirs('tavily-mcp/build/index.js'), { env: { TAVILY_API_KEY: 'tvly-none' } }),
})
