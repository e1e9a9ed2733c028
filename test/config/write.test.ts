import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { test, type TestContext } from 'node:test'
import { load } from '../../src/config/load.ts'
import { change, type Servers } from '../../src/config/write.ts'

function folder(context: TestContext) {
  const home = mkdtempSync(join(tmpdir(), 'mcpgw-write-'))
  context.after(() => rmSync(home, { recursive: true, force: true }))
  return { home, settings: join(home, 'config', 'config.json'), state: join(home, 'state') }
}

const adding = (name: string) => (servers: Servers) => ({ ...servers, [name]: { command: 'x' } })
const names = (file: string): string[] => {
  const loaded = load(file)
  assert.ok('settings' in loaded, JSON.stringify(loaded))
  return loaded.settings.backends.map(one => one.name)
}

test('the first change makes file and folder, for this user alone', context => {
  const places = folder(context)
  assert.equal(change(places, adding('one')), undefined)
  assert.deepEqual(names(places.settings), ['one'])
  assert.equal(statSync(places.settings).mode & 0o777, 0o600)
  assert.equal(statSync(join(places.home, 'config')).mode & 0o777, 0o700)
  assert.deepEqual(readdirSync(join(places.home, 'config')), ['config.json'])
})

test('a change keeps comments and layout', context => {
  const places = folder(context)
  mkdirSync(join(places.home, 'config'))
  writeFileSync(places.settings, '// mine\n{\n\t"mcpServers": {\n\t\t// why\n\t\t"one": { "command": "x" }, // tail\n\t},\n}\n')
  assert.equal(change(places, adding('two')), undefined)
  assert.equal(
    readFileSync(places.settings, 'utf8'),
    '// mine\n{\n\t"mcpServers": {\n\t\t// why\n\t\t"one": { "command": "x" }, // tail\n\t\t"two": {\n\t\t\t"command": "x"\n\t\t},\n\t},\n}\n',
  )
})

for (const [what, text, line] of [
  ['broken', '{\n  "mcpServers": {\n    "a": { "command": "x" \n', 4],
  ['of a newer version', '{\n  "version": 2\n}', 2],
  ['with a key that is not known', '{"mcpServers": {},\n "nonsense": []}', 2],
  ['with a backend twice', '{"mcpServers": {\n"a": {"command": "x"},\n"a": {"command": "y"}}}', 3],
] as const)
  test(`a file ${what} is left as it is, and its line is named`, context => {
    const places = folder(context)
    mkdirSync(join(places.home, 'config'))
    writeFileSync(places.settings, text)
    assert.equal(change(places, adding('two'))?.line, line)
    assert.equal(readFileSync(places.settings, 'utf8'), text)
  })

test('a change that would not hold is not made', context => {
  const places = folder(context)
  change(places, adding('one'))
  const before = readFileSync(places.settings, 'utf8')
  assert.match(change(places, adding('x'.repeat(65)))!.message, /1 to 64 characters/)
  assert.throws(() => change(places, () => assert.fail('no')))
  assert.equal(readFileSync(places.settings, 'utf8'), before)
})

test('a link to the settings stays a link', context => {
  const places = folder(context)
  mkdirSync(join(places.home, 'config'))
  writeFileSync(join(places.home, 'dotfile.json'), '{}')
  symlinkSync(join(places.home, 'dotfile.json'), places.settings)
  assert.equal(change(places, adding('one')), undefined)
  assert.ok(lstatSync(places.settings).isSymbolicLink())
  assert.deepEqual(names(join(places.home, 'dotfile.json')), ['one'])
})

test('what an editor saves in between is not lost', context => {
  const places = folder(context)
  change(places, adding('one'))
  let times = 0
  const problem = change(places, servers => {
    if (times++ === 0) writeFileSync(places.settings, JSON.stringify({ mcpServers: { ...servers, theirs: { command: 'y' } } }))
    return adding('two')(servers)
  })
  assert.equal(problem, undefined)
  assert.deepEqual(names(places.settings).sort(), ['one', 'theirs', 'two'])
})

test('many processes that add at once lose nothing', async context => {
  const places = folder(context)
  const module = pathToFileURL(join(import.meta.dirname, '../../src/config/write.ts')).href
  const script = (name: string) => `
    import { change } from ${JSON.stringify(module)}
    for (let i = 0; i < 5; i++) {
      const problem = change(${JSON.stringify({ settings: places.settings, state: places.state })}, servers => ({ ...servers, ['${name}' + i]: { command: 'x' } }))
      if (problem) throw new Error(problem.message)
    }`
  const children = ['a', 'b', 'c', 'd'].map(name =>
    spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script(name)], { cwd: join(import.meta.dirname, '../..'), stdio: 'inherit' }),
  )
  const codes = await Promise.all(children.map(async child => (await once(child, 'exit'))[0] as number))
  assert.deepEqual(codes, [0, 0, 0, 0])
  assert.equal(names(places.settings).length, 20)
})
