// How the binary's parts are run. Its main does it with what is sealed into it, the build with files, so that both compile alike and
// the V8 caches that the build takes fit. V8 ignores a cache that doesn't fit and compiles as ever.

import vm from 'node:vm'

/** The bytes of `stdio.js`, `stdio.js.cache` and so on; undefined where there are none. */
export type Read = (file: string) => Buffer | undefined

/** What the bundler makes of `import('...')`: a builtin, or `part:module`. */
type Load = (specifier: string) => Promise<unknown>
type Modules = Record<string, () => unknown>
type Body = (exports: object, require: NodeJS.Require, module: { exports: object }, load: Load) => void

/** What stands around a part, so that its names stay its own. */
export const wrapper = ['(function(exports,require,module,__load){', '\n})'] as const

/** Loading this one takes 4 ms, a fifth of a start, and the first answer needs none of it. Parts take single functions from it, so it can wait. */
const later = 'node:crypto'

const patient = (require: NodeJS.Require) =>
  Object.assign((id: string) => (id === later ? new Proxy({}, { get: (_, name) => Reflect.get(require(id) as object, name) }) : require(id)), require)

/** Runs `stdio.js`, and other parts when they are asked for, each once. `compiled` hears of every script before it runs. */
export function run(read: Read, require: NodeJS.Require, compiled?: (file: string, script: vm.Script) => void): void {
  const ran = new Map<string, Modules | Promise<Modules>>()

  function part(file: string): Modules | Promise<Modules> {
    let modules = ran.get(file)
    if (!modules) ran.set(file, (modules = file.endsWith('.mjs') ? imported(read(file)!) : script(file)))
    return modules
  }

  function script(file: string): Modules {
    const script = new vm.Script(read(file)!.toString('latin1'), { filename: `mcpgw/${file}`, cachedData: read(`${file}.cache`) })
    compiled?.(file, script)
    const module = { exports: {} }
    ;(script.runInThisContext() as Body)(module.exports, file === 'stdio.js' ? patient(require) : require, module, load)
    return module.exports
  }

  async function load(specifier: string): Promise<unknown> {
    const [file, module] = specifier.split(':') as [string, string]
    if (/\.m?js$/.test(file)) return (await part(file))[module]!()
    const builtin = require(specifier) as object
    return { ...builtin, default: builtin }
  }

  part('stdio.js')
}

/** An ES module that waits at its top level can't be required, only imported. */
async function imported(source: Buffer): Promise<Modules> {
  const script = new vm.Script('url=>import(url)', { importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER })
  const load = script.runInThisContext() as (url: string) => Promise<{ default: Modules }>
  return (await load(`data:text/javascript;base64,${source.toString('base64')}`)).default
}
