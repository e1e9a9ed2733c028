// What a call carried, as people read it and as two of them are compared: JSON over many lines, with its numbers digit for digit, and texts of
// several lines as such. What was cut off is no JSON any more, and is shown as it stands.

import type { StoredPayload } from '../store/stored.ts'
import { bytes, count } from '../lib/amounts.ts'
import type { Context } from './context.ts'
import { line } from './print.ts'

export const titles: Readonly<Record<StoredPayload['part'], string>> = { arguments: 'arguments', edited: 'arguments as they were edited', result: 'result' }

/** A part under its title. */
export function showPart(context: Context, { part, text, bytes: size, redactions, cut }: StoredPayload): void {
  const what = [bytes(size), redactions > 0 && `${count(redactions, 'secret')} redacted`, cut && 'only the beginning was kept'].filter(Boolean)
  line(context, { text: `${titles[part]} (${what.join(', ')})`, style: 'dim' })
  for (const one of readable(text)) line(context, `  ${one}`)
}

/** JSON in lines; `sorted`: its members by their names. */
export function readable(json: string, sorted = false): string[] {
  try {
    return lines(JSON.parse(json, exact), '', '', sorted)
  } catch {
    return json.split('\n')
  }
}

/** JSON of which only the beginning is there, in parts that can be compared, each of them whole: what it means nobody can say. */
export const pieces = (json: string): string[] => json.match(/[^,[{\n]*[,[{\n]/g) ?? []

/** A number as its text: 9007199254740993 would be another one. */
class Digits {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const exact = (_: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === 'number' && context?.source !== undefined ? new Digits(context.source) : value

function lines(value: unknown, before: string, after: string, sorted: boolean): string[] {
  if (value instanceof Digits) return [`${before}${value.text}${after}`]
  if (typeof value === 'string' && value.includes('\n')) return [`${before}|`, ...value.replace(/\n$/, '').split('\n').map(indented)]
  if (typeof value !== 'object' || value === null) return [`${before}${JSON.stringify(value)}${after}`]
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  const members: [string, unknown][] = Array.isArray(value)
    ? value.map(one => ['', one])
    : Object.entries(value).map(([key, one]): [string, unknown] => [`${JSON.stringify(key)}: `, one])
  if (sorted && !Array.isArray(value)) members.sort(([one], [other]) => (one < other ? -1 : 1))
  if (members.length === 0) return [`${before}${open}${close}${after}`]
  const inner = members.flatMap(([name, one], index) => lines(one, name, index < members.length - 1 ? ',' : '', sorted))
  return [`${before}${open}`, ...inner.map(indented), `${close}${after}`]
}

const indented = (text: string): string => `  ${text}`
