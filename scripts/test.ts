// `npm test`: the binary, the types, the format, then every test. `npm test -- FILE|FOLDER|--OPTION...`: these alone.
// Tests of real processes and terminals share the machine with each other: when few fail, theirs are run once more, alone, and that counts.
// The last lines printed are the summary of node:test.

import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
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

/** So many files may have failed in the crowd; more are no accident. */
const FEW = 4

/** Runs these files: those in which a test failed. */
function failing(chosen: readonly string[], atOnce: number): readonly string[] {
  process.stdout.write(`test: running ${chosen.length} ${chosen.length === 1 ? 'file' : 'files'} of tests, ${atOnce} at a time\n`)
  const folder = mkdtempSync(join(tmpdir(), 'mcpgw-test-'))
  const list = join(folder, 'failed')
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout', '--test-reporter=./scripts/failed.ts', `--test-reporter-destination=${list}`]
  const args = ['--import=tsx', '--test', ...reporters, `--test-concurrency=${atOnce}`, '--test-timeout=300000', ...options, ...chosen]
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (error) throw error
  const found = existsSync(list) ? readFileSync(list, 'utf8').split('\n').filter(Boolean) : []
  rmSync(folder, { recursive: true })
  return status === 0 ? [] : found.length > 0 ? found : chosen
}

const failed = failing(chosen, availableParallelism())
if (failed.length === 0) process.exit(0)
if (!all || failed.length > FEW) process.exit(1)
process.stdout.write(`test: what failed is run once more, alone: ${failed.join(', ')}\n`)
process.exit(failing(failed, 1).length === 0 ? 0 : 1)
