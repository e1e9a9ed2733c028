// Builds dist/mcpgw, the single binary for this machine, and does nothing when nothing has changed. Speaks on stderr only.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const dist = join(root, 'dist')
const binary = join(dist, process.platform === 'win32' ? 'mcpgw.exe' : 'mcpgw')
const stamp = join(dist, 'build.json')
const say = (text: string) => process.stderr.write(`build: ${text}\n`)

/** A hash over everything that the binary is made from. */
async function inputs(): Promise<string> {
  const hash = createHash('sha256').update(process.version)
  const folders = ['src', 'scripts/build'].map(async folder => (await readdir(join(root, folder), { recursive: true })).sort().map(file => join(folder, file)))
  const files = [...(await Promise.all(folders)).flat(), 'scripts/build.ts', 'scripts/validator.ts', 'package.json', 'package-lock.json', 'tsconfig.json']
  for (const file of files.filter(file => /\.\w+$/.test(file))) hash.update(`${file}\0`).update(await readFile(join(root, file)))
  return hash.digest('hex')
}

/** The stamp names the very file that was made: two builds at once can't leave one's stamp on the other's binary. */
async function made(hash: string): Promise<string> {
  const { size, mtimeMs } = await stat(binary)
  return JSON.stringify({ inputs: hash, size, mtimeMs: Math.round(mtimeMs) })
}

/** The validator is made from the schema; an old one would be sealed in silently. */
async function generate(): Promise<void> {
  const { generated, validator } = await import('./validator.ts')
  const text = await validator()
  if (!existsSync(generated) || (await readFile(generated, 'utf8')) !== text) await writeFile(generated, text)
}

async function build(): Promise<void> {
  if (existsSync(binary) && existsSync(stamp) && (await readFile(stamp, 'utf8')) === (await made(await inputs()))) {
    // bin/mcpgw compares the sources' times with the stamp's.
    await utimes(stamp, new Date(), new Date())
    say('dist/mcpgw is up to date')
    return
  }
  const started = performance.now()
  const [{ bundle }, { train }, { seal }] = await Promise.all([import('./build/bundle.ts'), import('./build/train.ts'), import('./build/seal.ts')])
  await mkdir(dist, { recursive: true })
  await generate()
  // What is edited from here on is built the next time.
  const hash = await inputs()
  const folder = await mkdtemp(join(dist, 'parts-'))
  try {
    say('bundling')
    for (const { file, text } of await bundle(root)) await writeFile(join(folder, file), text)
    say('running it, for its code cache')
    await train(folder)
    say('sealing')
    await seal(folder, binary)
    await rm(join(dist, 'parts'), { recursive: true, force: true })
    await rename(folder, join(dist, 'parts'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  await writeFile(stamp, await made(hash))
  say(`dist/mcpgw, ${Math.round((await stat(binary)).size / 1e6)} MB, in ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

try {
  await build()
} catch (error) {
  say(`failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
