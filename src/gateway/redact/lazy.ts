// The redactor for those who are loaded at a start: no first answer needs it, so it is loaded when something is first to be redacted.

export type Redactor = typeof import('./redact.ts')

let loaded: Redactor | undefined

export const redactor = (): Redactor | Promise<Redactor> => loaded ?? import('./redact.ts').then(one => (loaded = one))

/** A text without its secrets. */
export async function redacted(text: string): Promise<string> {
  return (await redactor()).redactText(text).text
}
