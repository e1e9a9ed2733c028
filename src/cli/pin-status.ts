// A pin for people and programs: what it is held to, what is offered instead, what is suspicious about that.

import type { PinStatus } from '../api/port.ts'
import { INSTRUCTIONS, pinName } from '../gateway/names.ts'
import { about, marksOf } from '../gateway/scan.ts'
import type { StoredPin } from '../store/pins.ts'
import { difference } from './difference.ts'

export function statusOf({ backend, tool, state, accepted, offered, why, firstAt, offeredAt, decidedAt, decidedBy }: StoredPin): PinStatus {
  const definition = (offered ?? accepted)!.text
  return {
    name: pinName(backend, tool),
    ...{ backend, tool, state, why, firstAt, offeredAt, decidedAt, decidedBy },
    ...(tool === INSTRUCTIONS && { instructions: true as const }),
    marks: marksOf(definition).map(({ kind, words }) => ({ kind, about: about[kind], words })),
    accepted: accepted?.hash,
    ...(offered && { offered: offered.hash, difference: difference(accepted?.text, offered.text) }),
  }
}
