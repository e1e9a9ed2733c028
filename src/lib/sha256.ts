// SHA-256 of short texts, in JavaScript: the names and settings that a start has to hash are done before node:crypto would be loaded, which takes
// a sixth of the way to a remembered list. What is long, or many, is node:crypto's.

import { hmac } from '@noble/hashes/hmac.js'
import { sha256 as algorithm } from '@noble/hashes/sha2.js'

const bytes = (text: string): Uint8Array => Buffer.from(text)
const hex = (digest: Uint8Array): string => Buffer.from(digest.buffer, digest.byteOffset, digest.length).toString('hex')

/** Of the text as UTF-8, in hex. */
export const sha256 = (text: string): string => hex(algorithm(bytes(text)))

/** The same keyed (HMAC): what hashes texts under this key. */
export function keyed(key: string): (text: string) => string {
  const begun = hmac.create(algorithm, bytes(key))
  return text => hex(begun.clone().update(bytes(text)).digest())
}
