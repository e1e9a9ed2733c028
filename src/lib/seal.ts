// What is kept sealed: tokens, secrets, waiting arguments. AES-256-GCM; each text has a nonce of its own and is bound to what it is about, so that
// a sealed text that was moved to another row does not open there. What does not open is no text: nothing here throws for what it is given.

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** The first byte; another way to seal gets another one. */
const VERSION = 1
const NONCE = 12
const TAG = 16
export const KEY_BYTES = 32

export class Seal {
  /** Says which key it is and nothing of it. */
  readonly fingerprint: string
  readonly #key: Buffer

  constructor(key: Buffer) {
    if (key.length !== KEY_BYTES) throw new TypeError(`a key has ${KEY_BYTES} bytes`)
    const derived = (use: string, bytes: number) => Buffer.from(hkdfSync('sha256', key, '', `mcpgw ${use}`, bytes))
    this.#key = derived('seal', KEY_BYTES)
    this.fingerprint = derived('fingerprint', 8).toString('hex')
  }

  /** `about` names the one place where the text may stand: a table and a row's key. */
  seal(text: string, about: string): string {
    const nonce = randomBytes(NONCE)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: TAG })
    cipher.setAAD(Buffer.from(`${VERSION}\n${about}`))
    const sealed = [cipher.update(text, 'utf8'), cipher.final()]
    return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), ...sealed]).toString('base64url')
  }

  /** The text; undefined where this key has not sealed it for this place, or a byte of it differs. */
  open(sealed: string, about: string): string | undefined {
    const bytes = Buffer.from(sealed, 'base64url')
    const [nonce, tag, rest] = [bytes.subarray(1, 1 + NONCE), bytes.subarray(1 + NONCE, 1 + NONCE + TAG), bytes.subarray(1 + NONCE + TAG)]
    if (bytes[0] !== VERSION || tag.length !== TAG) return undefined
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: TAG })
      decipher.setAAD(Buffer.from(`${VERSION}\n${about}`))
      decipher.setAuthTag(tag)
      return Buffer.concat([decipher.update(rest), decipher.final()]).toString('utf8')
    } catch {
      return undefined
    }
  }
}
