// What came of a call, as a person reads it and as a script tests it. What a tool says is text from outside: a terminal gets it escaped.

import { faults, type FaultCode } from '../gateway/faults.ts'
import type { Ended } from '../rpc/requests.ts'
import { cut, fromWire, read } from '../rpc/wire.ts'
import { escapes, safe } from '../lib/safe.ts'
import { bytes } from '../lib/amounts.ts'
import type { Context } from './context.ts'
import { complain } from './print.ts'

interface Content {
  readonly type?: unknown
  readonly text?: unknown
  readonly mimeType?: unknown
  readonly data?: unknown
  readonly uri?: unknown
  readonly name?: unknown
  readonly resource?: Content & { readonly blob?: unknown }
}

interface Result {
  readonly content?: readonly Content[]
  readonly structuredContent?: unknown
  readonly isError?: unknown
  readonly _meta?: { readonly 'mcpgw/fault'?: { readonly code?: unknown } }
}

/** Prints how a call ended; gives the exit code that says it. */
export function show(context: Context, ended: Ended, asJson: boolean): number {
  if (ended.kind !== 'reply') {
    complain(context, { message: lost(ended), hints: [] })
    return 1
  }
  const { wire, body, error } = ended.reply
  const text = cut(wire, body.start, body.end)
  if (asJson) {
    const raw = fromWire(text)
    context.out.write(`${context.out.isTTY ? safe(raw, { escape: escapes.json }) : raw}\n`)
  }
  const value = read(text)
  if (!asJson && error) complain(context, { message: String((value as { message?: unknown }).message), hints: [] })
  if (!asJson && !error) write(context, value as Result)
  return exitOf(ended)
}

/** Whether it was we who said no, or could not. */
export function isOurs(ended: Ended): boolean {
  if (ended.kind !== 'reply') return true
  const { wire, body, error } = ended.reply
  const value = read(cut(wire, body.start, body.end)) as Result & { readonly data?: { readonly code?: unknown } }
  return (error ? value.data?.code : value._meta?.['mcpgw/fault']?.code) !== undefined
}

/** The exit code that says how a call ended. What is no fault of ours is a tool that failed: 1. */
export function exitOf(ended: Ended): number {
  if (ended.kind !== 'reply') return 1
  const { wire, body, error } = ended.reply
  const value = read(cut(wire, body.start, body.end)) as Result & { readonly data?: { readonly code?: unknown } }
  const code = error ? value.data?.code : value._meta?.['mcpgw/fault']?.code
  if (!error && value.isError !== true) return 0
  return typeof code === 'string' && Object.hasOwn(faults, code) ? faults[code as FaultCode].exit : 1
}

function lost(ended: Exclude<Ended, { kind: 'reply' }>): string {
  if (ended.kind === 'timeout') return `no answer within ${ended.ms / 1000} s. The call was cancelled; it may have been executed.`
  if (ended.kind === 'oversize') return `the answer of ${bytes(ended.bytes)} is over the limit of one message`
  return ended.kind === 'cancelled' ? 'cancelled' : ended.failure.reason
}

function write(context: Context, { content, structuredContent, isError, _meta }: Result): void {
  const blocks = (Array.isArray(content) ? content : []).map(textOf)
  if (blocks.length === 0 && structuredContent !== undefined) blocks.push(JSON.stringify(structuredContent, undefined, 2))
  if (isError === true && _meta?.['mcpgw/fault']) return complain(context, { message: blocks.join('\n'), hints: [] })
  for (const block of blocks) {
    const shown = context.out.isTTY ? safe(block, { multiline: true }) : block
    context.out.write(shown.endsWith('\n') ? shown : `${shown}\n`)
  }
}

/** One block of content; what is no text is told by what it is. */
function textOf({ type, text, mimeType, data, uri, name, resource }: Content): string {
  if (typeof text === 'string') return text
  if (type === 'resource' && resource)
    return typeof resource.text === 'string' ? resource.text : `[${told(resource.uri, resource.mimeType, sizeOf(resource.blob))}]`
  if (type === 'resource_link') return `[${told('link', name, uri, mimeType)}]`
  return `[${told(type, mimeType, sizeOf(data))}]`
}

const told = (...parts: readonly unknown[]): string => parts.filter(part => typeof part === 'string' && part !== '').join(', ')

/** Of what is written in base64. */
const sizeOf = (data: unknown): string => (typeof data === 'string' ? bytes(Math.floor((data.length * 3) / 4)) : '')
