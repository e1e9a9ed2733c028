// One run of the parts in a folder, as the binary would run them; when it ends, their V8 caches are written. Arguments: the folder, then the program's own.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type vm from 'node:vm'
import { run } from './parts.ts'

const [folder] = process.argv.splice(2, 1) as [string]
const scripts = new Map<string, vm.Script>()
process.argv[1] = process.execPath
process.on('exit', () => {
  for (const [file, script] of scripts) writeFileSync(join(folder, `${file}.cache`), script.createCachedData())
})

// The window wants a terminal: here it has pipes that say they are one.
if (process.argv[2] === 'tui')
  for (const stream of [process.stdin, process.stdout]) Object.assign(stream, { isTTY: true, columns: 80, rows: 24, setRawMode: () => stream })

const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file)) : undefined)
run(read, createRequire(import.meta.url), (file, script) => {
  if (script.cachedDataRejected) throw new Error(`V8 rejects the cache of ${file}`)
  scripts.set(file, script)
})
