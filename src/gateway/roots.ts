// Where a client works, as it tells the backends that ask it for its roots.

import type { Reply } from '../rpc/reply.ts'
import { withoutSecrets } from './uris.ts'

/** Nothing that is meant is longer. */
const LONGEST = 4096

/** The first root, of a file its path; nothing where there is none. */
export function rootOf({ value, error }: Reply): string | undefined {
  const roots: unknown = error ? undefined : value['roots']
  const first: unknown = Array.isArray(roots) ? roots[0] : undefined
  const uri: unknown = typeof first === 'object' && first !== null ? (first as { uri?: unknown }).uri : undefined
  if (typeof uri !== 'string' || uri === '' || uri.length > LONGEST) return undefined
  const [, path] = /^file:\/\/(?:localhost)?(\/[^?#]*)/i.exec(uri) ?? []
  return path === undefined ? withoutSecrets(uri) : pathOf(path)
}

function pathOf(encoded: string): string {
  try {
    return decodeURIComponent(encoded).replace(/^\/(?=[a-z]:)/i, '')
  } catch {
    return encoded
  }
}
