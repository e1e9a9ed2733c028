// What a person takes along: copied as it is shown, or written to a file as lines of JSON.

import type { Effect, Item, Model } from './model.ts'
import { framesOf } from './raw.ts'
import { contentOf } from './screen.ts'
import { views } from './views/views.ts'

/** The log has all of them: `mcpgw log export`. */
const EXPORTED = 1000

/** Calls with all that is on record of them; of everything else what is known here, without its secrets. */
export function exported(model: Model): readonly Effect[] {
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

/** What is looked at, as it is shown: all of a pane, not its visible part. */
export function copied(model: Model): readonly Effect[] {
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
