// JSON with comments and trailing commas, with the place of everything in it. Used where JSON.parse has failed, and to say where a mistake is.

import { findNodeAtLocation, parseTree, type JSONPath, type Node, type ParseError } from 'jsonc-parser'

export interface Mistake {
  readonly offset: number
  readonly message: string
}

export interface Document {
  readonly value: unknown
  readonly mistakes: readonly Mistake[]
  /** Where the value at `path` stands; its parent's place when it is not there. */
  at(path: JSONPath): number
}

/** Reads the whole text, as far as it goes. */
export function parse(text: string): Document {
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true })
  const mistakes = errors.map(({ error, offset }) => ({ offset, message: words[error] ?? 'this is no JSON' }))
  const value = root && valueOf(root, again => mistakes.push(again))
  return { value, mistakes: mistakes.sort((one, other) => one.offset - other.offset), at: path => offsetOf(root, path) }
}

/** The line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++
  return line
}

/** jsonc-parser's own loses a member named __proto__ and does not tell of one that is there twice. */
function valueOf(node: Node, twice: (mistake: Mistake) => void): unknown {
  if (node.type === 'array') return node.children!.map(child => valueOf(child, twice))
  if (node.type !== 'object') return node.value
  const object: Record<string, unknown> = {}
  for (const { children } of node.children!) {
    const [key, value] = children as [Node, Node?]
    if (!value) continue
    const name = key.value as string
    if (Object.hasOwn(object, name)) twice({ offset: key.offset, message: `${JSON.stringify(name)} is there twice: keep one of them` })
    Object.defineProperty(object, name, { value: valueOf(value, twice), enumerable: true, configurable: true, writable: true })
  }
  return object
}

function offsetOf(root: Node | undefined, path: JSONPath): number {
  for (let length = path.length; root && length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length))
    if (node) return node.parent?.type === 'property' ? node.parent.offset : node.offset
  }
  return root?.offset ?? 0
}

/** By the numbers of jsonc-parser's ParseErrorCode. */
const words: readonly (string | undefined)[] = [
  undefined,
  'this word is no JSON; text stands in double quotes',
  'this number is not written as JSON writes numbers',
  'the name of a key, in double quotes, is missing here',
  'a value is missing here',
  'a colon is missing here',
  'a comma is missing here',
  'a closing } is missing here',
  'a closing ] is missing here',
  'the settings end before this; what follows is too much',
  'a comment does not belong here',
  'a comment is not closed',
  'a text is not closed: its second double quote is missing',
  'a number is not finished',
  'a \\u in a text must be followed by four hex digits',
  'a text has a \\ before a letter that needs none; a backslash itself is written \\\\',
  'a text has a character that JSON does not take as it is, such as a line break',
]
