// A call's frames as far as they are on record, a line of JSON each: method, params and result as they were kept. Their ids, `_meta` and whatever else
// stood in them are not kept; the member `mcpgw/record` of each line says so, and what of the rest was redacted, cut or not kept.

import type { StoredCall, WholeCall } from '../api/client.ts'

type Payload = WholeCall['payloads'][number]

const named = new Set(['tools/call', 'prompts/get'])

/** The request, the request as a person has changed it, and the answer. */
export function framesOf(call: StoredCall & Pick<WholeCall, 'payloads'>): string[] {
  const part = (name: Payload['part']) => call.payloads.find(one => one.part === name)
  const at = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString())
  const frames = [
    request(call, call.target, part('arguments'), call.argumentsBytes > 0, { frame: 'request', of: 'client', call: call.id, at: at(call.startedAt) }),
  ]
  if (call.decision.edited !== undefined || part('edited'))
    frames.push(request(call, call.name, part('edited'), true, { frame: 'request', to: call.backend, call: call.id, changed: 'by a person' }))
  return [...frames, answer(call, part('result'), { frame: 'answer', call: call.id, at: at(call.settledAt) })]
}

const lost = 'id, _meta and other members'

function request({ method, target }: StoredCall, name: string, kept: Payload | undefined, any: boolean, about: object): string {
  const whole = kept && wholeOf(kept)
  const record = { ...about, notKept: lost, ...(any && marksOf(kept, whole, 'arguments')) }
  // What calls no tool by its name is kept with all that it brought along.
  if (!named.has(method) && method !== 'resources/read')
    return frame(`"method":${JSON.stringify(method)}${whole === undefined ? '' : `,"params":${whole}`}`, record)
  const first = named.has(method) ? `"name":${JSON.stringify(name)}` : `"uri":${JSON.stringify(target)}`
  return frame(`"method":${JSON.stringify(method)},"params":{${first}${whole === undefined ? '' : `,"arguments":${whole}`}}`, record)
}

function answer({ outcome }: StoredCall, kept: Payload | undefined, about: object): string {
  const whole = kept && wholeOf(kept)
  if (!outcome) return frame('', { ...about, notKept: 'all of it: the call is not settled' })
  if (!kept && outcome.fault !== undefined) {
    const { fault, message } = outcome
    return frame('', { ...about, notKept: 'all of it: this answer was written by mcpgw', fault, message })
  }
  const record = { ...about, notKept: lost, ...marksOf(kept, whole, 'result') }
  return frame(whole === undefined ? '' : `${outcome.isError && !isResult(whole) ? '"error"' : '"result"'}:${whole}`, record)
}

/** An answer that is an error is one of the protocol where it does not say of itself that it is a tool's. */
const isResult = (text: string): boolean => (JSON.parse(text) as { isError?: unknown } | null)?.isError === true

const frame = (members: string, record: object): string => `{"jsonrpc":"2.0",${members === '' ? '' : `${members},`}"mcpgw/record":${JSON.stringify(record)}}`

/** What must be known of a part to take it for what it is. */
function marksOf(kept: Payload | undefined, whole: string | undefined, what: string): object {
  if (!kept) return { [what]: 'not kept' }
  const { bytes, redactions, text } = kept
  return {
    ...(redactions > 0 && { redacted: redactions }),
    ...(whole === undefined && { [what]: `only the beginning of ${bytes} bytes is kept`, begins: text }),
  }
}

/** Outside of strings. */
const space = /("(?:[^"\\]|\\.)*")|\s+/g

/** On one line, its digits and escapes as they are; undefined where only the beginning is there. */
function wholeOf({ text, cut }: Payload): string | undefined {
  if (cut) return undefined
  try {
    JSON.parse(text)
    return text.replace(space, '$1')
  } catch {
    return undefined
  }
}
