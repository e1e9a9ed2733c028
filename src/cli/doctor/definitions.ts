// Definitions of tools that a person should look at: what waits for a decision, and what is suspicious.

import { written } from '../../gateway/instructions.ts'
import { INSTRUCTIONS, pinName } from '../../gateway/names.ts'
import { cut } from '../../gateway/prefaces.ts'
import type { Lists } from '../../gateway/types.ts'
import type { StoredPin } from '../../store/pins.ts'
import { suspicionOf } from '../suspicions.ts'
import { worthKnowing, type Finding } from './finding.ts'

const SOME = 5

/** Of what one backend offers. `held` are its tools that are not simply pinned. */
export function definitions(backend: string, { tools, instructions }: Lists, held: readonly StoredPin[]): Finding[] {
  const said = instructions ? [{ key: INSTRUCTIONS, text: written(cut(instructions)) }] : []
  const found = [...said, ...tools].flatMap(({ key, text }) => {
    const { state, because } = suspicionOf(
      key,
      text,
      // Where a tool is held for its looks alone nobody need have kept that.
      held.find(({ tool }) => tool === key) ?? (key === INSTRUCTIONS ? { state: 'pinned' } : undefined),
    )
    if (because.length === 0 || state === 'refused') return []
    const name = pinName(backend, key)
    const what = key === INSTRUCTIONS ? 'what it tells the model' : `the tool ${name}`
    if (state === 'pinned') return [worthKnowing(backend, `${what} looks suspicious: ${because.join('; ')}`, 'look at it: mcpgw pins')]
    return [worthKnowing(backend, `${what} waits for you: ${because.join('; ')}`, `see: mcpgw pins diff ${name}; then: mcpgw pins accept ${name}, or refuse`)]
  })
  if (found.length <= SOME) return found
  return [...found.slice(0, SOME), worthKnowing(backend, `${found.length - SOME} more of its tools should be looked at`, 'see: mcpgw pins')]
}
