// Tools: what clients are offered, and what each definition costs in every conversation: its bytes / 4, as tokens are counted here.

import type { PinStatus, ToolStatus } from '../../api/client.ts'
import { count } from '../../lib/amounts.ts'
import { dim, line, styled, wrapped, type Line, type Span, type Style } from '../line.ts'
import { waitsFor, type Item } from '../model.ts'
import { table } from '../table.ts'
import type { View } from './view.ts'
import { bar, differences, grouped, heading, pairs, sentences } from './words.ts'

type ToolItem = Item & { kind: 'tool' }

const BAR = 8

const styles: Readonly<Record<string, Style>> = { pinned: 'dim', changed: 'warn', quarantined: 'bad', refused: 'bad' }

const columns = (width: number) =>
  table(
    [
      { head: 'TOOL', width: 30, grows: 1 },
      { head: 'PIN', width: 11 },
      { head: 'TOKENS', width: 6, right: true },
      { head: '', width: BAR },
      { head: 'DESCRIPTION', width: 14, grows: 4 },
    ],
    width,
  )

export const tokensOf = (bytes: number): number => Math.ceil(bytes / 4)
const descriptionOf = ({ description }: ToolStatus): string => (typeof description === 'string' ? description : '')
const firstLine = (text: string): string => text.trim().split('\n', 1)[0]!

export const tools: View = {
  items: ({ tools, byName, pins = [] }) =>
    [...(tools ?? []), ...pins.filter(pin => pin.instructions && waitsFor(pin)).map(unsaid)]
      .toSorted((one, other) => (byName ? 0 : other.bytes - one.bytes) || (one.name < other.name ? -1 : 1))
      .map(tool => ({ kind: 'tool', key: tool.name, tool, pin: pins.find(({ name }) => name === tool.name) })),
  parts(item) {
    const { tool, pin } = item as ToolItem
    return { pin: pin?.state, tool: tool.name, backend: tool.backend, description: descriptionOf(tool), tokens: tokensOf(tool.bytes) }
  },
  above: ({ tools = [] }, width) => (tools.length === 0 ? [] : [sums(tools), line(), columns(width).head]),
  row(item, { tools = [] }, width, chosen) {
    const { tool, pin } = item as ToolItem
    const most = Math.max(1, ...tools.map(one => one.bytes))
    return columns(width).row(
      [
        tool.name,
        pin ? styled(pin.state, styles[pin.state]) : dim('-'),
        grouped(tokensOf(tool.bytes)),
        styled(bar(tool.bytes / most, BAR), 'busy'),
        dim(firstLine(descriptionOf(tool))),
      ],
      chosen,
    )
  },
  empty: model =>
    model.tools === undefined
      ? sentences('reading ...')
      : (model.own?.backends.length ?? 0) > 0
        ? sentences('No backend has said yet what it offers: it does at its first start.', '', ['They are started once by ', styled('mcpgw tools', 'key')])
        : sentences(['There is no backend yet. How to add one: ', styled('1', 'key')]),
  detail(item, _model, width) {
    const { tool, pin } = item as ToolItem
    return [
      line(' ', styled(tool.name, 'bold')),
      line(),
      ...pairs(
        [
          ['backend', tool.backend],
          ['name there', tool.tool],
          ['pin', pin && [pin.state, pin.why].filter(Boolean).join(': '), pin && styles[pin.state]],
          ...(pin?.marks ?? []).map(({ about, words }) => ['take care', `${about}: ${words}`, 'warn'] as const),
          ['costs', `${grouped(tokensOf(tool.bytes))} tokens in every conversation (${grouped(tool.bytes)} bytes)`],
        ],
        width,
      ),
      line(),
      ...difference(pin, width),
      heading('What it says of itself'),
      ...wrapped(descriptionOf(tool) || '(nothing)', width - 2).map(one => line(' ', ...one.spans)),
    ]
  },
  copied: item => ({ text: (item as ToolItem).tool.name, what: 'its name' }),
}

/** What a backend tells the model unasked stands among its tools while it waits for a decision: until then nobody is told it, and it costs nothing. */
const unsaid = ({ name, backend, tool }: PinStatus): ToolStatus => ({ name, backend, tool, description: 'what it tells the model, withheld', bytes: 0 })

/** What is offered instead of what was accepted. */
function difference(pin: ToolItem['pin'], width: number): Line[] {
  if (!pin?.difference || !waitsFor(pin)) return []
  return [heading('What has changed'), ...differences(pin.difference, width), line()]
}

/** All of them, and each backend's share. */
function sums(tools: readonly ToolStatus[]): { spans: Span[] } {
  const total = tools.reduce((all, one) => all + one.bytes, 0)
  const by = [...Map.groupBy(tools, one => one.backend)]
    .map(([backend, its]) => ({ backend, bytes: its.reduce((all, one) => all + one.bytes, 0) }))
    .sort((one, other) => other.bytes - one.bytes)
  return {
    spans: [
      ' ',
      styled(`${count(tools.length, 'tool')}, ${grouped(tokensOf(total))} tokens`, 'bold'),
      ...by.flatMap(({ backend, bytes }): Span[] => ['   ', dim(backend), ` ${grouped(tokensOf(bytes))}`]),
    ],
  }
}
