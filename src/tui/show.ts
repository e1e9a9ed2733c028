// Going to a view, and what has to be asked for then.

import type { Effect, Loading, Model, ViewName } from './model.ts'

export const load = (what: Loading): Effect => ({ kind: 'load', what })

/** Shows a view. */
export function shown(model: Model, view: ViewName | undefined): readonly Effect[] {
  if (view === undefined) return []
  model.view = view
  model.pane = undefined
  model.record = undefined
  const needs: Partial<Record<ViewName, Loading>> = { backends: 'statuses', limits: 'limits', tools: 'tools', overview: 'activity' }
  const what = needs[view]
  return what === undefined ? [] : [load(what)]
}
