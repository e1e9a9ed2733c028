// What the window knows and where the person is in it. It changes in update.ts alone, is drawn by the views, and nothing here knows a terminal.
// Bounded: calls, states and texts have each their own limit.

import type { ActivityStatus, Answering, ApprovalStatus, GatewayStatus, LimitStatus, PinDeciding, PinStatus, ToolStatus, WholeCall } from '../api/client.ts'
import type { State } from '../gateway/state.ts'
import type { BackendStatus } from '../gateway/types.ts'
import { Calls, type Row } from './calls.ts'
import type { Style } from './line.ts'

export type ViewName = 'activity' | 'approvals' | 'backends' | 'limits' | 'tools' | 'overview'
/** Where keys mean something of their own. */
export type Where = ViewName | 'question' | 'detail' | 'output' | 'help'

/** In the order of their tabs, each with its digit. */
export const tabs: readonly { readonly view: ViewName; readonly digit: string; readonly title: string }[] = [
  { view: 'activity', digit: '1', title: 'Activity' },
  { view: 'approvals', digit: '2', title: 'Approvals' },
  { view: 'backends', digit: '3', title: 'Backends' },
  { view: 'limits', digit: '4', title: 'Limits' },
  { view: 'tools', digit: '5', title: 'Tools' },
  { view: 'overview', digit: '6', title: 'Overview' },
]

/** A gateway that runs. */
export interface Gateway {
  readonly id: string
  readonly pid: number
  /** Absent before it has answered. */
  state?: State
  /** As it said last when it was asked; between its events counters move on. */
  backends?: readonly BackendStatus[]
}

/** One thing of a list. */
export type Item =
  | Row
  | { readonly kind: 'backend'; readonly key: string; readonly gateway?: string; readonly client?: string; readonly backend: BackendStatus }
  | { readonly kind: 'approval'; readonly key: string; readonly approval: ApprovalStatus }
  | { readonly kind: 'limit'; readonly key: string; readonly limit: LimitStatus; readonly budget: LimitStatus['budgets'][number]; readonly first: boolean }
  | { readonly kind: 'tool'; readonly key: string; readonly tool: ToolStatus; readonly pin?: PinStatus }

export type Prompt =
  | { readonly kind: 'filter'; text: string }
  | { readonly kind: 'command'; text: string; choices: readonly string[] }
  /** Keys are not heard before it could be read. */
  | { readonly kind: 'confirm'; readonly question: string; readonly sinceAt: number; readonly effect: Effect; readonly other?: Other }
  | { readonly kind: 'duration' | 'reason'; text: string }

/** Another answer than yes and no. */
export interface Other {
  readonly key: string
  readonly says: string
  readonly effect: Effect
}

export interface Pane {
  readonly kind: 'detail' | 'output' | 'help'
  top: number
  readonly title?: string
  /** Of a call its frames instead. */
  raw?: boolean
  /** What a command has printed; absent while it runs. */
  text?: string
  /** Of a definition that waits for a decision: which one, and how many of its lines were on the screen. */
  read?: { readonly offered: string | undefined; lines: number }
  /** What the help is about, and lies over. */
  readonly under?: Pane
}

export interface Model {
  size: { readonly columns: number; readonly rows: number }
  now: number
  view: ViewName
  readonly readOnly: boolean
  /** The one gateway that is followed, elsewhere: what is done to settings, store and files of this machine would not be done there. */
  readonly remote?: string
  /** MCPGW_HOME, where it is set: clients and other terminals need it too. */
  readonly home?: string
  /** Where mcpgw lies, where a shell does not find it by its name. */
  readonly folder?: string
  readonly gateways: Map<string, Gateway>
  readonly calls: Calls
  /** Of the window's own process: what is configured, and what is wrong with it. */
  own?: GatewayStatus
  approvals?: readonly ApprovalStatus[]
  /** The question that is looked at: since when, how many of its lines there are and were on the screen, and its arguments in clear once asked for. */
  question?: { readonly id: string; readonly sinceAt: number; lines?: number; seen: number; clear?: string }
  tools?: readonly ToolStatus[]
  pins?: readonly PinStatus[]
  limits?: readonly LimitStatus[]
  hour?: ActivityStatus
  day?: ActivityStatus
  /** The record of the call that is looked at, or why there is none. */
  record?: { readonly id: string; readonly call?: WholeCall; readonly problem?: string }
  stderr?: { readonly backend: string; readonly lines: readonly string[] }
  readonly cursors: Partial<Record<ViewName, { key?: string; at: number; top: number }>>
  readonly filters: Partial<Record<ViewName, string>>
  follow: boolean
  /** No call that came later is shown. */
  pausedAt?: number
  byName: boolean
  pane?: Pane
  prompt?: Prompt
  /** A sentence for a moment. */
  told?: { readonly text: string; readonly style?: Style; readonly untilAt: number }
  /** What stored data could not be read for. */
  problem?: string
  /** What the list of this view holds now, and what keys act on; see `settle`. */
  items: readonly Item[]
  chosen?: Item
}

/** What is to be done outside; outside.ts does it. */
export type Effect =
  | { readonly kind: 'quit' | 'suspend' }
  | { readonly kind: 'load'; readonly what: Loading }
  | { readonly kind: 'record'; readonly id: string }
  | { readonly kind: 'stderr'; readonly backend: string }
  | { readonly kind: 'act'; readonly gateway: string; readonly backend: string; readonly verb: 'start' | 'stop' | 'restart' }
  | { readonly kind: 'answer'; readonly id: string; readonly answer: Answering; readonly what: string }
  /** A rule, as the command that writes it, then a no. */
  | { readonly kind: 'block'; readonly id: string; readonly rule: string; readonly answer: Answering }
  | { readonly kind: 'decide'; readonly name: string; readonly deciding: PinDeciding }
  | { readonly kind: 'edit' | 'reveal' | 'ended'; readonly id: string }
  /** So many questions wait; `rings` when there is a new one. */
  | { readonly kind: 'waiting'; readonly many: number; readonly rings: boolean }
  | { readonly kind: 'copy'; readonly text: string; readonly what: string }
  /** Calls by their ids, the newest last. */
  | { readonly kind: 'export'; readonly ids: readonly string[] }
  /** What is shown, a line of JSON each. */
  | { readonly kind: 'write'; readonly what: string; readonly lines: readonly string[] }
  | { readonly kind: 'complete' | 'run'; readonly text: string }

/** What is asked for again and again while it is looked at. */
export type Loading = 'calls' | 'approvals' | 'own' | 'tools' | 'limits' | 'activity' | 'statuses'

export const emptyModel = (size: Model['size'], now: number, readOnly = false, more: Pick<Model, 'remote' | 'home' | 'folder'> = {}): Model => ({
  size,
  now,
  view: 'activity',
  readOnly,
  ...more,
  gateways: new Map(),
  calls: new Calls(),
  cursors: {},
  filters: {},
  follow: true,
  byName: false,
  items: [],
})

/** From here on there is room for what is chosen beside its list. */
const WIDE = 140

/** Whether what is chosen stands beside its list. Not while the newest call is followed: it would change faster than anybody reads. */
export const isSplit = ({ size, view, pane, follow, chosen }: Model): boolean =>
  size.columns >= WIDE && pane === undefined && chosen !== undefined && !(view === 'activity' && follow)

/** Lines of the body: all but the tabs, the line of messages and the footer. */
export const bodyRows = ({ size }: Model): number => Math.max(1, size.rows - 3)

const TOLD_MS = 5000

/** Says a sentence for a moment. */
export function tell(model: Model, text: string, style?: Style): void {
  model.told = { text, style, untilAt: model.now + TOLD_MS }
}

/** How many questions wait for an answer. */
export const waitingOf = ({ approvals = [] }: Model): number => approvals.filter(({ standing }) => standing === 'open').length

/** The question that is looked at still waits for an answer. */
export const isOpen = ({ chosen, approvals = [] }: Model): boolean =>
  chosen?.kind === 'approval' && approvals.some(({ id, standing }) => id === chosen.key && standing === 'open')

/** What is offered instead of what was accepted waits for a decision. */
export const waitsFor = (pin: PinStatus | undefined): boolean => pin?.offered !== undefined && (pin.state === 'changed' || pin.state === 'quarantined')
