// What the window knows and where the person is in it. It changes in update.ts alone, is drawn by the views, and nothing here knows a terminal.
// Bounded: calls, states and texts have each their own limit.

import type { ActivityStatus, GatewayStatus, LimitStatus, StoredCall, ToolStatus } from '../api/client.ts'
import type { State } from '../gateway/state.ts'
import type { BackendStatus } from '../gateway/types.ts'
import { Calls, type Row } from './calls.ts'
import type { Style } from './line.ts'

export type ViewName = 'activity' | 'backends' | 'limits' | 'tools' | 'overview'
/** Where keys mean something of their own. */
export type Where = ViewName | 'detail' | 'output' | 'help'

/** In the order of their tabs, each with its digit. */
export const tabs: readonly { readonly view: ViewName; readonly digit: string; readonly title: string }[] = [
  { view: 'activity', digit: '1', title: 'Activity' },
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
  | { readonly kind: 'limit'; readonly key: string; readonly limit: LimitStatus; readonly budget: LimitStatus['budgets'][number]; readonly first: boolean }
  | { readonly kind: 'tool'; readonly key: string; readonly tool: ToolStatus }

export type Prompt =
  | { readonly kind: 'filter'; text: string }
  | { readonly kind: 'command'; text: string; choices: readonly string[] }
  | { readonly kind: 'confirm'; readonly question: string; readonly effect: Effect }

export interface Pane {
  readonly kind: 'detail' | 'output' | 'help'
  top: number
  readonly title?: string
  /** What a command has printed; absent while it runs. */
  text?: string
}

export interface Model {
  size: { readonly columns: number; readonly rows: number }
  now: number
  view: ViewName
  readonly readOnly: boolean
  readonly gateways: Map<string, Gateway>
  readonly calls: Calls
  /** Of the window's own process: what is configured, and what is wrong with it. */
  own?: GatewayStatus
  tools?: readonly ToolStatus[]
  limits?: readonly LimitStatus[]
  hour?: ActivityStatus
  day?: ActivityStatus
  /** The record of the call that is looked at, or why there is none. */
  record?: { readonly id: string; readonly call?: StoredCall; readonly problem?: string }
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

/** What is to be done outside; main.tsx does it. */
export type Effect =
  | { readonly kind: 'quit' | 'suspend' }
  | { readonly kind: 'load'; readonly what: Loading }
  | { readonly kind: 'record'; readonly id: string }
  | { readonly kind: 'stderr'; readonly backend: string }
  | { readonly kind: 'act'; readonly gateway: string; readonly backend: string; readonly verb: 'start' | 'stop' | 'restart' }
  | { readonly kind: 'copy'; readonly text: string; readonly what: string }
  | { readonly kind: 'complete' | 'run'; readonly text: string }

/** What is asked for again and again while it is looked at. */
export type Loading = 'calls' | 'own' | 'tools' | 'limits' | 'activity' | 'statuses'

export const emptyModel = (size: Model['size'], now: number, readOnly = false): Model => ({
  size,
  now,
  view: 'activity',
  readOnly,
  gateways: new Map(),
  calls: new Calls(),
  cursors: {},
  filters: {},
  follow: true,
  byName: false,
  items: [],
})

/** Lines of the body: all but the tabs, the line of messages and the footer. */
export const bodyRows = ({ size }: Model): number => Math.max(1, size.rows - 3)
