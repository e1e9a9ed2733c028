// What has happened, folded into the model: keys, gateways, answers to what was asked. Nothing is done here: what is to be done outside comes
// back as effects. The model is its owner's alone and is folded in place, like the state that it holds.

import type { Event } from '../gateway/events.ts'
import { reduce, type State } from '../gateway/state.ts'
import type { BackendStatus } from '../gateway/types.ts'
import type { ActivityStatus, ApprovalStatus, GatewayStatus, LimitStatus, PinStatus, StoredCall, ToolStatus, WholeCall } from '../api/client.ts'
import { keyed, looked } from './keyed.ts'
import type { Style } from './line.ts'
import { settle } from './list.ts'
import { isSplit, tabs, tell, type Effect, type Model } from './model.ts'
import { prompted } from './prompt.ts'
import { waited } from './questions.ts'
import { load } from './show.ts'

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
      // Its lines are others now: nobody knows which of them were read.
      if (model.question) model.question.seen = 0
      if (model.pane?.kind === 'detail') Object.assign(model.pane, { top: 0, read: undefined })
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
