// A file of its own: a process asks the login shell once.

import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { set } from './backend.ts'
import { person } from './running.ts'

test('a command that only the login shell knows is told with its place', { skip: process.platform === 'win32' && 'login shells are of POSIX' }, async test => {
  const someone = person(test, { env: { PATH: '/usr/bin:/bin' } })
  const [shell, bin] = [join(someone.home, 'shell'), join(someone.home, 'bin')]
  writeFileSync(shell, `#!/bin/sh\nPATH="$PATH:${bin}"; export PATH\nexec /bin/sh -c "$2"\n`, { mode: 0o755 })
  mkdirSync(bin)
  writeFileSync(join(bin, 'only-there'), '#!/bin/sh\n', { mode: 0o755 })
  Object.assign(someone.context.env, { SHELL: shell })
  set(someone, { one: { command: 'only-there' } })
  const { exit, out } = await someone.mcpgw('doctor')
  assert.equal(exit, 0)
  assert.match(out, new RegExp(`note  one: only-there is not on the PATH here; .* login shell: ${join(bin, 'only-there')}`))
})
