// What a backend says of a list besides what is in it: members of its result that nobody here knows, and `_meta`. A list that is one backend's keeps
// them as they were written. In one made of several, or of several pages, a member stays on which all who say it agree; `_meta` is read member by member.

import { members, stringEnd } from '../rpc/spans.ts'

/** One member of a list's result: wire text. `name` is its key as it was written, quotes and all. */
export interface Remark {
  readonly key: string
  readonly name: string
  readonly value: string
}

/** What our answer says itself: a list comes in one page (contract §4), and how long one holds that rules, keys and pins shape nobody else can say. */
const OURS = new Set(['nextCursor', 'resultType', 'ttlMs', 'cacheScope'])
const META = '_meta'
/** Whose answer it is (MCP 2026-07-28, base protocol, _meta); one made of several is no backend's. */
const SERVER = 'io.modelcontextprotocol/serverInfo'

const inside = (text: string, at: number): Remark[] =>
  members(text, at).map(one => ({ key: one.key, name: text.slice(one.at, stringEnd(text, one.at)), value: text.slice(one.start, one.end) }))

/** Those of the result that begins at `at`; `list` is the member with the items. */
export const remarksOf = (text: string, at: number, list: string): readonly Remark[] => inside(text, at).filter(({ key }) => key !== list && !OURS.has(key))

/** What the pages of one list say together. */
export const ofPages = (pages: readonly (readonly Remark[])[]): readonly Remark[] => (pages.length === 1 ? pages[0]! : agreed(pages))

/** What several backends say together of one list. */
export const ofBackends = (all: readonly (readonly Remark[])[]): readonly Remark[] => (all.length === 1 ? all[0]! : agreed(all, SERVER))

/** The text that goes behind the list in its result. */
export const remarked = (remarks: readonly Remark[]): string => remarks.map(({ name, value }) => `,${name}:${value}`).join('')

function agreed(all: readonly (readonly Remark[])[], but?: string): Remark[] {
  const said = new Map<string, Remark[]>()
  for (const remarks of all) {
    // Of a member that stands twice the last one counts, as JSON.parse takes it.
    for (const one of new Map(remarks.map(each => [each.key, each])).values()) said.set(one.key, [...(said.get(one.key) ?? []), one])
  }
  return [...said].flatMap(([key, [first, ...others]]) => {
    if (key === but) return []
    if (key === META) return meta([first!, ...others], but)
    return others.every(({ value }) => value === first!.value) ? first! : []
  })
}

function meta(all: readonly Remark[], but: string | undefined): Remark[] {
  const value = remarked(
    agreed(
      all.map(one => inside(one.value, 0)),
      but,
    ),
  ).slice(1)
  return value === '' ? [] : [{ key: META, name: `"${META}"`, value: `{${value}}` }]
}
