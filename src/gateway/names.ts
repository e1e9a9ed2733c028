// Public names: made from (backend, name) alone, so they never depend on which other backends exist or are up. Names are looked up, never split.
// Source: the contract, §4.

import { sha256 } from '../lib/sha256.ts'

/** The prefix of a backend's public names, from its key in mcpServers. */
export function prefixOf(backend: string): string {
  if (/^[a-z0-9-]{1,16}$/.test(backend)) return backend
  const plain = backend.toLowerCase().replace(/[^a-z0-9-]+/g, '-')
  return `${plain.slice(0, 11)}-${sha256(backend).slice(0, 4)}`
}

/** The public name of a backend's tool or prompt. */
export function publicName(backend: string, name: string): string {
  const whole = `${prefixOf(backend)}__${name}`
  if (/^[A-Za-z0-9_-]{1,50}$/.test(whole)) return whole
  return `${whole.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 43)}_${sha256(`${backend}\0${name}`).slice(0, 6)}`
}

/** In the place of a tool's name: what a backend tells the model before anything is asked of it. */
export const INSTRUCTIONS = ':instructions'

/** What people call a pin: a tool by its public name, instructions by one that no tool has. */
export const pinName = (backend: string, tool: string): string => (tool === INSTRUCTIONS ? `${prefixOf(backend)}${tool}` : publicName(backend, tool))

/** The public form of a URI that another backend offered first. */
export const publicUri = (backend: string, uri: string): string => `mcpgw+${prefixOf(backend)}:${uri}`
