// How the binary's parts are run. Its main does it with what is sealed into it, the build with files, so that both compile alike and
// the V8 caches that the build takes fit. V8 ignores a cache that doesn't fit and compiles as ever.

import vm from 'node:vm'

/**
 * How V8 is told to run the parts; its caches fit these options alone. A small young generation and one helper thread: a gateway is one of many
 * processes on a person's machine, and what a call allocates is soon over. Saves 15 MB after 10,000 calls and costs no time that can be measured.
 * Most other options do: with them V8 takes the caches of Node's own modules for foreign, and a start is longer by a quarter. So none of those that
 * make it give memory back is here; see `src/lib/ebb.ts`.
 */
export const v8Options = ['--max-semi-space-size=2', '--v8-pool-size=1'] as const

/** The bytes of `stdio.js`, `stdio.js.cache` and so on; undefined where there are none. */
export type Read = (file: string) => Buffer | undefined

/** What the bundler makes of `import('...')`: a builtin, or `part:module`. */
type Load = (specifier: string) => Promise<unknown>
type Modules = Record<string, () => unknown>
type Body = (require: NodeJS.Require, load: Load, modules: Modules, module: { exports: object }, exports: object) => void | Promise<void>

/** What stands around a part, so that its names stay its own. */
export const wrapper = {
  plain: '(function(require,__load,__modules,module,exports){',
  waiting: '(async function(require,__load,__modules){',
  end: '\n})',
} as const

/** Loading this one takes 4 ms, a fifth of a start, and the first answer needs none of it. Parts take single functions from it, so it can wait. */
const later = 'node:crypto'

const patient = (require: NodeJS.Require) => Object.assign((id: string) => (id === later ? waiting(() => require(id)) : require(id)), require)

/** A module that comes when the first of its members is asked for, and is this object from then on: a call asks for four of them and more. */
function waiting(load: () => object): object {
  const get = (_: object, name: PropertyKey, asked: object): unknown => {
    const module = load()
    Object.defineProperties(asked, Object.getOwnPropertyDescriptors(module))
    return Reflect.get(module, name)
  }
  return Object.create(new Proxy({}, { get })) as object
}

/** Runs the part that this start needs, and other parts when they are asked for, each once. `compiled` hears of every script before it runs. */
export function run(read: Read, require: NodeJS.Require, compiled?: (file: string, script: vm.Script) => void): void {
  const ran = new Map<string, Promise<Modules>>()
  const first = process.argv[2] === 'serve' ? 'serve.js' : 'stdio.js'

  function part(file: string): Promise<Modules> {
    const script = new vm.Script(read(file)!.toString('latin1'), { filename: `mcpgw/${file}`, cachedData: read(`${file}.cache`) })
    compiled?.(file, script)
    const [modules, module] = [{}, { exports: {} }]
    const body = script.runInThisContext() as Body
    const done = body(file === first ? patient(require) : require, load, modules, module, module.exports)
    return Promise.resolve(done).then(() => modules)
  }

  async function load(specifier: string): Promise<unknown> {
    const [file, module] = specifier.split(':') as [string, string]
    if (file.endsWith('.js')) {
      if (!ran.has(file)) ran.set(file, part(file))
      return (await ran.get(file)!)[module]!()
    }
    const builtin = require(specifier) as object
    return { ...builtin, default: builtin }
  }

  void part(first)
}
