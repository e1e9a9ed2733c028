// `npm test`: the binary, the types, the format, then every test. `npm test -- FILE|FOLDER|--OPTION...`: these alone.
// The last lines printed are the summary of node:test.

import { spawnSync } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const tests = '*.test.{ts,tsx}'
/** Tests that run dist/mcpgw. */
const ofBinary = /^test\/(conformance|e2e|transcripts)\//

function run(what: string, ...args: string[]): void {
  process.stdout.write(`test: ${what}\n`)
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

function files(asked: readonly string[]): string[] {
  // The clients' tests install what they need, minutes of it: `npm run e2e`.
  const exclude = ['test/e2e/clients/**']
  if (asked.length === 0) return globSync(`test/**/${tests}`, { cwd: root, exclude }).sort()
  const from = process.env['INIT_CWD'] ?? root
  return asked.flatMap(name => {
    const path = relative(root, resolve(from, name))
    if (!existsSync(join(root, path))) {
      process.stderr.write(`test: there is no ${path}\n`)
      process.exit(2)
    }
    return statSync(join(root, path)).isDirectory() ? globSync(`${path}/**/${tests}`, { cwd: root, exclude }).sort() : path
  })
}

const asked = process.argv.slice(2)
const options = asked.filter(arg => arg.startsWith('-'))
const chosen = files(asked.filter(arg => !arg.startsWith('-')))
const all = options.length === asked.length

if (all || chosen.some(file => ofBinary.test(file))) run('building the binary', 'scripts/build.ts')
if (all) {
  run('checking the types', 'node_modules/typescript/bin/tsc', '-p', '.')
  run('checking the format', 'node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '{src,test,scripts}/**/*.{ts,tsx,mjs}')
}
run(
  `running ${chosen.length} files of tests`,
  '--import=tsx',
  '--test',
  '--test-reporter=spec',
  `--test-concurrency=${availableParallelism()}`,
  '--test-timeout=300000',
  ...options,
  ...chosen,
)
