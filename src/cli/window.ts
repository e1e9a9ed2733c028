// The window, opened over whatever it stands on, and what it needs of the machine of whoever looks.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WindowOptions } from '../tui/main.ts'
import type { Context } from './context.ts'

type Given = Omit<WindowOptions, 'save' | 'colours'>

/** Opens it; `close` ends what it stands on, however the window ends. */
export async function window({ cwd, out }: Pick<Context, 'cwd' | 'out'>, given: Given, close: () => Promise<void>): Promise<void> {
  const signals = { SIGINT: 130, SIGQUIT: 131, SIGTERM: 143, SIGHUP: 129 } as const
  // The terminal is given back by Ink, at the exit of the process. Not `once`: for whom nobody listens, it would end the process at the signal.
  for (const [signal, code] of Object.entries(signals)) process.on(signal, () => void close().finally(() => process.exit(code)))
  try {
    // Read when they are imported: a development build of React is slow, and Ink's waits for a debugger.
    process.env['NODE_ENV'] = 'production'
    delete process.env['DEV']
    const { open } = await import('../tui/main.ts')
    await open({ ...given, save: (name, text) => saved(join(cwd, name), text), colours: out.colours })
  } finally {
    await close()
  }
}

/** Records are nobody else's business. */
function saved(file: string, text: string): string {
  writeFileSync(file, text, { mode: 0o600, flag: 'wx' })
  return file
}
