// What a key does, in the place where it was pressed.

import { confirmed, steered } from './confirm.ts'
import { questionOf } from './held.ts'
import { cursorOf, settle } from './list.ts'
import { actionOf, withheld, type Action } from './keys.ts'
import { bodyRows, isSplit, tabs, tell, type Effect, type Item, type Model, type Pane } from './model.ts'
import { prompted } from './prompt.ts'
import { answered } from './questions.ts'
import { contentOf } from './screen.ts'
import { shown } from './show.ts'
import { copied, exported } from './taken.ts'

const LATE_MS = 10_000

/** Folds a key into the model. */
export function keyed(model: Model, key: string): readonly Effect[] {
  if (model.prompt) return prompted(model, [...key].length === 1 ? key : { key })
  const action = actionOf(model, key)
  if (action === undefined) {
    const why = withheld(model, key)
    if (why !== undefined) tell(model, why, 'warn')
    return []
  }
  const effects = model.pane ? scrolled(model, action) : acted(model, action)
  settle(model)
  return effects
}

const steps = (model: Model): Partial<Record<Action, number>> => {
  const half = Math.max(1, Math.floor(bodyRows(model) / 2))
  return { down: 1, up: -1, 'page down': half, 'page up': -half, top: -Infinity, bottom: Infinity }
}

/** In a pane keys scroll. */
function scrolled(model: Model, action: Action): readonly Effect[] {
  const step = steps(model)[action]
  if (step === undefined) return acted(model, action)
  const pane = model.pane!
  const most = Math.max(0, contentOf(model).length - bodyRows(model))
  pane.top = Math.min(most, Math.max(0, pane.top + step))
  return []
}

function acted(model: Model, action: Action): readonly Effect[] {
  const step = steps(model)[action]
  if (step !== undefined) return moved(model, step)
  if (action.startsWith('view ')) return shown(model, tabs.find(({ digit }) => digit === action.slice(5))?.view)
  switch (action) {
    case 'next view':
    case 'last view': {
      const at = tabs.findIndex(({ view }) => view === model.view) + (action === 'next view' ? 1 : -1)
      return shown(model, tabs.at(at % tabs.length)!.view)
    }
    case 'open':
      model.follow = false
      asked(model)
      model.pane = { kind: 'detail', top: 0 }
      if (model.chosen?.kind === 'approval') model.question = { id: model.chosen.key, sinceAt: model.now, seen: 0 }
      return looked(model, model.chosen)
    case 'back':
      if (model.pane) model.pane = uncovered(model)
      else model.filters[model.view] = ''
      return []
    case 'filter':
      model.prompt = { kind: 'filter', text: model.filters[model.view] ?? '' }
      return []
    case 'command':
      model.prompt = { kind: 'command', text: '', choices: [] }
      return [{ kind: 'complete', text: '' }]
    case 'help':
      model.pane = { kind: 'help', top: 0, under: model.pane }
      return []
    case 'copy':
      return copied(model)
    case 'export':
      return exported(model)
    case 'follow':
      model.follow = true
      model.pausedAt = undefined
      return []
    case 'pause':
      model.pausedAt = model.pausedAt === undefined ? model.calls.last : undefined
      return []
    case 'sort':
      model.byName = !model.byName
      return []
    case 'start or stop':
    case 'restart':
      return steered(model, action)
    case 'replay':
    case 'accept':
    case 'decline':
      return confirmed(model, action)
    case 'raw':
      if (model.pane) Object.assign(model.pane, { raw: !model.pane.raw, top: 0 })
      return []
    case 'suspend':
      return [{ kind: 'suspend' }]
    case 'quit':
      return [{ kind: 'quit' }]
    default:
      return answered(model, action)
  }
}

/** A call that waits for a person is on record only when it goes on: its question says all that is known of it. */
function asked(model: Model): void {
  const { chosen } = model
  const question = chosen?.kind === 'call' && chosen.outcome === undefined ? questionOf(model, chosen.key) : undefined
  if (!question) return
  model.view = 'approvals'
  model.filters.approvals = ''
  cursorOf(model).key = question.id
  settle(model)
}

/** What a pane was opened over. A question comes into sight anew; when it was forgotten meanwhile, another one does not take its place. */
function uncovered({ pane, question, chosen, now, view }: Model): Pane | undefined {
  const under = pane?.under
  if (under?.kind !== 'detail' || view !== 'approvals') return under
  if (question === undefined || question.id !== chosen?.key) return undefined
  Object.assign(question, { sinceAt: now })
  return under
}

function moved(model: Model, step: number): readonly Effect[] {
  const cursor = cursorOf(model)
  cursor.at = Math.min(Math.max(0, model.items.length - 1), Math.max(0, cursor.at + step))
  cursor.key = model.items[cursor.at]?.key
  if (model.view === 'activity') model.follow = step === Infinity
  settle(model)
  return isSplit(model) ? looked(model, model.chosen) : []
}

/** What a pane about this needs; a call that is over and on record stays what it is. */
export function looked({ record, now }: Model, item: Item | undefined): readonly Effect[] {
  if (item?.kind === 'backend') return [{ kind: 'stderr', backend: item.backend.name }]
  if (item?.kind !== 'call') return []
  const call = record?.id === item.key ? record.call : undefined
  // What it carried is on record a moment after its end.
  const whole = call?.outcome && (call.payloads.length > 0 || now - (call.settledAt ?? 0) > LATE_MS)
  return whole ? [] : [{ kind: 'record', id: item.key }]
}
