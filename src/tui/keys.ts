// One table of keys for each place; what a key does, the footer, and the help behind `?` all come from it. A key that does nothing now is not shown.

import { isOpen, waitsFor, type Model, type Where } from './model.ts'

export type Action =
  | `view ${1 | 2 | 3 | 4 | 5 | 6}`
  | 'next view'
  | 'last view'
  | 'down'
  | 'up'
  | 'page down'
  | 'page up'
  | 'top'
  | 'bottom'
  | 'open'
  | 'back'
  | 'filter'
  | 'command'
  | 'help'
  | 'copy'
  | 'export'
  | 'follow'
  | 'pause'
  | 'start or stop'
  | 'restart'
  | 'sort'
  | 'replay'
  | 'accept'
  | 'decline'
  | 'raw'
  | 'suspend'
  | Answer
  | 'quit'

/** What can be answered to a question. */
export type Answer = 'allow' | 'allow session' | 'allow time' | 'allow always' | 'edit' | 'refuse' | 'refuse why' | 'block' | 'reveal'

export interface Key {
  /** By name, the first one is shown. */
  readonly keys: readonly string[]
  readonly action: Action
  /** What it does: for the help, and (in a word or two) for the footer. */
  readonly help: string
  readonly hint?: string | ((model: Model) => string)
  readonly when?: (model: Model) => boolean
}

const chosen = ({ chosen }: Model): boolean => chosen !== undefined

const everywhere: readonly Key[] = [
  { keys: [':'], action: 'command', help: 'type a command, as on the command line', hint: 'command' },
  { keys: ['?'], action: 'help', help: 'the keys that work here', hint: 'keys' },
  { keys: ['q', 'ctrl+c'], action: 'quit', help: 'close the window; gateways go on', hint: 'quit' },
  { keys: ['1'], action: 'view 1', help: 'Activity: every call, as it happens' },
  { keys: ['2'], action: 'view 2', help: 'Approvals: what waits for you' },
  { keys: ['3'], action: 'view 3', help: 'Backends: how they are' },
  { keys: ['4'], action: 'view 4', help: 'Limits: what is left' },
  { keys: ['5'], action: 'view 5', help: 'Tools: what clients are offered, and its price' },
  { keys: ['6'], action: 'view 6', help: 'Overview: the last hour and the last day' },
  { keys: ['tab', ']'], action: 'next view', help: 'the next view' },
  { keys: ['backtab', '['], action: 'last view', help: 'the view before' },
  { keys: ['ctrl+z'], action: 'suspend', help: 'back to the shell; fg returns' },
]

const moving: readonly Key[] = (
  [
    { keys: ['j', 'down'], action: 'down', help: 'down' },
    { keys: ['k', 'up'], action: 'up', help: 'up' },
    { keys: ['ctrl+d', 'pagedown', ' '], action: 'page down', help: 'half a page down' },
    { keys: ['ctrl+u', 'pageup'], action: 'page up', help: 'half a page up' },
    { keys: ['g', 'home', '<'], action: 'top', help: 'the first' },
    { keys: ['G', 'end', '>'], action: 'bottom', help: 'the last' },
  ] satisfies Key[]
).map(key => ({ ...key, when: ({ pane, items }: Model) => pane !== undefined || items.length > 0 }))

const filtering: Key = { keys: ['/'], action: 'filter', help: 'show only what fits; esc ends it', hint: 'filter' }
const clearing: Key = { keys: ['esc'], action: 'back', help: 'show all again', when: ({ filters, view }) => (filters[view] ?? '') !== '' }
const copying = (help: string): Key => ({ keys: ['c', 'y'], action: 'copy', help, hint: 'copy', when: chosen })

const exportingAll: Key = { keys: ['x'], action: 'export', help: 'write all of this list to a file, as lines of JSON', hint: 'export', when: chosen }

const list = (open: string, copy: string, write = exportingAll.help): readonly Key[] => [
  { keys: ['enter'], action: 'open', help: open, hint: 'open', when: chosen },
  filtering,
  clearing,
  copying(copy),
  { ...exportingAll, help: write },
  ...moving,
]

/** Where questions are, y says yes and nothing else. */
const noYes = (keys: readonly Key[]): readonly Key[] => keys.map(key => ({ ...key, keys: key.keys.filter(name => name !== 'y') }))

const answering = (keys: string, action: Answer, help: string, hint?: string, when?: (model: Model) => boolean): Key => ({
  keys: [keys],
  action,
  help,
  hint,
  when: model => isOpen(model) && !model.readOnly && when?.(model) !== false,
})

const exporting: Key = {
  keys: ['x'],
  action: 'export',
  help: 'write it to a file, with all that is known of it',
  hint: 'export',
  when: chosen,
}

const replaying: Key = {
  keys: ['r'],
  action: 'replay',
  help: 'make the same call again, asked first, and see what differs',
  hint: 'replay',
  when: ({ chosen: one, readOnly }) => one?.kind === 'call' && one.outcome !== undefined && !readOnly,
}

/** What a backend says of a tool is not what was accepted. */
const isChanged = ({ chosen: one, readOnly }: Model): boolean => one?.kind === 'tool' && waitsFor(one.pin) && !readOnly

const deciding: readonly Key[] = [
  { keys: ['a'], action: 'accept', help: 'accept what has changed, asked first', hint: 'accept', when: isChanged },
  { keys: ['n'], action: 'decline', help: 'refuse it: the tool is hidden; asked first', hint: 'refuse', when: isChanged },
]

const places: Readonly<Record<Where, readonly Key[]>> = {
  activity: [
    ...list('everything on record of this call', 'copy the id of this call', 'write the calls of this list to a file, with all that is on record'),
    replaying,
    { keys: ['f'], action: 'follow', help: 'stay with the newest call', hint: 'follow', when: model => !model.follow },
    { keys: ['p'], action: 'pause', help: 'hold still, or go on', hint: ({ pausedAt }) => (pausedAt === undefined ? 'pause' : 'go on') },
  ],
  backends: [
    ...list('all about it, and what it prints on stderr', 'copy its name'),
    {
      keys: ['s'],
      action: 'start or stop',
      help: 'start it where it is stopped, else stop it',
      hint: ({ chosen: one }) => (one?.kind === 'backend' && ['stopped', 'waiting', 'parked', 'open'].includes(one.backend.state) ? 'start' : 'stop'),
      when: model => model.chosen?.kind === 'backend' && model.chosen.gateway !== undefined && model.chosen.backend.state !== 'disabled' && !model.readOnly,
    },
    {
      keys: ['r'],
      action: 'restart',
      help: 'restart it, asked first',
      hint: 'restart',
      when: model => model.chosen?.kind === 'backend' && model.chosen.gateway !== undefined && model.chosen.backend.state !== 'disabled' && !model.readOnly,
    },
  ],
  limits: list('who has used how much', 'copy its id'),
  tools: [...list('its whole description', 'copy its name'), { keys: ['o'], action: 'sort', help: 'order by cost, or by name', hint: 'order' }],
  overview: [
    { ...copying('copy all of it'), when: undefined },
    { ...exportingAll, help: 'write it to a file, as JSON', when: undefined },
  ],
  approvals: noYes(list('the whole question, to answer it', 'copy its id')),
  question: [
    answering('y', 'allow', 'allow this call, once', 'once'),
    answering('s', 'allow session', 'allow all like it for this session; says what that covers first', 'session'),
    answering('t', 'allow time', 'allow all like it for a time', 'time'),
    answering('a', 'allow always', 'always allow all like it; says what that covers first', 'always'),
    answering('e', 'edit', 'run it with other arguments, in your editor', 'edit'),
    answering('n', 'refuse', 'refuse it', 'no'),
    answering('N', 'refuse why', 'refuse it, with a reason for the model', 'why'),
    answering('v', 'reveal', 'show the secrets in its arguments', 'secrets', ({ chosen, question }) => secretsIn(chosen) > 0 && question?.clear === undefined),
    answering('b', 'block', 'refuse it, and deny the tool from now on', 'block'),
    { keys: ['esc', 'enter', 'q'], action: 'back', help: 'back to the list; it goes on waiting', hint: 'later' },
    ...noYes([copying('copy all of it')]),
    exporting,
    ...moving,
  ],
  detail: [
    { keys: ['esc', 'enter', 'q'], action: 'back', help: 'back to the list', hint: 'back' },
    copying('copy all of it'),
    exporting,
    replaying,
    {
      keys: ['w'],
      action: 'raw',
      help: 'its frames, as far as they are on record; again for what they mean',
      hint: ({ pane }) => (pane?.raw ? 'told' : 'raw'),
      when: ({ chosen: one }) => one?.kind === 'call',
    },
    ...deciding,
    ...moving,
  ],
  output: [{ keys: ['esc', 'enter', 'q'], action: 'back', help: 'back', hint: 'back' }, { ...copying('copy all of it'), when: undefined }, ...moving],
  help: [{ keys: ['esc', 'enter', 'q', '?'], action: 'back', help: 'back', hint: 'back' }, { ...copying('copy all of it'), when: undefined }, ...moving],
}

const secretsIn = (item: Model['chosen']): number => (item?.kind === 'approval' ? (item.approval.redacted ?? 0) : 0)

const whereOf = ({ pane, view }: Model): Where => (pane?.kind === 'detail' && view === 'approvals' ? 'question' : (pane?.kind ?? view))

/** The keys that mean something here and now; what stands first wins. */
export function keysOf(model: Model): readonly Key[] {
  const own = places[whereOf(model)]
  const own_ = new Set(own.filter(usable(model)).flatMap(({ keys }) => keys))
  return [...own, ...everywhere.map(key => ({ ...key, keys: key.keys.filter(one => !own_.has(one)) }))].filter(key => key.keys.length > 0 && usable(model)(key))
}

/** What is done with settings and store of the window's own machine. */
const atHome: ReadonlySet<Action> = new Set<Action>(['block', 'replay', 'reveal'])

const usable =
  (model: Model) =>
  ({ action, when }: Key): boolean =>
    when?.(model) !== false && !(model.remote !== undefined && atHome.has(action))

/** What this key does here. */
export const actionOf = (model: Model, name: string): Action | undefined => keysOf(model).find(({ keys }) => keys.includes(name))?.action

/** Why a key does nothing here that would do something in another window: a sentence. */
export function withheld(model: Model, name: string): string | undefined {
  const { remote, readOnly, chosen, pane, view } = model
  const action = actionOf({ ...model, remote: undefined, readOnly: false }, name)
  if (actionOf(model, name) !== undefined) return undefined
  const isListed = view === 'approvals' && pane === undefined && chosen?.kind === 'approval'
  if (isListed && !readOnly && places.question.some(key => key.keys.includes(name))) return 'open it first (enter): nothing is answered that was not looked at'
  if (action === undefined) return undefined
  if (remote !== undefined && atHome.has(action)) return `not from here: it is done where ${remote} runs; there: mcpgw ${there(action, chosen)}`
  return readOnly ? 'this window is read-only: it changes nothing' : undefined
}

function there(action: Action, chosen: Model['chosen']): string {
  if (chosen?.kind === 'approval') return action === 'block' ? `deny ${chosen.approval.target}` : `approvals ${chosen.key} --clear`
  return `replay ${chosen?.key ?? 'ID'}`
}
