// The program in parts, each a script, so that each can have a V8 cache: `stdio` is what a client's start needs, from its first import to its
// first answer; `serve` is the same for `mcpgw serve`; `redact` is what the first record needs besides; `window` is what is drawn with Ink; `rest` is
// everything else. A dynamic import that leaves its part loads another one. A module that two parts need is in both: modules of ours share no state.

import { builtinModules } from 'node:module'
import { relative } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { wrapper } from './parts.ts'

/** The parts that the binary begins with, and which dynamic imports are followed inside them. */
const within: Partial<Record<string, readonly string[]>> = { 'stdio.js': ['src/cli/stdio.ts', 'src/cli/attend.ts'], 'serve.js': ['src/cli/serving.ts'] }
/** What they load of it is small, and no start needs it. */
const inRedact = 'src/gateway/redact/redact.ts'
const inWindow = 'src/tui/'

const files = ['stdio.js', 'serve.js', 'redact.js', 'rest.js', 'window.js'] as const
type File = (typeof files)[number]

/** Modules that a part must offer, because another part loads them. */
type Wanted = Record<File, Set<string>>

function fileOf(module: string, from: File): File {
  if (module.startsWith(inWindow)) return 'window.js'
  const inside = within[from]
  if (!inside) return 'rest.js'
  return inside.includes(module) ? from : module === inRedact ? 'redact.js' : 'rest.js'
}

/** Bundles src/main.ts and everything that it reaches; a part that nobody needs is left out. */
export async function bundle(root: string): Promise<{ file: File; text: string }[]> {
  const main = 'src/main.ts'
  const wanted: Wanted = { 'stdio.js': new Set([main]), 'serve.js': new Set([main]), 'redact.js': new Set(), 'rest.js': new Set(), 'window.js': new Set() }
  const made = []
  for (const file of files) if (wanted[file].size) made.push({ file, text: await part(root, file, wanted) })
  return made
}

async function part(root: string, file: File, wanted: Wanted): Promise<string> {
  // Ink waits at its top level, which CommonJS can't; the body of an async function can.
  const waits = file === 'window.js'
  const modules = [...wanted[file]].sort()
  const result = await build({
    ...(file in within ? { entryPoints: modules } : { stdin: { contents: index(modules, waits), resolveDir: root } }),
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    outfile: file,
    platform: 'node',
    // jsonc-parser's main hides its imports from bundlers.
    mainFields: ['module', 'main'],
    target: 'node26',
    format: waits ? 'esm' : 'cjs',
    charset: 'ascii',
    // The text stays in memory as long as its part, so nothing stands in it for the eye. Short lines and real names: a crash prints them.
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 160,
    legalComments: 'none',
    // Ink looks for its debugger with the second one, and only where it was told to.
    define: { 'process.env.NODE_ENV': '"production"', 'import.meta.url': '"file:///mcpgw"', 'import.meta.resolve': 'String' },
    banner: { js: wrapper[waits ? 'waiting' : 'plain'] },
    footer: { js: wrapper.end },
    plugins: waits ? [required] : [leaving(root, file, wanted), reading],
    logLevel: 'silent',
  })
  const outside = Object.values(result.metafile.outputs).flatMap(output => output.imports.filter(one => one.external && one.kind === 'dynamic-import'))
  return loads(result.outputFiles[0]!.text, new Set(outside.map(one => one.path)))
}

/** A part's modules by name; each is evaluated when it is asked for. */
function index(modules: readonly string[], waits: boolean): string {
  const members = modules.map(module => `${JSON.stringify(module)}: () => ${waits ? 'import' : 'require'}(${JSON.stringify(`./${module}`)})`)
  return `Object.assign(__modules, { ${members.join(', ')} })`
}

/** Turns a dynamic import of a module that belongs to another part into one of `part:module`. */
function leaving(root: string, from: File, wanted: Wanted): Plugin {
  return {
    name: 'leaving',
    setup(builder) {
      builder.onResolve({ filter: /^\.{1,2}\// }, async ({ path, kind, resolveDir, importer, pluginData }) => {
        if (kind !== 'dynamic-import' || pluginData === leaving || importer.includes('node_modules')) return undefined
        const found = await builder.resolve(path, { kind, resolveDir, importer, pluginData: leaving })
        const module = relative(root, found.path).replaceAll('\\', '/')
        const to = fileOf(module, from)
        if (found.errors.length || to === from) return undefined
        wanted[to].add(module)
        return { path: `${to}:${module}`, external: true }
      })
    },
  }
}

/** Whatever is loaded of jsonc-parser makes its tables for laying out text, half a millisecond of every start; nothing of ours lays out text. */
const reading: Plugin = {
  name: 'reading',
  setup(builder) {
    builder.onResolve({ filter: /^\.\/(impl\/)?(format|edit|string-intern)$/ }, async ({ path, kind, resolveDir, importer, pluginData }) => {
      if (!/[\\/]jsonc-parser[\\/]/.test(importer) || pluginData === reading) return undefined
      const found = await builder.resolve(path, { kind, resolveDir, importer, pluginData: reading })
      return { path: found.path, sideEffects: false }
    })
  },
}

/** The body of a function can't have import statements: builtins are required there, whoever imports them. Ink's devtools are not for users. */
const required: Plugin = {
  name: 'required',
  setup(builder) {
    const builtins = new Set(builtinModules.flatMap(name => [name, `node:${name}`]))
    const idle = 'module.exports = { initialize() {}, connectToDevTools() {} }'
    builder.onResolve({ filter: /^[a-z:/_]+$/ }, ({ path, kind }) =>
      builtins.has(path) && kind !== 'require-call' ? { path, namespace: 'required' } : undefined,
    )
    builder.onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({ contents: `module.exports = require(${JSON.stringify(path)})` }))
    builder.onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'idle' }))
    builder.onLoad({ filter: /.*/, namespace: 'idle' }, () => ({ contents: idle }))
  },
}

/** A script can't import by itself: what stays outside its part goes through the function that the wrapper hands in. */
const loads = (text: string, outside: ReadonlySet<string>): string =>
  text.replace(/\bimport\((["'`])([^"'`\n]+)\1/g, (call, _quote, path: string) => (outside.has(path) ? `__load(${JSON.stringify(path)}` : call))
