// A view: its list, how a row of it looks, and what there is to know of one. Pure: the same model is always the same lines.

import type { Item, Model } from '../model.ts'
import type { Line } from '../line.ts'

export interface View {
  /** All of its list; the filter is applied by whoever asks. */
  items(model: Model): readonly Item[]
  /** What a filter can name. */
  parts(item: Item, model: Model): Readonly<Record<string, string | number | undefined>>
  /** Lines that stand above the list and don't scroll: sums, and the heads of its columns. */
  above(model: Model, columns: number): readonly Line[]
  row(item: Item, model: Model, columns: number, chosen: boolean): Line
  /** Shown where there is nothing to list. */
  empty(model: Model, columns: number): readonly Line[]
  detail(item: Item, model: Model, columns: number): readonly Line[]
  copied(item: Item): { readonly text: string; readonly what: string }
}
