// Acts that are asked once more before they are done, for what they do can not be taken back.

import type { BackendStatus } from '../gateway/types.ts'
import { tell, waitsFor, type Effect, type Model } from './model.ts'
import { unreadOf } from './questions.ts'

/** Starts, stops or restarts the backend that is chosen. */
export function steered(model: Model, action: 'start or stop' | 'restart'): readonly Effect[] {
  const { chosen } = model
  if (chosen?.kind !== 'backend' || chosen.gateway === undefined) return []
  const { gateway, backend } = chosen
  const rests = ['stopped', 'waiting', 'parked', 'open'].includes(backend.state)
  const verb = action === 'restart' ? 'restart' : rests ? 'start' : 'stop'
  const effect: Effect = { kind: 'act', gateway, backend: backend.name, verb }
  const all = model.items.flatMap(one => (one.kind === 'backend' && one.gateway === gateway && one.backend.name === backend.name ? one.backend : []))
  const clients = all.length > 1 ? ` for all ${all.length} sessions of this gateway` : ''
  if (verb === 'start') return [effect]
  model.prompt = { kind: 'confirm', question: `${verb} "${backend.name}"${clients}?${inFlight(all)}`, sinceAt: model.now, effect }
  return []
}

/** What is asked once more before it is done. */
export function confirmed(model: Model, action: 'replay' | 'accept' | 'decline'): readonly Effect[] {
  const { chosen, now: sinceAt } = model
  if (chosen?.kind === 'call') {
    const question = `make this call of ${chosen.target} again? What it does it does again.`
    model.prompt = { kind: 'confirm', question, sinceAt, effect: { kind: 'run', text: `replay ${chosen.key}` } }
  } else if (chosen?.kind === 'tool' && waitsFor(chosen.pin)) {
    const decision = action === 'accept' ? 'accept' : 'refuse'
    const unread = decision === 'accept' ? unreadOf(model, model.pane?.read?.lines ?? 0) : undefined
    if (unread !== undefined) {
      tell(model, unread, 'warn')
      return []
    }
    const deciding = { decision, offered: { [chosen.key]: chosen.pin!.offered! } } as const
    model.prompt = {
      kind: 'confirm',
      question: `${decision} what has changed of ${chosen.key}?`,
      sinceAt,
      effect: { kind: 'decide', name: chosen.key, deciding },
    }
  }
  return []
}

function inFlight(all: readonly BackendStatus[]): string {
  const many = all.reduce((sum, one) => sum + one.inFlight, 0)
  return many > 0 ? ` ${many === 1 ? 'A call' : `${many} calls`} in flight there will fail.` : ''
}
