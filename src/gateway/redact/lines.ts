// Secrets in text that comes in pieces: only whole lines go on, for a secret may be cut in two, and a private key has many lines.

import { redactText } from './text.ts'
import { mark } from './values.ts'

/** A longer line goes on in parts. */
const LONGEST = 64 * 1024

const begins = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/g
const ends = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY[^\n]*\n?/

export class RedactedLines {
  #rest = ''
  #inKey = false

  /** The lines that are whole now, without their secrets. */
  push(text: string): string {
    const all = this.#rest + text
    const end = all.length > LONGEST && !all.includes('\n') ? all.length : all.lastIndexOf('\n') + 1
    this.#rest = all.slice(end)
    return this.#clean(all.slice(0, end))
  }

  /** What is left when nothing more comes. */
  end(): string {
    const rest = this.#rest
    this.#rest = ''
    return this.#clean(rest)
  }

  #clean(lines: string): string {
    if (this.#inKey) {
      const found = ends.exec(lines)
      if (!found) return ''
      this.#inKey = false
      lines = lines.slice(found.index + found[0].length)
    }
    const begun = lines.includes('-----BEGIN') ? [...lines.matchAll(begins)].at(-1) : undefined
    if (begun && !ends.test(lines.slice(begun.index))) {
      this.#inKey = true
      return `${redactText(lines.slice(0, begun.index)).text}${mark('private-key')}\n`
    }
    return redactText(lines).text
  }
}
