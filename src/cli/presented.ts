// The key that this process presents: what stands in the file that it was told of, else in MCPGW_KEY. An empty one is one that is none: a client
// whose own variable was not filled in must not be served as somebody else.

import { readFileSync } from 'node:fs'
import type { Environment } from '../config/paths.ts'

/** The key, whatever it is worth; undefined where none was given. A file that can't be read throws. */
export const presented = (env: Environment, file?: string): string | undefined => (file === undefined ? env['MCPGW_KEY'] : readFileSync(file, 'utf8'))?.trim()
