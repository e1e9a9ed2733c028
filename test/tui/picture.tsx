// What a terminal would show of a model: as Ink draws it.

import { renderToString } from 'ink'
import type { Model } from '../../src/tui/model.ts'
import { themeOf } from '../../src/tui/theme.ts'
import { settle } from '../../src/tui/list.ts'
import { Window } from '../../src/tui/window.tsx'

/** Without colours; with them where `colours` says so. */
export function picture(model: Model, colours = false): string {
  settle(model)
  return renderToString(<Window model={model} theme={themeOf({}, colours)} />, { columns: model.size.columns })
}
