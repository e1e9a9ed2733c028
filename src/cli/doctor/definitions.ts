// Definitions of tools that a person should look at: what waits for a decision, and what is suspicious.

import { publicName } from '../../gateway/names.ts'
import type { Lists } from '../../gateway/types.ts'
import type { StoredPin } from '../../store/pins.ts'
import { suspicionOf } from '../suspicions.ts'
import { worthKnowing, type Finding } from './finding.ts'

const SOME = 5

/** Of what one backend offers. `held` are its tools that are not simply pinned. */
export function definitions(backend: string, { tools }: Lists, held: readonly StoredPin[]): Finding[] {
  const found = tools.flatMap(({ key, text }) => {
    const { state, because } = suspicionOf(
      key,
      text,
      held.find(({ tool }) => tool === key),
    )
    if (because.length === 0 || state === 'refused') return []
    const name = publicName(backend, key)
    if (state === 'pinned') return [worthKnowing(backend, `the tool ${name} looks suspicious: ${because.join('; ')}`, 'look at it: mcpgw pins')]
    return [
      worthKnowing(
        backend,
        `the tool ${name} waits for you: ${because.join('; ')}`,
        `see: mcpgw pins diff ${name}; then: mcpgw pins accept ${name}, or refuse`,
      ),
    ]
  })
  if (found.length <= SOME) return found
  return [...found.slice(0, SOME), worthKnowing(backend, `${found.length - SOME} more of its tools should be looked at`, 'see: mcpgw pins')]
}
