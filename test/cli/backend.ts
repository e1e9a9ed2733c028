// Settings with real backends, for commands that start them.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Person } from './running.ts'

const file = join(import.meta.dirname, '../fixtures/backend.mjs')

/** A backend as a process; see fixtures/backend.mjs. */
export const backend = (...args: string[]) => ({ command: process.execPath, args: [file, ...args] })

/** Writes somebody's settings. */
export const set = ({ context }: Person, mcpServers: Record<string, object>): void => writeFileSync(context.places.settings, JSON.stringify({ mcpServers }))
