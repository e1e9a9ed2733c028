// Keys that people bring along and this version refuses, each with what to do instead. A key that is not here is explained by the keys that are known.

const later = (what: string): string => `this version of mcpgw ${what}, and a setting that nobody enforces would only look safe. Take it out`

/** At the top of the settings. */
export const laterKeys: Readonly<Record<string, string>> = {
  mode: later('lists every tool (mode "full") and has no other mode'),
  profiles: later('has no profiles yet'),
  servers: 'VS Code writes "servers"; here it is "mcpServers"',
  context_servers: 'Zed writes "context_servers"; here it is "mcpServers"',
  inputs: 'mcpgw asks nothing when it starts: write ${VAR} where an input stood, and set the variable',
}

/** In an entry of mcpServers: what the clients' own files have there. */
export const clientKeys: Readonly<Record<string, string>> = {
  disabled: 'write "enabled": false for "disabled": true, or take it out',
  serverUrl: 'write "url"',
  httpUrl: 'write "url"',
  transport: 'write "type": "http" or "sse"',
  transportType: 'write "type": "http" or "sse"',
  environment: 'write "env"',
  envs: 'write "env"',
  http_headers: 'write "headers"',
  timeout: 'write "timeoutMs", in milliseconds',
  request_timeout_ms: 'write "timeoutMs"',
  tool_timeout_sec: 'write "timeoutMs", in milliseconds',
  startup_timeout_sec: 'write "startTimeoutMs", in milliseconds',
  envFile: 'mcpgw reads no env files: write the variables into "env", or ${VAR} for one that the client passes',
  headersHelper: 'mcpgw runs no helper for headers: write them into "headers", with ${VAR} for what is secret',
  bearer_token_env_var: 'write "headers": { "Authorization": "Bearer ${VAR}" }',
  auth: 'log in with mcpgw login NAME, or write "headers": { "Authorization": "Bearer ${VAR}" }; an own client id goes into "oauth"',
  alwaysAllow: 'who may call what is not decided here; take it out, and keep it in the settings of the client',
  autoApprove: 'who may call what is not decided here; take it out, and keep it in the settings of the client',
  autoAllow: 'who may call what is not decided here; take it out, and keep it in the settings of the client',
  trust: 'who may call what is not decided here; take it out, and keep it in the settings of the client',
  alwaysLoad: 'that is for the client to decide; take it out',
  tools: 'mcpgw lists every tool of a backend; take it out',
  enabledTools: 'mcpgw lists every tool of a backend; take it out',
  disabledTools: 'mcpgw lists every tool of a backend; take it out, and keep it in the settings of the client',
  includeTools: 'mcpgw lists every tool of a backend; take it out',
  excludeTools: 'mcpgw lists every tool of a backend; take it out, and keep it in the settings of the client',
  description: 'what a backend is for it says itself; write a // comment',
  name: 'the name of a backend is the key before its { }',
}
