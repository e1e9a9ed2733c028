import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { askShell, findCommand } from '../../src/config/shell-path.ts'

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'mcpgw-path-'))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function program(file: string, text = '#!/bin/sh\n'): string {
  writeFileSync(file, text)
  chmodSync(file, 0o755)
  return file
}

const nobody = () => Promise.reject(new Error('the shell is not to be asked'))

test('a command on our PATH is found without a shell; what is no program is passed by', async context => {
  const home = folder(context)
  for (const name of ['a', 'b', 'c']) mkdirSync(join(home, name))
  mkdirSync(join(home, 'a', 'tool'))
  writeFileSync(join(home, 'b', 'tool'), 'no program')
  const tool = program(join(home, 'c', 'tool'))
  const path = ['', join(home, 'a'), join(home, 'b'), join(home, 'c')].join(delimiter)
  assert.deepEqual(await findCommand('tool', { PATH: path }, undefined, nobody), { file: tool, path })
})

test("what isn't there is looked for on the login shell's PATH, and its child gets that one before ours", async context => {
  const home = folder(context)
  const tool = program(join(home, 'tool'))
  const found = await findCommand('tool', { PATH: '/nowhere' }, undefined, () => Promise.resolve(`${home}${delimiter}/nowhere`))
  assert.deepEqual(found, { file: tool, path: `${home}${delimiter}/nowhere` })
  assert.equal(await findCommand('tool', { PATH: '/nowhere' }, undefined, () => Promise.resolve('/other')), undefined)
  assert.equal(await findCommand('tool', {}, undefined, () => Promise.resolve(undefined)), undefined)
})

test('a path is taken as it is; a relative one from the folder of the backend', async context => {
  const home = folder(context)
  const tool = program(join(home, 'tool'))
  assert.equal((await findCommand(tool, { PATH: '/p' }, undefined, nobody))?.file, tool)
  assert.equal((await findCommand('./tool', { PATH: '/p' }, home, nobody))?.file, tool)
  assert.equal(await findCommand('./other', { PATH: '/p' }, home, nobody), undefined)
})

test('a shell that greets, colours and complains still tells its PATH', async context => {
  const shell = program(
    join(folder(context), 'shell'),
    '#!/bin/sh\necho Welcome; echo PATH=/wrong; echo trouble >&2\nPATH=/from/shell:/usr/bin:/bin; export PATH\neval "$2"\n',
  )
  assert.equal(await askShell({ SHELL: shell }), '/from/shell:/usr/bin:/bin')
})

test('a shell that fails, or is none, tells nothing', async context => {
  assert.equal(await askShell({ SHELL: program(join(folder(context), 'shell'), '#!/bin/sh\nexit 1\n') }), undefined)
  assert.equal(await askShell({ SHELL: '/nowhere/sh' }), undefined)
})

test('a shell that hangs is ended, with what it has started', async context => {
  const shell = program(join(folder(context), 'shell'), '#!/bin/sh\nsleep 1000 & wait\n')
  assert.equal(await askShell({ SHELL: shell, PATH: process.env['PATH'] }, 200), undefined)
})
