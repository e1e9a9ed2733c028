// `npm run e2e [-- NAME...]`: installs the real clients and servers that package-lock.json beside this file names, where they are not installed
// yet, builds the binary, and runs the tests, one after another. Nothing but the installation needs the network; no login, no key of anyone's.

import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { alone } from '../../../scripts/alone.mjs'
import { root } from '../../../scripts/node/link.mjs'

const here = import.meta.dirname
const lock = readFileSync(join(here, 'package-lock.json'), 'utf8')
const locked = createHash('sha256').update(lock).digest('hex')
/** Written when everything is there: what was installed. */
const mark = join(here, 'node_modules/.installed')
const installed = () => existsSync(mark) && readFileSync(mark, 'utf8') === locked

const say = text => process.stderr.write(`e2e: ${text}\n`)
const run = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1

function fail(why) {
  say(why)
  process.exit(1)
}

/** `npm ci`, through the npm that runs us if one does. Nobody's install scripts are run. */
async function install() {
  if (installed()) return 0
  say(`installing ${Object.keys(JSON.parse(lock).packages).length - 1} locked packages for these tests (npm ci): 2 GB on disk, minutes the first time`)
  const args = ['ci', '--ignore-scripts', '--include=optional', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  const npm = process.env['npm_execpath']
  const options = { cwd: here, stdio: ['ignore', 2, 2] }
  const child = npm ? spawn(process.execPath, [npm, ...args], options) : spawn('npm', args, { ...options, shell: process.platform === 'win32' })
  const started = Date.now()
  const patience = setInterval(() => say(`still installing (${Math.round((Date.now() - started) / 1000)} s)`), 15_000)
  const code = await new Promise(done => child.once('error', error => (say(error.message), done(1))).once('exit', done))
  clearInterval(patience)
  if (code === 0) writeFileSync(mark, locked)
  return code
}

const all = globSync('*.test.ts', { cwd: here }).sort()
const names = process.argv.slice(2)
const files = names.length ? all.filter(file => names.includes(basename(file, '.test.ts'))) : all
if (files.length < names.length) fail(`there are ${all.map(file => basename(file, '.test.ts')).join(', ')}`)

const code = await alone(join(root, 'dist/installing-clients.pid'), install)
if (code !== 0) fail(`npm ci failed (exit code ${code}); it needs npm's registry or a full npm cache`)
if (process.env['MCPGW_BINARY'] === undefined) {
  say('building the binary')
  if (run('scripts/build.ts') !== 0) fail('the build failed')
}
say(`running ${files.length} files of tests; all of them take about five minutes`)
const tests = files.map(file => join(here, file))
process.exitCode = run('--import=tsx', '--test', '--test-reporter=spec', '--test-concurrency=1', '--test-timeout=300000', ...tests)
