// What has changed in a tool's definition, as lines for a person. A sentence is a line, so that one more sentence is one more line; blanks that would
// push something out of sight are counted, not shown.

import { structuredPatch } from 'diff'

/** A line of a difference: taken away, added, or there for orientation. */
export interface DifferenceLine {
  readonly kind: 'was' | 'is' | 'same'
  readonly text: string
}

const CONTEXT = 2
const LONG = 160

/** The difference of two definitions, wire text; without the first one all of the second is new. */
export function difference(was: string | undefined, is: string): DifferenceLine[] {
  const { hunks } = structuredPatch('', '', was === undefined ? '' : readable(was), readable(is), '', '', { context: CONTEXT })
  return hunks.flatMap(({ lines }, index): DifferenceLine[] => [
    ...(index === 0 ? [] : [{ kind: 'same', text: '...' } as const]),
    ...lines
      .filter(line => !line.startsWith('\\'))
      .map(line => ({ kind: line[0] === '-' ? 'was' : line[0] === '+' ? 'is' : 'same', text: line.slice(1) }) as const),
  ])
}

/** A definition as lines: first what the model reads, then the schemas. */
export function readable(definition: string): string {
  const { name, title, description, annotations, inputSchema, outputSchema } = JSON.parse(Buffer.from(definition, 'latin1').toString('utf8')) as Record<
    string,
    unknown
  >
  const parts = Object.entries({ name, title, description, annotations, inputSchema, outputSchema }).filter(([, value]) => value !== undefined)
  return parts.map(([key, value]) => `${key}:${typeof value === 'string' ? sentences(value) : ` ${values(value)}`}\n`).join('')
}

const values = (value: unknown): string => JSON.stringify(value, undefined, 2).replace(/(?<=[^\s]) {9,}/g, blanks)

function sentences(text: string): string {
  const lines = text
    .replace(/ {9,}/g, blanks)
    .replace(/(?:\r?\n[ \t]*){4,}/g, gap => `\n[${gap.split('\n').length - 1} empty lines]\n`)
    .split(/\r?\n|(?<=[.!?;]) +/)
    .flatMap(wrapped)
  return lines.length === 1 ? ` ${lines[0]!}` : lines.map(line => `\n  ${line}`).join('')
}

const blanks = (run: string): string => ` [${run.length} blanks] `

/** A line that is too long to be read is broken at a blank. */
const wrapped = (line: string): string[] => (line.length <= LONG ? [line] : (line.match(new RegExp(`.{1,${LONG}}(?: |$)|.{1,${LONG}}`, 'gsu')) ?? [line]))
