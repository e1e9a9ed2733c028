// What a tool may do, as its backend says of it. Nobody has checked that: it helps a person to look closer, and decides nothing.

import type { RiskStatus } from '../api/port.ts'

/** Of its definition, JSON text; nothing where there is none. */
export function riskOf(definition: string): RiskStatus | undefined {
  if (definition === '') return undefined
  const { annotations } = JSON.parse(definition) as { annotations?: unknown }
  const says = typeof annotations === 'object' && annotations !== null ? (annotations as Record<string, unknown>) : {}
  const beyond = says['openWorldHint'] === true ? ', and reaches out beyond it' : ''
  if (says['readOnlyHint'] === true) return { kind: 'reads', says: `its backend says that it only reads${beyond}` }
  if (says['destructiveHint'] === true) return { kind: 'destroys', says: `its backend says that it may overwrite or destroy${beyond}` }
  if (says['destructiveHint'] === false) return { kind: 'adds', says: `its backend says that it only adds${beyond}` }
  return { kind: 'unknown', says: `its backend does not say what it may do: take it that it overwrites or destroys${beyond}` }
}
