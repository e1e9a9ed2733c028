// The whole screen as lines, exactly as many as the terminal has: tabs, the body of a view or a pane, a line of messages, the keys that work here.

import { safe } from '../lib/safe.ts'
import { keysOf } from './keys.ts'
import { blank, dim, ends, filled, line, styled, width, wrapped, type Line, type Span } from './line.ts'
import { bodyRows, tabs, type Model } from './model.ts'
import { views } from './views/views.ts'

/** Below this nothing can be read. */
const COLUMNS = 40
const ROWS = 8

export function screen(model: Model): readonly Line[] {
  const { columns, rows } = model.size
  if (columns < COLUMNS || rows < ROWS) return padded([line('mcpgw: too small here'), line(`${columns}x${rows}, needs ${COLUMNS}x${ROWS}`)], rows)
  return [tabBar(model), ...padded(body(model), bodyRows(model)), said(model), footer(model)]
}

const padded = (lines: readonly Line[], rows: number): Line[] => Array.from({ length: rows }, (_, row) => lines[row] ?? blank)

function tabBar(model: Model): Line {
  const names = tabs.flatMap(({ view, digit, title }): Span[] => [
    ' ',
    view === model.view ? styled(`${digit} ${title}`, 'bold') : dim(`${digit} ${title}`),
    view === model.view ? styled('•', 'key') : ' ',
  ])
  return ends(names, [standing(model), ' '], model.size.columns)
}

function standing({ gateways }: Model): Span {
  if (gateways.size === 0) return styled('○ no gateway', 'dim')
  return styled(`● ${gateways.size} live`, 'good')
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
  if (items.length === 0) return view === 'overview' ? top : [...top, ...((model.filters[view] ?? '') === '' ? empty(model, size.columns) : nothing)]
  const first = cursors[view]?.top ?? 0
  return [...top, ...items.slice(first, first + rows - top.length).map(item => row(item, model, size.columns, item.key === chosen?.key))]
}

const nothing = [blank, line('  Nothing here is like that.')]

/** A prompt, a sentence for a moment, or how the list is narrowed. */
function said(model: Model): Line {
  const { prompt, told, pane, view, items, pausedAt, calls } = model
  const columns = model.size.columns
  if (prompt?.kind === 'confirm') return line(' ', styled(prompt.question, 'warn'), ' ', styled('y', 'key'), ' yes, any other key no')
  if (prompt) {
    const sign = prompt.kind === 'filter' ? '/' : ':'
    // The end of what is typed is what is looked at.
    const text = tail(safe(prompt.text), columns - 4)
    return line(
      ' ',
      styled(sign, 'key'),
      text,
      styled('▏', 'key'),
      prompt.kind === 'command' ? dim(` ${choicesOf(prompt)}`) : dim(text === '' ? ` ${filterHint[view] ?? 'words'}` : ''),
    )
  }
  if (told) return line(' ', styled(told.text, told.style))
  if (model.problem !== undefined) return line(' ', styled(model.problem, 'bad'))
  if (pane) return scrolledOf(model)
  const filter = model.filters[view] ?? ''
  const held = pausedAt === undefined || view !== 'activity' ? [] : [styled('paused', 'warn'), dim(` ${calls.last - pausedAt} more came  `)]
  const narrowed = filter === '' ? [] : [styled('/', 'key'), filter, dim(`  ${items.length} fit`)]
  return line(' ', ...held, ...narrowed)
}

const filterHint: Partial<Record<Model['view'], string>> = {
  activity: 'words, tool: backend: client: outcome: ms>500, !not',
  backends: 'words, backend: state: client: tag: failed>0',
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
  return all > rows ? line(' ', dim(`lines ${top + 1} to ${Math.min(all, top + rows)} of ${all}`)) : blank
}

const shownKey = (name: string): string => (name === ' ' ? 'space' : name)

function footer(model: Model): Line {
  if (model.prompt?.kind === 'filter') return line(' ', ...hint('enter', 'keep'), '  ', ...hint('esc', 'show all'))
  if (model.prompt?.kind === 'command') return line(' ', ...hint('tab', 'complete'), '  ', ...hint('enter', 'do it'), '  ', ...hint('esc', 'never mind'))
  if (model.prompt) return blank
  const hints = keysOf(model).flatMap(({ keys, hint: says }): Span[][] =>
    says === undefined ? [] : [[...hint(shownKey(keys[0]!), typeof says === 'string' ? says : says(model))]],
  )
  return line(' ', ...hints.flatMap((one, index) => (index === 0 ? one : ['  ', ...one])))
}

const hint = (key: string, says: string): Span[] => [styled(key, 'key'), dim(` ${says}`)]

function help(model: Model): Line[] {
  const { pane } = model
  const keys = keysOf({ ...model, pane: undefined })
  const title = tabs.find(({ view }) => view === model.view)!.title
  const rows = keys.map(({ keys: names, help: says }) => line(' ', styled(filled(names.map(shownKey).join(' '), 18), 'key'), says))
  return pane ? [line(' ', styled(`${title}: keys`, 'bold')), blank, ...rows] : []
}

function output({ title = '', text }: NonNullable<Model['pane']>, columns: number): Line[] {
  const head = [line(' ', styled(`mcpgw ${title}`, 'bold')), blank]
  if (text === undefined) return [...head, line(' ', dim('...'))]
  return [...head, ...wrapped(text.replace(/\n$/, ''), columns - 2).map(one => line(' ', ...one.spans))]
}
