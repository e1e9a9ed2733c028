// A text of settings with one thing in it changed. Comments stay, apart from those inside of what goes; lines that are not concerned stay as they are.
// (jsonc-parser's own edits drop comments beside what they remove and lay out the neighbours anew.)

import { isDeepStrictEqual } from 'node:util'
import { createScanner, findNodeAtLocation, parseTree, type JSONPath, type Node } from 'jsonc-parser'
import { parse } from './jsonc.ts'
import { isObject } from '../lib/objects.ts'

/** Of jsonc-parser's SyntaxKind. */
const COMMA = 5
const COMMENTS: readonly number[] = [12, 13]
const BLANK = 15

/** What a new file starts from. */
export const EMPTY = '{\n  "version": 1,\n  "mcpServers": {}\n}\n'

/** `text` edited so that it says `after`; undefined where that can't be done without guessing. */
export function edited(text: string, after: unknown): string | undefined {
  let result = text.trim() === '' ? EMPTY : text
  const before = parse(result)
  if (before.mistakes.length) return undefined
  for (const difference of differences(before.value, after)) result = applied(result, difference)
  const check = parse(result)
  return check.mistakes.length === 0 && isDeepStrictEqual(check.value, after) ? result : undefined
}

interface Difference {
  readonly path: JSONPath
  /** undefined: it goes. */
  readonly value: unknown
}

function differences(before: unknown, after: unknown, path: JSONPath = []): Difference[] {
  if (isDeepStrictEqual(before, after)) return []
  if (!isObject(before) || !isObject(after)) return [{ path, value: after }]
  const keys = [...Object.keys(before), ...Object.keys(after).filter(key => !Object.hasOwn(before, key))]
  return keys.flatMap(key => {
    if (!Object.hasOwn(after, key)) return [{ path: [...path, key], value: undefined }]
    if (!Object.hasOwn(before, key)) return [{ path: [...path, key], value: after[key] }]
    return differences(before[key], after[key], [...path, key])
  })
}

function applied(text: string, { path, value }: Difference): string {
  const root = parseTree(text, [], { allowTrailingComma: true })!
  const there = findNodeAtLocation(root, path)
  const paper = new Paper(text)
  if (there && value === undefined) remove(paper, there.parent!)
  else if (there) paper.replace(there.offset, end(there), written(value, paper.indentAt(there.offset), paper))
  else insert(paper, findNodeAtLocation(root, path.slice(0, -1))!, path.at(-1) as string, value)
  return paper.done()
}

const end = (node: Node): number => node.offset + node.length

function insert(paper: Paper, object: Node, key: string, value: unknown): void {
  const { text, eol } = paper
  const last = object.children!.at(-1)
  const close = end(object) - 1
  const member = (indent: string) => `${JSON.stringify(key)}: ${written(value, indent, paper)}`
  const oneLine = !text.slice(object.offset, close).includes('\n')
  if (last && oneLine) return paper.replace(end(last), end(last), `, ${JSON.stringify(key)}: ${inline(value)}`)
  if (!last) {
    const outer = paper.indentAt(object.offset)
    const at = object.offset + 1 + text.slice(object.offset + 1, close).trimEnd().length
    return paper.replace(at, close, `${eol}${outer}${paper.step}${member(outer + paper.step)}${eol}${outer}`)
  }
  const comma = paper.commaAfter(end(last))
  const indent = paper.indentAt(last.offset)
  if (comma === undefined) paper.replace(end(last), end(last), ',')
  // Behind a comment on the same line: that one is about the line before.
  const at = paper.restOfLine(comma === undefined ? end(last) : comma + 1, close)
  paper.replace(at, at, `${eol}${indent}${member(indent)}${comma === undefined ? '' : ','}`)
}

function remove(paper: Paper, property: Node): void {
  const { text } = paper
  const siblings = property.parent!.children!
  const before = siblings[siblings.indexOf(property) - 1]
  const comma = paper.commaAfter(end(property))
  if (comma === undefined && before) {
    const theirs = paper.commaAfter(end(before))!
    paper.replace(theirs, theirs + 1, '')
  }
  if (comma !== undefined && text.slice(end(property), comma).trim() !== '') {
    // There is a comment before its comma.
    paper.replace(property.offset, end(property), '')
    return paper.replace(comma, comma + 1, '')
  }
  const from = property.offset
  const to = comma === undefined ? end(property) : comma + 1
  const lineStart = text.lastIndexOf('\n', from - 1) + 1
  const lineEnd = text.indexOf('\n', to)
  const alone = text.slice(lineStart, from).trim() === '' && lineEnd >= 0 && text.slice(to, lineEnd).trim() === ''
  if (alone) paper.replace(lineStart, lineEnd + 1, '')
  else if (comma === undefined) paper.replace(/(?<=\S)[ \t]*$/.exec(text.slice(0, from))?.index ?? from, to, '')
  else paper.replace(from, text[to] === ' ' ? to + 1 : to, '')
}

/** A value as it is written at `indent`: lists of plain values on one line. */
function written(value: unknown, indent: string, paper: Paper): string {
  if (!isObject(value) || Object.keys(value).length === 0) return inline(value)
  const inner = indent + paper.step
  const members = Object.entries(value).map(([key, member]) => `${inner}${JSON.stringify(key)}: ${written(member, inner, paper)}`)
  return `{${paper.eol}${members.join(`,${paper.eol}`)}${paper.eol}${indent}}`
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${inline(member)}`)
  return members.length ? `{ ${members.join(', ')} }` : '{}'
}

/** A text, how it is laid out, and the replacements that wait for it. */
class Paper {
  readonly text: string
  readonly eol: string
  /** One step of indentation. */
  readonly step: string
  readonly #edits: { from: number; to: number; put: string }[] = []

  constructor(text: string) {
    this.text = text
    this.eol = text.includes('\r\n') ? '\r\n' : '\n'
    this.step = /^([ \t]+)"/m.exec(text)?.[1] ?? '  '
  }

  replace(from: number, to: number, put: string): void {
    this.#edits.push({ from, to, put })
  }

  done(): string {
    // From the end; of two at one place, what was put first stands first.
    return this.#edits
      .reverse()
      .sort((one, other) => other.from - one.from)
      .reduce((text, { from, to, put }) => text.slice(0, from) + put + text.slice(to), this.text)
  }

  indentAt(offset: number): string {
    return /^[ \t]*/.exec(this.text.slice(this.text.lastIndexOf('\n', offset - 1) + 1))![0]
  }

  /** Where the comma is that follows, comments apart. */
  commaAfter(offset: number): number | undefined {
    const scanner = createScanner(this.text, true)
    scanner.setPosition(offset)
    return (scanner.scan() as number) === COMMA ? scanner.getTokenOffset() : undefined
  }

  /** The end of the comments that follow on the same line, before `limit`. */
  restOfLine(offset: number, limit: number): number {
    const scanner = createScanner(this.text, false)
    scanner.setPosition(offset)
    let at = offset
    for (let token: number = scanner.scan(); token === BLANK || COMMENTS.includes(token); token = scanner.scan()) {
      if (token !== BLANK) at = scanner.getTokenOffset() + scanner.getTokenLength()
    }
    return Math.min(at, limit)
  }
}
