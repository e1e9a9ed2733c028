// Parts into a binary: Node's own single executable application, made through pkg. No Node and no node_modules beside it, no downloads.

import { mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { log } from '@yao-pkg/pkg/lib-es5/log.js'
import { v8Options } from './parts.ts'
import pkg, { type SeaConfig } from '@yao-pkg/pkg/lib-es5/sea.js'

/** What Node's page on single executables says of them; pkg's types know less of it. */
interface Sealing extends SeaConfig {
  readonly execArgv: readonly string[]
  readonly execArgvExtension: 'none'
}

const names = { linux: 'linux', darwin: 'macos', win32: 'win' } as const

/** The configuration for the parts (and their caches) in `folder`. */
export async function sealing(folder: string): Promise<Sealing> {
  const files = (await readdir(folder)).filter(file => /\.(js|cache)$/.test(file) && file !== 'loader.js')
  return {
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: false,
    assets: Object.fromEntries(files.map(file => [file, join(folder, file)])),
    execArgv: v8Options,
    // Nobody's NODE_OPTIONS may open a debugger here.
    execArgvExtension: 'none',
  }
}

/** Writes the binary's main into `folder`. */
export async function loader(folder: string): Promise<string> {
  const outfile = join(folder, 'loader.js')
  await build({
    entryPoints: [join(import.meta.dirname, 'loader.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node26',
    minify: true,
    logLevel: 'silent',
  })
  return outfile
}

/** Makes the binary for this machine. It appears whole or not at all, also under a running one. */
export async function seal(folder: string, output: string): Promise<void> {
  const room = await mkdtemp(`${output}-`)
  const whole = join(room, 'mcpgw')
  log.info = () => {}
  try {
    await pkg.default(await loader(folder), {
      nodePath: process.execPath,
      seaConfig: await sealing(folder),
      signature: true,
      targets: [{ platform: names[process.platform as keyof typeof names], arch: process.arch, nodeRange: `node${process.versions.node}`, output: whole }],
    })
    await rename(whole, output)
  } finally {
    await rm(room, { recursive: true, force: true })
  }
}
