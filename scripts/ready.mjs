// Installs what the lock file says where it is missing, and sees to it that Node 26 runs. Runs on any Node from 20 on, before `npm start`,
// `npm test` and every build. Speaks on stderr only, and only when there is something to do.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { alone } from './alone.mjs'
import { linked, node26, root } from './node/link.mjs'

const say = text => process.stderr.write(`ready: ${text}\n`)
const packages = file => JSON.parse(readFileSync(join(root, file), 'utf8')).packages

/** Whether node_modules has every package of the lock file in its version; the optional ones are for other platforms, but Node 26 must be there. */
function installed() {
  if (!existsSync(join(root, 'node_modules/.package-lock.json')) || (node26 && !existsSync(node26))) return false
  const there = packages('node_modules/.package-lock.json')
  return Object.entries(packages('package-lock.json')).every(([path, { version, integrity, optional, link }]) => {
    if (!path.startsWith('node_modules/') || link) return true
    return there[path] ? there[path].version === version && there[path].integrity === integrity : optional
  })
}

/**
 * `npm ci`, through the npm that runs us if one does. No package needs its install script; they would run on a Node 26 that nobody has tried yet,
 * and a stranger's code is better not run at all.
 */
async function install() {
  say(`installing ${Object.keys(packages('package-lock.json')).length} locked packages (npm ci); the first time this takes a minute`)
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  const npm = process.env['npm_execpath']
  const stdio = ['ignore', 2, 2]
  const child = npm
    ? spawn(process.execPath, [npm, ...args], { cwd: root, stdio })
    : spawn('npm', args, { cwd: root, stdio, shell: process.platform === 'win32' })
  const started = Date.now()
  const patience = setInterval(() => say(`still installing (${Math.round((Date.now() - started) / 1000)} s)`), 10_000)
  const code = await new Promise(done => child.once('error', error => (say(error.message), done(1))).once('exit', done))
  clearInterval(patience)
  return code
}

const code = installed() ? 0 : await alone(join(root, 'dist/installing.pid'), () => (installed() ? 0 : install()))
if (code !== 0) say(`npm ci failed (exit code ${code}); it needs npm's registry or a full npm cache`)
if (code !== 0 || !linked()) process.exitCode = 1
