// The list of a view: what it holds now, what is chosen, what is scrolled.

import { filterOf } from './filter.ts'
import { bodyRows, type Model } from './model.ts'
import { looksAt } from './questions.ts'
import { views } from './views/views.ts'

export const cursorOf = (model: Model) => (model.cursors[model.view] ??= { at: 0, top: 0 })

/** Brings the list, the cursor and what is scrolled in line with what there is; to be done before drawing. */
export function settle(model: Model): void {
  const view = views[model.view]
  const filter = model.filters[model.view] ?? ''
  const all = view.items(model)
  const fits = filterOf(filter)
  model.items = filter === '' ? all : all.filter(item => fits(view.parts(item, model)))
  const cursor = cursorOf(model)
  const { items } = model
  const follows = model.view === 'activity' && model.follow && model.pane === undefined
  const known = follows || cursor.key === undefined ? -1 : items.findIndex(({ key }) => key === cursor.key)
  cursor.at = follows ? items.length - 1 : known >= 0 ? known : Math.min(cursor.at, items.length - 1)
  cursor.at = Math.max(0, cursor.at)
  // Whoever looks at one thing goes on looking at it, also when the list has forgotten it.
  if (model.pane?.kind !== 'detail' || known >= 0) {
    model.chosen = items[cursor.at]
    cursor.key = model.chosen?.key
  }
  const rows = Math.max(1, bodyRows(model) - view.above(model, model.size.columns).length)
  cursor.top = Math.max(0, Math.min(cursor.top, cursor.at, items.length - rows))
  if (cursor.at >= cursor.top + rows) cursor.top = cursor.at - rows + 1
  looksAt(model)
}
