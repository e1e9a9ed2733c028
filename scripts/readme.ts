// Fills in what the README takes from the program itself: its commands, its settings and its screens. `npm run readme` writes it; a test says when it is old.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemContext } from '../src/cli/context.ts'
import { tree } from '../src/cli/program.ts'
import { schema } from '../src/config/schema.ts'

const file = join(import.meta.dirname, '../README.md')

interface Property {
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Record<string, Property>
  readonly additionalProperties?: boolean | Property
  readonly items?: Property
}

const rows = (properties: Record<string, Property>, prefix = ''): string[] =>
  Object.entries(properties).flatMap(([name, property]) => {
    const key = `${prefix}${name}`
    const inside = typeof property.additionalProperties === 'object' ? property.additionalProperties.properties : undefined
    const standard = property.default === undefined || JSON.stringify(property.default) === '{}' ? '' : `\`${JSON.stringify(property.default)}\``
    return [
      `| \`${key}\` | ${(property.description ?? '').replaceAll('|', '\\|')} | ${standard} |`,
      ...(property.properties ? rows(property.properties, `${key}.`) : []),
      ...(inside ? rows(inside, `${key}.NAME.`) : []),
      ...(property.items?.properties ? rows(property.items.properties, `${key}[].`) : []),
    ]
  })

/** The settings as a table, from the schema. */
export const settings = (): string =>
  ['| key | what it says | default |', '| --- | --- | --- |', ...rows(schema.properties as Record<string, Property>)].join('\n')

/** The commands as a table, from their own help. */
export function commands(): string {
  const rows = tree(systemContext())
    .commands.filter(command => command.description() !== '')
    .map(command => {
      const inside = command.commands.map(one => one.name()).join(', ')
      return `| \`mcpgw ${command.name()}\` | ${command.description()}${inside ? ` (also: ${inside})` : ''} |`
    })
  return ['| command | what it does |', '| --- | --- |', ...rows].join('\n')
}

/** The page with one of its parts put in. */
export function fill(page: string, part: string, text: string): string {
  const [open, close] = [`<!-- ${part} -->`, `<!-- /${part} -->`]
  const start = page.indexOf(open)
  const end = page.indexOf(close)
  if (start < 0 || end < start) throw new Error(`the README has no place for ${part}`)
  return `${page.slice(0, start + open.length)}\n\n${text}\n\n${page.slice(end)}`
}

const frames = join(import.meta.dirname, '../test/frames')

/** Screens of the window, as its tests compare them; an empty stretch is shorter here. */
export const screens = (): string =>
  ['activity', 'approvals-one', 'backends-one', 'overview']
    .map(name => `\`\`\`text\n${readFileSync(join(frames, `${name}.80x24.txt`), 'utf8').replace(/\n{4,}/g, '\n\n\n')}\`\`\``)
    .join('\n\n')

/** The README as it should be. */
export const readme = (page: string): string => fill(fill(fill(page, 'settings', settings()), 'commands', commands()), 'screens', screens())

if (process.argv[1] === import.meta.filename) writeFileSync(file, readme(readFileSync(file, 'utf8')))
