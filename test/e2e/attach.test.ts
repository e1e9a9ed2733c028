// The window over a gateway that serves elsewhere: another home, another port, let in with the key of an operator. A real client calls there, the
// window asks here, and a yes from here lets the call through there.

import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fault, Home, program, type Serving } from './launch.ts'
import { person, said } from './person.ts'
import { commandOf } from './processes.ts'
import { missing, Terminal } from './terminal.ts'

const rules = { permissions: { rules: [{ effect: 'ask', tools: ['files__*'] }] } }

interface Elsewhere {
  readonly home: Home
  readonly serving: Serving
  /** A file with an operator's key, on the machine of whoever looks. */
  readonly key: string
  readonly terminal: Terminal
  readonly here: Home
}

async function elsewhere(t: TestContext): Promise<Elsewhere> {
  const home = new Home(t, { files: fault() }, rules)
  const serving = await home.serve()
  const here = new Home(t)
  const key = join(here.dir, 'key')
  writeFileSync(key, (await home.run('keys', 'create', 'boss', '--operator')).stdout, { mode: 0o600 })
  return { home, serving, key, here, terminal: new Terminal(here) }
}

/** A key that comes too soon after a question has appeared is ignored; a person presses it again. */
async function insist(terminal: Terminal, key: string, done: Promise<unknown>): Promise<void> {
  let over = false
  void done.then(() => (over = true))
  for (const end = performance.now() + 30_000; !over; await sleep(600)) {
    assert.ok(performance.now() < end, `${key} does nothing:\n${terminal.screen()}`)
    terminal.press(key)
  }
}

describe('the window, attached by an address', { skip: missing }, () => {
  test('asks here about a call that is made there, and y lets it through; secrets stay there', async t => {
    const { home, serving, key, here, terminal } = await elsewhere(t)
    terminal.run(...program, 'tui', '--attach', serving.url, '--key-file', key)
    const host = new URL(serving.url).host
    await terminal.shows(/No client is connected/)
    const client = await person(home, 'modern', { url: serving.url })
    await client.sees('files__echo')
    const answer = client.call('files__echo', { text: 'hello', password: 'hunter22hunter22' })
    await terminal.shows(/2 Approvals 1!/)
    terminal.press('2')
    await terminal.shows(/person-\S+ +files +echo/)
    terminal.press('Enter')
    const asked = await terminal.shows(/1 secret is shown only where the gateway runs/)
    assert.match(asked, /"text": "hello"/)
    assert.doesNotMatch(asked, /hunter22|secrets|block/)
    await insist(terminal, 'y', answer)
    assert.match(said(await answer), /hello/)
    const [question] = JSON.parse((await home.run('approvals', '--all', '--json')).stdout)
    assert.deepEqual([question.standing, question.answer.by], ['used', 'key:boss'])
    terminal.press('Escape', '3')
    await terminal.shows(/files +ready/)
    terminal.press('Enter')
    await terminal.shows(new RegExp(`It is kept on ${host.split(':')[0]}`))
    terminal.press('Escape', ':')
    terminal.press('-l', 'list')
    terminal.press('Enter')
    await terminal.shows(/commands act on this machine/)
    assert.doesNotMatch(here.living().map(commandOf).join('\n'), /mgw_/)
    terminal.press('q')
    await terminal.shows(screen => !screen.includes('Backends'))
    assert.deepEqual(readdirSync(here.mcpgw), ['config.json'])
    await client.close()
  })

  test('says when the gateway has gone, keeps what it has shown, and follows it again when it is back', async t => {
    const { home, serving, key, terminal } = await elsewhere(t)
    const client = await person(home, 'legacy', { url: serving.url })
    await client.call('files__echo', {}).catch(() => {})
    terminal.run(...program, 'tui', '--attach', serving.url, '--key-file', key)
    await terminal.shows(/person-\S+ +files +echo/)
    serving.kill('SIGKILL')
    await terminal.shows(screen => /○/.test(screen) && /does not answer/.test(screen) && /person-\S+ +files +echo/.test(screen))
    await serving.exited
    await home.serve('--port', new URL(serving.url).port)
    await terminal.shows(screen => /●/.test(screen) && !/does not answer/.test(screen))
    terminal.press('q')
    await client.close().catch(() => {})
  })

  test('a key that is revoked sees nothing more, and is told so', async t => {
    const { home, serving, key, terminal } = await elsewhere(t)
    terminal.run(...program, 'tui', '--attach', serving.url, '--key-file', key)
    await terminal.shows(/●/)
    await home.run('keys', 'revoke', 'boss')
    await terminal.shows(/revoked/)
    terminal.press('q')
  })

  test('says on the command line why it does not begin', async t => {
    const { home, serving, key, here, terminal } = await elsewhere(t)
    const caller = join(here.dir, 'caller')
    writeFileSync(caller, (await home.run('keys', 'create', 'ci')).stdout)
    const stranger = join(here.dir, 'stranger')
    writeFileSync(stranger, 'mgw_nobody\n')
    const tries = [
      [[serving.url], /needs the key of an operator: MCPGW_KEY is not set/, 2],
      [[serving.url, '--key-file', stranger], /keys create NAME --operator/, 3],
      [[serving.url, '--key-file', caller], /the key "ci" is for calling/, 3],
      [['http://mcp.example.com:4000/mcp', '--key-file', key], /ssh -N -L 4000:127.0.0.1:4000/, 2],
      [['localhost', '--key-file', key], /this is no address/, 2],
      [[`${serving.url}?key=mgw_x`, '--key-file', key], /the key is in MCPGW_KEY/, 2],
      [[`${serving.url.replace(/\/mcp$/, '')}/nothing`, '--key-file', key], /no control API of mcpgw|nothing is at/, 1],
    ] as const
    for (const [turn, [args, says, code]] of tries.entries()) {
      terminal.run('sh', '-c', `clear; "$@"; echo "try=${turn} code=$?"`, 'sh', ...program, 'tui', '--attach', ...args)
      const screen = await terminal.shows(new RegExp(`try=${turn} code=\\d+$`, 'm'))
      assert.match(screen.replace(/\n/g, ''), says)
      assert.match(screen, new RegExp(`code=${code}$`, 'm'), screen)
    }
  })
})
