// The whole screen as lines, exactly as many as the terminal has: tabs, the body of a view or a pane, a line of messages, the keys that work here.

import { safe } from '../lib/safe.ts'
import { odd } from './filter.ts'
import { keysOf } from './keys.ts'
import { blank, dim, drawn, ends, filled, line, styled, textOf, width, wrapped, type Line, type Span, type Style } from './line.ts'
import { bodyRows, isSplit, tabs, waitingOf, type Model } from './model.ts'
import { views } from './views/views.ts'
import { sentences } from './views/words.ts'

/** Below this nothing can be read. */
const COLUMNS = 40
const ROWS = 8

export function screen(model: Model): readonly Line[] {
  const { columns, rows } = model.size
  if (columns < COLUMNS || rows < ROWS) return padded([line('mcpgw: too small here'), line(`${columns}x${rows}, needs ${COLUMNS}x${ROWS}`)], rows)
  const says = saidOver(model)
  return [tabBar(model), ...padded(body(model), shownRows(model)), ...says, footer(model)]
}

/** What is asked or said stands there whole, over the end of what is behind it. */
const saidOver = (model: Model): readonly Line[] => said(model).slice(0, bodyRows(model) + 1)

/** So many lines of the body can be seen. */
export const shownRows = (model: Model): number => bodyRows(model) + 1 - saidOver(model).length

const padded = (lines: readonly Line[], rows: number): Line[] => Array.from({ length: rows }, (_, row) => lines[row] ?? blank)

function tabBar(model: Model): Line {
  const waiting = waitingOf(model)
  const { size, gateways } = model
  const named = (all: boolean): Span[] =>
    tabs.flatMap(({ view, digit, title }): Span[] => [
      ' ',
      view === model.view ? styled(`${digit} ${title}`, 'bold') : dim(all ? `${digit} ${title}` : digit),
      ...(view === 'approvals' && waiting > 0 ? [styled(` ${waiting}!`, 'warn')] : []),
      view === model.view ? styled('•', 'key') : ' ',
    ])
  const cells = (spans: readonly Span[]) => spans.reduce((all, span) => all + width(textOf(span)), 0)
  const names = named(cells(named(true)) <= size.columns)
  const many = gateways.size
  const where = model.remote === undefined ? [] : [model.remote]
  const live = many === 0 ? [...where.map(one => `○ ${one}`), '○ no gateway', '○ none'] : [...where.map(one => `● ${one}`), `● ${many} live`, `● ${many}`]
  // That nothing can be done here is said before all else.
  const says = model.readOnly ? [...live.map(one => `read-only ${one}`), ...live.map(one => `ro ${one}`), 'ro'] : live
  const used = cells(names)
  const fitting = says.find(one => used + width(safe(one)) + 2 <= size.columns)
  return ends(names, fitting === undefined ? [] : [styled(fitting, many > 0 ? 'good' : 'dim'), ' '], size.columns)
}

/** What is in the body, whole: a pane scrolls over it. */
export function contentOf(model: Model): readonly Line[] {
  const { pane, chosen, size } = model
  if (pane?.kind === 'help') return help(model)
  if (pane?.kind === 'output') return output(pane, size.columns)
  return chosen ? views[model.view].detail(chosen, model, size.columns) : []
}

function body(model: Model): readonly Line[] {
  const { pane, size, view, items, cursors, chosen } = model
  const rows = bodyRows(model)
  if (pane) return contentOf(model).slice(pane.top, pane.top + rows)
  const { above, row, empty } = views[view]
  const top = above(model, size.columns)
  if (isUnheard(model)) return unheard(model)
  if (items.length === 0) return view === 'overview' ? top : [...top, ...((model.filters[view] ?? '') === '' ? empty(model, size.columns) : nothing)]
  const first = cursors[view]?.top ?? 0
  const columns = isSplit(model) ? Math.floor(size.columns * LEFT) : size.columns
  const heads = isSplit(model) ? above(model, columns) : top
  const list = [...heads, ...items.slice(first, first + rows - heads.length).map(item => row(item, model, columns, item.key === chosen?.key))]
  return isSplit(model) ? beside(list, views[view].detail(chosen!, model, size.columns - columns - 2), columns, rows) : list
}

/** The list's share of a wide terminal. */
const LEFT = 0.58

/** A list, and what is chosen of it. */
function beside(list: readonly Line[], detail: readonly Line[], columns: number, rows: number): Line[] {
  return Array.from({ length: rows }, (_, row) => {
    const left = list[row] ?? blank
    const pieces = drawn(left, columns)
    const rest = ' '.repeat(pieces.reduce((room, { cells }) => room - cells, columns))
    const shown: Span[] = left.chosen ? [styled(pieces.map(({ text }) => text).join('') + rest, 'chosen')] : [...pieces, rest]
    return line(...shown, dim('│'), ...(detail[row]?.spans ?? []))
  })
}

const signs = { filter: '/', command: ':', duration: 'for how long: ', reason: 'because: ' } as const

/** The gateway elsewhere is not there, and there is nothing to show of it. */
const isUnheard = ({ remote, gateways, items, pane }: Model): boolean => remote !== undefined && gateways.size === 0 && items.length === 0 && !pane

const unheard = ({ remote = '', problem, size }: Model): readonly Line[] =>
  problem === undefined
    ? sentences(`asking ${remote} ...`)
    : [...sentences([styled(`Nothing is known of ${remote} now.`, 'bold')], ''), ...wrapped(problem, size.columns - 4).map(one => line('  ', ...one.spans))]

const nothing = [blank, line('  Nothing here is like that.')]

/** A prompt, a sentence for a moment, or how the list is narrowed. One line; a question, and what is wrong, take as many as they need. */
function said(model: Model): readonly Line[] {
  const { prompt, told, problem, size } = model
  const whole = (text: string, style: Style | undefined) => wrapped(text, size.columns - 2, style).map(one => line(' ', ...one.spans))
  if (prompt?.kind === 'confirm') return whole(prompt.question, 'warn')
  if (!prompt && told) return whole(told.text, told.style)
  if (!prompt && problem !== undefined && !isUnheard(model)) return whole(problem, 'bad')
  return [sentenceOf(model)]
}

function sentenceOf(model: Model): Line {
  const { prompt, pane, view, items, pausedAt, calls } = model
  const columns = model.size.columns
  if (prompt && prompt.kind !== 'confirm') {
    const sign = signs[prompt.kind]
    // The end of what is typed is what is looked at.
    const text = tail(safe(prompt.text), columns - sign.length - 4)
    return line(' ', styled(sign, 'key'), text, styled('▏', 'key'), besides(model, prompt))
  }
  if (pane) return scrolledOf(model)
  const filter = model.filters[view] ?? ''
  const held = pausedAt === undefined || view !== 'activity' ? [] : [styled('paused', 'warn'), dim(` ${calls.last - pausedAt} more came  `)]
  const odd = oddOf(model)
  const narrowed = filter === '' ? [] : [styled('/', 'key'), filter, dim(`  ${items.length} fit`), styled(odd === undefined ? '' : `  ${odd}`, 'warn')]
  const says = line(' ', ...held, ...narrowed)
  return says.spans.length > 1 || view === 'approvals' ? says : waits(model)
}

/** Whoever looks elsewhere hears who waits for them. */
function waits({ approvals = [] }: Model): Line {
  const open = approvals.filter(({ standing }) => standing === 'open')
  const [one, ...others] = open.toSorted((one, other) => one.askedAt - other.askedAt)
  if (!one) return blank
  const many = others.length === 0 ? '' : `, and ${others.length} more`
  return line(' ', ...hint('2', 'to answer  '), styled(`${one.client} wants ${one.target}${many}`, 'warn'))
}

/** What helps to type on. */
function besides(model: Model, prompt: NonNullable<Model['prompt']>): Span {
  if (prompt.kind === 'command') return dim(` ${choicesOf(prompt)}`)
  if (prompt.kind !== 'filter') return ''
  return prompt.text === '' ? dim(` ${filterHint[model.view] ?? 'words'}`) : styled(` ${oddOf(model) ?? ''}`, 'warn')
}

/** What in a filter means nothing here. */
function oddOf(model: Model): string | undefined {
  const { parts, items } = views[model.view]
  const filter = model.filters[model.view] ?? ''
  return filter === ''
    ? undefined
    : odd(
        filter,
        items(model)
          .slice(-SAMPLE)
          .map(item => parts(item, model)),
      )
}

/** So many rows show what a row has. */
const SAMPLE = 50

const filterHint: Partial<Record<Model['view'], string>> = {
  activity: 'words, tool: backend: client: key: project: outcome: ms>500, !not',
  backends: 'words, backend: state: client: tag: failed>0',
  approvals: 'words, tool: backend: client:',
  tools: 'words, tool: backend: tokens>300',
}

const tail = (text: string, columns: number): string => {
  let kept = text
  while (width(kept) > columns) kept = kept.slice(1)
  return kept
}

function choicesOf({ text, choices }: { readonly text: string; readonly choices: readonly string[] }): string {
  const last = /\S*$/.exec(text)![0]
  return choices.filter(one => one !== last).join('  ')
}

function scrolledOf(model: Model): Line {
  const { top = 0 } = model.pane ?? {}
  const all = contentOf(model).length
  const rows = bodyRows(model)
  if (all <= rows) return blank
  return line(' ', dim(`lines ${top + 1} to ${Math.min(all, top + rows)} of ${all}`), ...(top + rows < all ? ['  ', ...hint('space', 'more')] : []))
}

const shownKey = (name: string): string => (name === ' ' ? 'space' : name)

function footer(model: Model): Line {
  if (model.prompt?.kind === 'filter') return line(' ', ...hint('enter', 'keep'), '  ', ...hint('esc', 'show all'))
  if (model.prompt?.kind === 'command') return line(' ', ...hint('tab', 'complete'), '  ', ...hint('enter', 'do it'), '  ', ...hint('esc', 'never mind'))
  if (model.prompt?.kind === 'confirm') {
    const { other } = model.prompt
    return line(' ', ...hint('y', 'yes'), ...(other ? ['  ', ...hint(other.key, other.says)] : []), '  ', ...hint('any other key', 'no'))
  }
  if (model.prompt) return line(' ', ...hint('enter', 'go on'), '  ', ...hint('esc', 'never mind'))
  const hints = keysOf(model).flatMap(({ keys, hint: says }): Span[][] =>
    says === undefined ? [] : [[...hint(shownKey(keys[0]!), typeof says === 'string' ? says : says(model))]],
  )
  // What doesn't fit is left out, whole: it stands behind ?, which always does.
  const cells = (one: readonly Span[]): number => 2 + one.reduce((all, span) => all + width(textOf(span)), 0)
  const known = hints.find(([key]) => textOf(key!) === '?')
  let left = model.size.columns + 1 - (known ? cells(known) : 0)
  const shown = hints.filter(one => one === known || (left -= cells(one)) >= 0)
  return line(' ', ...shown.flatMap((one, index) => (index === 0 ? one : ['  ', ...one])))
}

const hint = (key: string, says: string): Span[] => [styled(key, 'key'), dim(` ${says}`)]

function help(model: Model): Line[] {
  const { pane } = model
  const keys = keysOf({ ...model, pane: pane?.under })
  const { title } = tabs.find(({ view }) => view === model.view)!
  const place = pane?.under === undefined ? title : pane.under.kind === 'output' ? 'What a command has printed' : `${title}, one of them`
  const rows = keys.map(({ keys: names, help: says }) => line(' ', styled(filled(names.map(shownKey).join(' '), 24), 'key'), says))
  return pane ? [line(' ', styled(`${place}: keys`, 'bold')), blank, ...rows] : []
}

function output({ title = '', text }: NonNullable<Model['pane']>, columns: number): Line[] {
  const head = [line(' ', styled(`mcpgw ${title}`, 'bold')), blank]
  if (text === undefined) return [...head, line(' ', dim('...'))]
  return [...head, ...wrapped(text.replace(/\n$/, ''), columns - 2).map(one => line(' ', ...one.spans))]
}
