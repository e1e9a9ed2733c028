// What a terminal would show of a model: its rows, as they are written.

import { stripVTControlCharacters } from 'node:util'
import type { Model } from '../../src/tui/model.ts'
import { settle } from '../../src/tui/list.ts'
import { painted } from '../../src/tui/paint.ts'
import { screen } from '../../src/tui/screen.ts'
import { themeOf } from '../../src/tui/theme.ts'

/** Its text alone; as it is written where `colours` says so. */
export function picture(model: Model, colours = false): string {
  settle(model)
  const rows = screen(model).map(one => painted(one, model.size.columns, themeOf({}, colours)))
  return colours ? rows.join('\n') : stripVTControlCharacters(rows.join('\n'))
}
