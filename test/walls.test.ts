// The walls of the house (src/README.md): rooms lean only on rooms below, adapters never on each other, and the core does no I/O.
// The bundler's own metafile knows every import, the dynamic ones and those of types apart; type imports are read from the text.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, test } from 'node:test'

const src = join(import.meta.dirname, '../src')

/** What each room may lean on; a path with a slash is one file of a room. */
const may: Record<string, readonly string[]> = {
  lib: [],
  rpc: ['lib'],
  gateway: ['rpc', 'lib'],
  config: ['gateway', 'rpc', 'lib'],
  backends: ['config', 'gateway', 'rpc', 'lib'],
  serve: ['config', 'gateway', 'rpc', 'lib'],
  store: ['config', 'gateway', 'rpc', 'lib'],
  api: ['config', 'gateway', 'rpc', 'lib', 'store/store', 'store/stored', 'version'],
  tui: ['api/client', 'gateway/types', 'gateway/state', 'gateway/events', 'lib'],
  boot: ['backends', 'serve', 'store', 'api', 'config', 'gateway', 'rpc', 'lib', 'version'],
  cli: ['boot', 'backends/logs', 'backends/logins', 'backends/oauth', 'serve', 'store', 'api', 'tui', 'config', 'gateway', 'rpc', 'lib', 'version'],
  main: ['cli'],
  version: [],
}

/** What the core may take of Node: computation, no input, no output. */
const pure = new Set(['node:crypto', 'node:buffer', 'picomatch', 're2js'])

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(file => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
const text = (file: string) => readFileSync(join(src, file), 'utf8')
const roomOf = (file: string) =>
  file
    .replaceAll('\\', '/')
    .replace(/\.[a-z.]+$/, '')
    .split('/')[0]!

function importsOf(file: string): string[] {
  return [...text(file).matchAll(/(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)'([^']+)'/g)].map(found => found[1]!)
}

describe('rooms lean only on rooms below', () => {
  for (const file of files)
    test(file, () => {
      const room = roomOf(file)
      assert.ok(may[room], `the room ${room} has no place in the house`)
      for (const imported of importsOf(file)) {
        if (!imported.startsWith('.')) continue
        const target = relative(src, join(src, dirname(file), imported)).replace(/\.[a-z.]+$/, '')
        if (target.startsWith('..') || roomOf(target) === room) continue
        const allowed = may[room]!.some(one => target === one || target.startsWith(`${one}/`))
        assert.ok(allowed, `${file} leans on ${target}; ${room} may lean on ${may[room]!.join(', ') || 'nothing'}`)
      }
    })
})

describe('the core does no I/O', () => {
  for (const file of files.filter(one => ['gateway', 'rpc'].includes(roomOf(one))))
    test(file, () => {
      for (const imported of importsOf(file)) assert.ok(imported.startsWith('.') || pure.has(imported), `${file} imports ${imported}`)
      const code = text(file).replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '')
      assert.doesNotMatch(code, /\bprocess\b|\bDate\.now\b|\bnew Date\b|\bsetTimeout\b|\bsetInterval\b|\bperformance\b|\bfetch\(|\bMath\.random\b|\bconsole\b/)
    })
})

for (const [start, what] of [
  ['stdio', 'a stdio start'],
  ['serving', 'mcpgw serve'],
] as const)
  test(`what ${what} loads knows no command line, no settings writer, no control app`, () => {
    const seen = new Set<string>()
    const visit = (file: string) => {
      if (seen.has(file)) return
      seen.add(file)
      for (const found of text(file).matchAll(/^import (?!type)[^;]*?from '([^']+)'/gms)) {
        const imported = found[1]!
        if (imported.startsWith('.')) {
          const target = relative(src, join(src, dirname(file), imported))
          if (/\.tsx?$/.test(target) && !target.startsWith('..')) visit(target)
        } else assert.doesNotMatch(imported, /^(commander|conf|hono|@hono|ink|react|ajv|@modelcontextprotocol)/, `${file} imports ${imported}`)
      }
    }
    visit(join('cli', `${start}.ts`))
    assert.ok(seen.has(join('gateway', 'session.ts')))
  })
