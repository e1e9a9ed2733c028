// `npm run binaries`: the binary for every platform, from the Node packages of the lock file. Only this machine's has code caches (V8's fit
// one kind of machine) and is run by tests; the others start about twice as slowly, and say so.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { loader, sealing } from './build/seal.ts'

const root = resolve(import.meta.dirname, '..')
const dist = join(root, 'dist')
const say = (text: string) => process.stdout.write(`binaries: ${text}\n`)

interface Locked {
  readonly version: string
  readonly integrity: string
  readonly os: string | string[]
  readonly cpu: string | string[]
}

/** The package's Node, downloaded by npm once and compared with the lock file. */
async function nodeOf(name: string, { version, integrity }: Locked, exe: string): Promise<string> {
  const folder = join(dist, 'nodes', `${name}-${version}`)
  const node = join(folder, 'package/bin', `node${exe}`)
  if (existsSync(node)) return node
  say(`fetching ${name}@${version}`)
  await mkdir(folder, { recursive: true })
  const packed = execFileSync('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', folder], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  }).trim()
  const archive = join(folder, packed.split('\n').at(-1)!)
  const [algorithm, expected] = integrity.split(/-(.*)/s) as [string, string]
  const found = createHash(algorithm)
    .update(await readFile(archive))
    .digest('base64')
  if (found !== expected) throw new Error(`${name}@${version} is not what the lock file says`)
  execFileSync('tar', ['-xzf', archive, '-C', folder, `package/bin/node${exe}`])
  await rm(archive)
  return node
}

/** Node itself puts the parts into another platform's Node; pkg would have to run that one. */
async function sealFor(executable: string, output: string): Promise<void> {
  const { assets, ...rest } = await sealing(join(dist, 'parts'))
  const portable = Object.entries(assets!).filter(([file]) => !file.endsWith('.cache'))
  const config = join(dist, 'nodes/sea.json')
  const fresh = `${output}.new`
  await writeFile(config, JSON.stringify({ ...rest, main: await loader(join(dist, 'parts')), executable, output: fresh, assets: Object.fromEntries(portable) }))
  execFileSync(process.execPath, [`--build-sea=${config}`], { stdio: ['ignore', 'ignore', 'inherit'] })
  await rename(fresh, output)
}

execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: ['ignore', 'inherit', 'inherit'] })
const nodes = JSON.parse(await readFile(join(root, 'scripts/node/package.json'), 'utf8')).optionalDependencies as Record<string, string>
const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')).packages as Record<string, Locked>
await mkdir(join(dist, 'nodes'), { recursive: true })
for (const name of Object.keys(nodes)) {
  const locked = lock[`node_modules/${name}`]!
  const [os, cpu] = [[locked.os].flat()[0]!, [locked.cpu].flat()[0]!]
  const exe = os === 'win32' ? '.exe' : ''
  const output = join(dist, `mcpgw-${os === 'win32' ? 'windows' : os}-${cpu}${exe}`)
  const here = os === process.platform && cpu === process.arch
  if (here) await copyFile(join(dist, `mcpgw${exe}`), output)
  else await sealFor(await nodeOf(name, locked, exe), output)
  const notes = here ? 'this machine; `npm test` runs it' : `untested${os === 'darwin' ? ', unsigned: on a Mac, codesign --sign - FILE' : ''}`
  say(`${output.slice(root.length + 1).padEnd(30)} ${Math.round((await stat(output)).size / 1e6)} MB  ${notes}`)
}
