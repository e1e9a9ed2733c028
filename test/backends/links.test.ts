// From settings to links: which command is started.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openLink } from '../../src/backends/links.ts'
import type { BackendLogs } from '../../src/backends/logs.ts'
import type { BackendSettings } from '../../src/config/settings.ts'
import type { Link } from '../../src/rpc/link.ts'

test(
  'backends with home folders of their own, started at once, find what the login shell of each knows',
  {
    skip: process.platform === 'win32' && 'login shells are of POSIX',
  },
  async t => {
    const folder = mkdtempSync(join(tmpdir(), 'mcpgw-links-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const program = (file: string, text: string) => (writeFileSync(file, text, { mode: 0o755 }), file)
    const shell = program(join(folder, 'shell'), '#!/bin/sh\nPATH="$PATH:$HOME/bin"; export PATH\nexec /bin/sh -c "$2"\n')
    const heard = async (name: string): Promise<string> => {
      const home = join(folder, name)
      mkdirSync(join(home, 'bin'), { recursive: true })
      program(join(home, 'bin', 'only-at-home'), `#!/bin/sh\necho '{"jsonrpc":"2.0","method":"${name}"}'\ncat > /dev/null\n`)
      const settings = { name, command: 'only-at-home', args: [], env: { HOME: home, SHELL: shell }, inheritEnv: false, type: 'stdio', headers: {} }
      const open = openLink({ env: { PATH: '/usr/bin:/bin' }, logs: { write() {} } as unknown as BackendLogs, maxFrameBytes: 1000 })
      const link = (await open(settings as unknown as BackendSettings)) as Link
      const line = await new Promise<string>((said, failed) => link.start({ frame: wire => said(String(wire)), oversize() {}, closed: failed }))
      await link.close()
      return (JSON.parse(line) as { method: string }).method
    }
    assert.deepEqual(await Promise.all(['one', 'two'].map(heard)), ['one', 'two'])
  },
)
