// Runs every transcript of this folder, each in a home of its own, with dist/mcpgw (or MCPGW_BINARY; "source" runs the sources).
// TRANSCRIPTS=write writes down what is printed instead; look at the difference before you keep it.

import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { matches, print, read } from './transcript.ts'

const root = join(import.meta.dirname, '../..')
const binary = process.env['MCPGW_BINARY'] ?? join(root, 'dist/mcpgw')

/** A folder with the command `mcpgw`, and with `node` and the backend of the tests, for what is added. */
function commands(folder: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  if (binary === 'source') writeFileSync(join(bin, 'mcpgw'), `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'src/main.ts')}" "$@"\n`)
  else symlinkSync(binary, join(bin, 'mcpgw'))
  writeFileSync(join(bin, 'backend'), `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'test/fixtures/backend.mjs')}" "$@"\n`)
  for (const name of binary === 'source' ? ['mcpgw', 'backend'] : ['backend']) chmodSync(join(bin, name), 0o755)
  return bin
}

for (const file of readdirSync(import.meta.dirname).filter(name => name.endsWith('.txt'))) {
  test(`${file} is what is printed`, async context => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mcpgw-t-')))
    context.after(() => rmSync(folder, { recursive: true, force: true }))
    const home = join(folder, 'home')
    mkdirSync(home)
    const env = { PATH: [commands(folder), '/usr/bin', '/bin'].join(delimiter), SHELL: '/bin/sh', LANG: 'C.UTF-8' }
    const path = join(import.meta.dirname, file)
    let written = ''
    for (const { line, source, command, expected } of read(readFileSync(path, 'utf8'))) {
      const printed = await print(command, home, env)
      const same = matches(expected, printed)
      written += `${source}\n${same ? expected : printed}${(same ? expected : printed) ? '\n' : ''}\n`
      if (!same && process.env['TRANSCRIPTS'] !== 'write') assert.equal(printed, expected, `${file}:${line}: $ ${command}`)
    }
    if (process.env['TRANSCRIPTS'] === 'write') writeFileSync(path, `${written.trimEnd()}\n`)
  })
}

test('a transcript knows any text, any lines and exit codes', () => {
  assert.ok(matches('a [..] c\n...\n[exit 4]', 'a b c\nd\ne\n[exit 4]'))
  assert.ok(matches('...\nend', 'end'))
  assert.ok(!matches('a', 'a\nb'))
  assert.ok(!matches('a.c', 'abc'))
  assert.deepEqual(
    read('# why\n$ one \\\n> two\nthree\n\n$ four\n').map(({ command, expected }) => [command, expected]),
    [
      ['one \\\ntwo', 'three'],
      ['four', ''],
    ],
  )
})
