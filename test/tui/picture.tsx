// What a terminal would show of a model: as Ink draws it.

import { stripVTControlCharacters } from 'node:util'
import { renderToString } from 'ink'
import type { Model } from '../../src/tui/model.ts'
import { settle } from '../../src/tui/list.ts'
import { painted } from '../../src/tui/paint.ts'
import { screen } from '../../src/tui/screen.ts'
import { themeOf } from '../../src/tui/theme.ts'
import { Window } from '../../src/tui/window.tsx'

/** Without colours; with them where `colours` says so. */
export function picture(model: Model, colours = false): string {
  settle(model)
  const { columns } = model.size
  const rows = screen(model).map(one => painted(one, columns, themeOf({}, colours)))
  const text = renderToString(<Window rows={rows} columns={columns} />, { columns })
  return colours ? text : stripVTControlCharacters(text)
}
