// Writes src/config/validate.generated.js from the schema: a function without a schema compiler, so that a start loads none.
// `node --import tsx scripts/validator.ts` after a change of the schema; a test says when that was forgotten.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import { build } from 'esbuild'
import { format } from 'prettier'
import about from '../package.json' with { type: 'json' }
import { schema } from '../src/config/schema.ts'

const root = join(import.meta.dirname, '..')
export const generated = join(root, 'src/config/validate.generated.js')

/** The text of the validator. */
export async function validator(): Promise<string> {
  // What is said to people only is not needed to check.
  const bare = JSON.parse(JSON.stringify(schema, (key, value: unknown) => (['description', 'examples', 'title'].includes(key) ? undefined : value))) as object
  const ajv = new Ajv({ allErrors: true, useDefaults: true, strict: true, strictRequired: false, code: { source: true, esm: true, lines: true } })
  const contents = (standalone as unknown as { default: typeof standalone.default }).default(ajv, ajv.compile(bare))
  // Bundled: what the code would take from ajv when it runs stands in it.
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['main'],
    logLevel: 'error',
  })
  const head = '// Made by scripts/validator.ts from schema.ts. Do not edit.\n\n'
  // The names of files stand in it, and the modules may be somewhere else.
  const text = outputFiles[0]!.text.replace(/[^\s'"]*(?=node_modules\/)/g, '')
  return format(head + text, { parser: 'babel', ...(about.prettier as object) })
}

if (import.meta.main) await writeFile(generated, await validator())
