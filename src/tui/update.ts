// What has happened, folded into the model: keys, gateways, answers to what was asked. Nothing is done here: what is to be done outside comes
// back as effects. The model is its owner's alone and is folded in place, like the state that it holds.

import type { Event } from '../gateway/events.ts'
import { reduce, type State } from '../gateway/state.ts'
import type { BackendStatus } from '../gateway/types.ts'
import type { ActivityStatus, ApprovalStatus, GatewayStatus, LimitStatus, PinStatus, StoredCall, ToolStatus, WholeCall } from '../api/client.ts'
import { confirmed, steered } from './confirm.ts'
import { cursorOf, settle } from './list.ts'
import { actionOf, type Action } from './keys.ts'
import type { Style } from './line.ts'
import { bodyRows, isSplit, tabs, tell, type Effect, type Item, type Model, type Pane } from './model.ts'
import { prompted } from './prompt.ts'
import { answered, waited } from './questions.ts'
import { contentOf } from './screen.ts'
import { framesOf } from './raw.ts'
import { load, shown } from './show.ts'
import { views } from './views/views.ts'

export type Message =
  | { readonly kind: 'key'; readonly key: string; readonly at?: number }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'size'; readonly columns: number; readonly rows: number }
  | { readonly kind: 'tick'; readonly now: number }
  | { readonly kind: 'gateway'; readonly id: string; readonly pid: number }
  | { readonly kind: 'gone'; readonly id: string }
  | { readonly kind: 'state'; readonly id: string; readonly state: State }
  | { readonly kind: 'events'; readonly id: string; readonly events: readonly Event[] }
  | { readonly kind: 'statuses'; readonly id: string; readonly backends: readonly BackendStatus[] }
  | { readonly kind: 'calls'; readonly calls: readonly StoredCall[] }
  | { readonly kind: 'own'; readonly status: GatewayStatus }
  | { readonly kind: 'approvals'; readonly approvals: readonly ApprovalStatus[] }
  | { readonly kind: 'answered'; readonly id: string }
  | { readonly kind: 'ended'; readonly approval: ApprovalStatus }
  | { readonly kind: 'clear'; readonly id: string; readonly text: string }
  | { readonly kind: 'tools'; readonly tools: readonly ToolStatus[]; readonly pins?: readonly PinStatus[] }
  | { readonly kind: 'limits'; readonly limits: readonly LimitStatus[] }
  | { readonly kind: 'activity'; readonly hour: ActivityStatus; readonly day: ActivityStatus }
  | { readonly kind: 'record'; readonly id: string; readonly call?: WholeCall; readonly problem?: string }
  | { readonly kind: 'stderr'; readonly backend: string; readonly lines: readonly string[] }
  | { readonly kind: 'completed'; readonly text: string; readonly choices: readonly string[] }
  | { readonly kind: 'printed'; readonly text: string }
  | { readonly kind: 'told'; readonly text: string; readonly style?: Style }
  | { readonly kind: 'problem'; readonly text?: string }

/** The log has all of them: `mcpgw log export`. */
const EXPORTED = 1000
const LATE_MS = 10_000

/** Folds one message into the model; gives what is to be done. */
export function update(model: Model, message: Message): readonly Effect[] {
  switch (message.kind) {
    case 'key':
      model.now = Math.max(model.now, message.at ?? model.now)
      settle(model)
      return keyed(model, message.key)
    case 'paste':
      return model.prompt ? prompted(model, message.text.replace(/[\r\n]+/g, ' ')) : []
    case 'size':
      model.size = { columns: message.columns, rows: message.rows }
      return []
    case 'tick':
      return ticked(model, message.now)
    case 'gateway':
      model.gateways.set(message.id, { id: message.id, pid: message.pid })
      return []
    case 'gone':
      model.gateways.delete(message.id)
      return [load('calls')]
    case 'state':
      return stated(model, message.id, message.state)
    case 'events':
      for (const event of message.events) happened(model, message.id, event)
      return message.events.some(({ type }) => type === 'approval.changed') ? [load('approvals')] : []
    case 'statuses': {
      const gateway = model.gateways.get(message.id)
      if (gateway) gateway.backends = message.backends
      return []
    }
    case 'calls':
      model.calls.recorded(message.calls)
      return []
    case 'own':
      model.own = message.status
      return []
    case 'approvals':
      return waited(model, message.approvals)
    case 'answered':
      if (model.question?.id === message.id && model.view === 'approvals') model.pane = undefined
      return [load('approvals')]
    case 'ended':
      if (model.chosen?.kind === 'approval' && model.chosen.key === message.approval.id) {
        const { standing, answer, used } = message.approval
        model.chosen = { ...model.chosen, approval: { ...model.chosen.approval, standing, answer, used } }
      }
      return []
    case 'clear':
      if (model.question?.id === message.id) Object.assign(model.question, { clear: message.text, seen: 0 })
      return []
    case 'tools':
      model.tools = message.tools
      model.pins = message.pins ?? model.pins
      return []
    case 'limits':
      model.limits = message.limits
      return []
    case 'activity':
      model.hour = message.hour
      model.day = message.day
      return []
    case 'record':
      model.record = { id: message.id, call: message.call, problem: message.problem }
      return []
    case 'stderr':
      model.stderr = { backend: message.backend, lines: message.lines }
      return []
    case 'completed':
      if (model.prompt?.kind === 'command' && model.prompt.text === message.text) model.prompt.choices = [...viewsLike(message.text), ...message.choices]
      return []
    case 'printed':
      if (model.pane?.kind === 'output') model.pane.text = message.text
      return []
    case 'told':
      tell(model, message.text, message.style)
      return []
    case 'problem':
      model.problem = message.text
      return []
  }
}

/** Views go by their names; those of commands (log, limits) the command line knows. */
const viewsLike = (text: string): readonly string[] => tabs.map(({ view }) => view).filter(view => /^(activity|overview)$/.test(view) && view.startsWith(text))

/** A fresh state: of calls that it no longer has in flight the record knows how they ended. */
function stated(model: Model, id: string, state: State): readonly Effect[] {
  const gateway = model.gateways.get(id)
  if (!gateway) return []
  gateway.state = state
  gateway.backends = undefined
  return model.calls.standing(id, state.calls) ? [load('calls')] : []
}

function happened(model: Model, id: string, event: Event): void {
  const gateway = model.gateways.get(id)
  if (!gateway?.state) return
  reduce(gateway.state, event)
  if (event.type === 'call.started') model.calls.started(id, event)
  if (event.type === 'call.settled') model.calls.settled(event)
  if (event.type === 'backend.changed') gateway.backends = undefined
}

/** Once a second: what is looked at is asked for again. */
function ticked(model: Model, now: number): readonly Effect[] {
  const second = Math.floor(now / 1000)
  model.now = now
  if (model.told && model.told.untilAt <= now) model.told = undefined
  const effects: Effect[] = []
  if (second % 3 === 0) effects.push(load('calls'), load('own'))
  if (second % 2 === 0 || model.view === 'approvals') effects.push(load('approvals'))
  if (model.view === 'backends') effects.push(load('statuses'))
  if (model.view === 'limits') effects.push(load('limits'))
  if (model.view === 'tools' && second % 5 === 0) effects.push(load('tools'))
  if (model.view === 'overview' && second % 5 === 0) effects.push(load('activity'))
  if (model.pane?.kind === 'detail' || isSplit(model)) effects.push(...looked(model, model.chosen))
  return effects
}

/** What a pane about this needs; a call that is over and on record stays what it is. */
function looked({ record, now }: Model, item: Item | undefined): readonly Effect[] {
  if (item?.kind === 'backend') return [{ kind: 'stderr', backend: item.backend.name }]
  if (item?.kind !== 'call') return []
  const call = record?.id === item.key ? record.call : undefined
  // What it carried is on record a moment after its end.
  const whole = call?.outcome && (call.payloads.length > 0 || now - (call.settledAt ?? 0) > LATE_MS)
  return whole ? [] : [{ kind: 'record', id: item.key }]
}

function keyed(model: Model, key: string): readonly Effect[] {
  if (model.prompt) return prompted(model, key.length === 1 ? key : { key })
  const action = actionOf(model, key)
  if (action === undefined) return []
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
      model.pane = { kind: 'detail', top: 0 }
      model.follow = false
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

/** Calls with all that is on record of them; of everything else what is known here, without its secrets. */
function exported(model: Model): readonly Effect[] {
  const { view, pane, items, chosen, hour, day } = model
  if (view === 'overview') return [{ kind: 'write', what: view, lines: [JSON.stringify({ hour, day })] }]
  const those = pane ? (chosen ? [chosen] : []) : items
  if (view !== 'activity') return [{ kind: 'write', what: view, lines: [...new Set(those.map(one => JSON.stringify(dataOf(one))))] }]
  return [{ kind: 'export', ids: those.flatMap(one => (one.kind === 'call' ? one.key : [])).slice(-EXPORTED) }]
}

function dataOf(item: Item): unknown {
  switch (item.kind) {
    case 'backend':
      return { gateway: item.gateway, client: item.client, ...item.backend }
    case 'approval':
      return item.approval
    case 'limit':
      return item.limit
    case 'tool':
      return { ...item.tool, pinned: item.pin }
    case 'call':
      return item
  }
}

function copied(model: Model): readonly Effect[] {
  const { pane, record } = model
  if (pane?.raw && record?.call && record.id === model.chosen?.key)
    return [{ kind: 'copy', text: framesOf(record.call).join('\n'), what: 'its frames, a line of JSON each' }]
  if (model.pane || model.view === 'overview') {
    const text = (model.pane ? contentOf(model) : views.overview.above(model, model.size.columns))
      .map(({ spans }) => spans.map(span => (typeof span === 'string' ? span : span.text)).join(''))
      .join('\n')
    return [{ kind: 'copy', text, what: 'all of it' }]
  }
  return model.chosen ? [{ kind: 'copy', ...views[model.view].copied(model.chosen) }] : []
}
