// What a yes is bound to, out of a call: what it means, not how it was written. Whatever can't be said for sure is a no: arguments in which a name
// stands twice, that are nested without end, or too much for a person to read.

import { hash } from 'node:crypto'
import { canonical, canonicalOf, exactly } from '../lib/canonical.ts'
import { member, members } from '../rpc/spans.ts'
import { fromWire } from '../rpc/wire.ts'
import type { Binding } from './approval.ts'
import { at, repeated } from './conditions.ts'
import type { Call, Decision } from './types.ts'
import { shownAs } from './uris.ts'

/** Nobody reads more than that before saying yes. */
const LONGEST = 256 * 1024

const digest = (text: string): string => hash('sha256', text)

/** The one who asks, as an approval names the client. */
export const clientNameOf = ({ origin: { client } }: Call): string => client.id ?? client.name

/** The binding of a call that this rule asks about; a sentence where there can be none. `definition` is what its backend says of the tool, `config` how
 *  that is configured. */
export function bindingOf(call: Call, question: Decision & { kind: 'ask' }, definition: string, config: string | undefined): Binding | string {
  const { argumentsText, origin } = call
  const beside = call.beside?.(true) ?? ''
  const bytes = argumentsText.length + beside.length
  if (bytes > LONGEST) return `what it brings along is ${bytes} bytes, too many for a person to read`
  if (config === undefined) return `"${call.backend}" is not in the settings any more`
  const twice = repeated(argumentsText)
  if (twice !== undefined) return `"${twice}" stands twice in its arguments`
  const besideTwice = repeated(beside)
  if (besideTwice !== undefined) return `"${besideTwice}" stands twice in what it brings along`
  const shown = shownAs(call.method, call.target)
  try {
    return {
      org: origin.principal.org,
      principal: origin.principal.id,
      client: clientNameOf(call),
      backend: call.backend,
      config,
      method: call.method,
      target: shown,
      schemaHash: togetherHash(schemaHash(definition), shown === call.target ? '' : call.target, beside),
      argumentsHash: digest(argumentsText.length === 0 ? '' : canonical(fromWire(argumentsText))),
      rule: question.by,
    }
  } catch {
    return 'its arguments can not be read'
  }
}

/** Of a URI with a secret only a hash is kept, and a yes is for this one; so is what comes beside the arguments, also for an answer that is remembered. */
function togetherHash(schema: string, uri: string, beside: string): string {
  const withUri = uri === '' ? schema : digest(`${uri}\n${schema}`)
  return beside === '' ? withUri : digest(`${canonical(fromWire(beside))}\n${withUri}`)
}

/** Of a tool the schema of its arguments, of a prompt all that is said of it; a resource has neither. */
function schemaHash(definition: string): string {
  const schema = member(members(definition, 0), 'inputSchema')
  const text = schema ? definition.slice(schema.start, schema.end) : definition
  return text === '' ? '' : digest(canonical(fromWire(text)))
}

/** The hash of what stands at a place in these arguments (JSON text); of a place that is not there another than of any value. */
export function hashesAt(argumentsText: string): (path: string) => string {
  const value = argumentsText === '' ? undefined : exactly(argumentsText)
  return path => {
    const found = at(value, path)
    return digest(found === undefined ? '' : canonicalOf(found))
  }
}
