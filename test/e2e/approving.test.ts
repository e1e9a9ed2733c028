// The whole way of a question, in a real terminal: a client calls, the window asks, a person edits and says yes, the backend gets what was approved,
// and the record tells the story.

import assert from 'node:assert/strict'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, test } from 'node:test'
import { fault, Home, program } from './launch.ts'
import { missing, Terminal } from './terminal.ts'

const rules = { permissions: { rules: [{ effect: 'ask', tools: ['files__*'] }] } }
/** A key that comes too soon after a question has appeared is ignored; a person presses it again. */
async function insist(terminal: Terminal, key: string, isDone: () => boolean): Promise<void> {
  const end = performance.now() + 30_000
  while (!isDone()) {
    assert.ok(performance.now() < end, `${key} does nothing:\n${terminal.screen()}`)
    terminal.press(key)
    for (let looks = 0; looks < 20 && !isDone(); looks++) await sleep(50)
  }
}

/** Whether it has come. */
function watched(answer: Promise<unknown>): () => boolean {
  let come = false
  void answer.then(() => (come = true))
  return () => come
}

describe('approving in the window', { skip: missing }, () => {
  test('a call is held for it, edited, approved, executed with what was approved, and on record', async t => {
    const home = new Home(t, { files: fault() }, rules)
    const editor = join(home.dir, 'editor')
    writeFileSync(editor, `#!/bin/sh\nsed -i 's/first draft/second thoughts/' "$1"\n`)
    chmodSync(editor, 0o700)
    const terminal = new Terminal(home)
    terminal.run('printf', '\\033]2;of the shell\\033\\134')
    terminal.run('env', `EDITOR=${editor}`, `VISUAL=${editor}`, ...program, 'tui')
    await terminal.shows(/waiting for a client/)
    const gateway = home.launch()
    await gateway.greet()
    await terminal.shows(/● 1/)
    const answer = gateway.call('files__echo', { text: 'first draft' })
    await terminal.shows(/2 Approvals 1!/)
    assert.match(terminal.is('#{pane_title}'), /1 waiting for you/)
    terminal.press('2')
    await terminal.shows(/ASKED[\s\S]*e2e +files +echo/)
    terminal.press('Enter')
    await terminal.shows(/"text": "first draft"/)
    await insist(terminal, 'e', watched(answer))
    const { result } = await answer
    assert.match(JSON.stringify(result), /second thoughts/)
    await terminal.shows(/Nothing waits for you|used/)
    terminal.press('Escape', 'q')
    await terminal.shows(screen => !screen.includes('Approvals') && terminal.is('#{pane_title}') === 'of the shell')
    const { stdout } = await home.run('log', '--changes', '--json')
    assert.match(stdout, /approvals\.asked[\s\S]*approvals\.answered|approvals\.answered[\s\S]*approvals\.asked/)
  })

  test('of two windows the first answer counts, and the other one sees it', async t => {
    const home = new Home(t, { files: fault() }, rules)
    const windows = [new Terminal(home), new Terminal(home, 120, 40)] as const
    for (const one of windows) {
      one.run(...program, 'tui')
      await one.shows(/waiting for a client|claude mcp add/)
    }
    const gateway = home.launch()
    await gateway.greet()
    for (const one of windows) await one.shows(/● 1/)
    const answer = gateway.call('files__echo', { text: 'for whoever is first' })
    for (const one of windows) {
      await one.shows(/2 Approvals 1!/)
      one.press('2')
      await one.shows(/ASKED[\s\S]*e2e +files +echo/)
      one.press('Enter')
      await one.shows(/for whoever is first/)
    }
    const [first, second] = windows
    await insist(first, 'y', watched(answer))
    assert.match(JSON.stringify((await answer).result), /for whoever is first/)
    await first.shows(/Nothing waits for you/)
    assert.doesNotMatch(await second.shows(/answer +allow by local:/), /y once/)
    second.press('n')
    second.press('Escape')
    await second.shows(/Nothing waits for you/)
    const [{ answer: given }] = JSON.parse((await home.run('approvals', '--all', '--json')).stdout)
    assert.equal(given.decision, 'allow')
    for (const one of windows) one.press('q')
  })

  test('a yes executes, a no is told with its reason, and neither is given by who only looks', async t => {
    const home = new Home(t, { files: fault() }, rules)
    const terminal = new Terminal(home)
    terminal.run(...program, 'tui')
    await terminal.shows(/waiting for a client/)
    const gateway = home.launch()
    await gateway.greet()
    await terminal.shows(/● 1/)
    terminal.press('2')
    for (const [key, expected] of [
      ['y', /hello yes/],
      ['N', /not today/],
    ] as const) {
      const answer = gateway.call('files__echo', { text: `hello ${key === 'y' ? 'yes' : 'no'}` })
      await terminal.shows(/ASKED[\s\S]*e2e +files +echo/)
      terminal.press('Enter')
      await terminal.shows(/With these arguments/)
      if (key === 'y') await insist(terminal, key, watched(answer))
      else {
        await insist(terminal, key, () => /because: /.test(terminal.screen()))
        terminal.press('-l', 'not today')
        terminal.press('Enter')
      }
      assert.match(JSON.stringify((await answer).result), expected)
      terminal.press('Escape')
      await terminal.shows(/Nothing waits for you/)
    }
    terminal.press('q')
    await terminal.shows(/'tui'\n\$\s*$/)
    terminal.run(...program, 'tui', '--read-only')
    await terminal.shows(/Activity/)
    // With nobody there who can answer, the call is not held.
    const { result } = await gateway.call('files__echo', { text: 'nobody' })
    assert.match(JSON.stringify(result), /approval_pending/)
    await terminal.shows(/2 Approvals 1!/)
    terminal.press('2')
    await terminal.shows(/ASKED[\s\S]*e2e +files +echo/)
    terminal.press('Enter')
    await terminal.shows(/With these arguments/)
    assert.doesNotMatch(terminal.screen(), /once/)
    terminal.press('q', 'q')
  })

  test('a yes that accepts what a backend has changed shows the change first', async t => {
    const home = new Home(t)
    const listing = join(home.dir, 'listing.json')
    const schema = { type: 'object' }
    const offers = (description: string) =>
      writeFileSync(
        listing,
        JSON.stringify([
          { name: 'read', description, inputSchema: schema },
          { name: 'changed', inputSchema: schema },
        ]),
      )
    offers('reads a file')
    home.settings({ a: fault({ listing }) })
    const terminal = new Terminal(home)
    terminal.run(...program, 'tui')
    await terminal.shows(/waiting for a client/)
    const gateway = home.launch()
    await gateway.greet()
    await terminal.shows(/● 1/)
    await gateway.call('a__read', { key: 'first' })
    offers('reads a file, and tells the world')
    await gateway.call('a__changed', { key: 'cry', count: 1 })
    const isAsked = () => /2 Approvals 1!/.test(terminal.screen())
    let answer = gateway.call('a__read', { key: 'more' })
    // What has changed is heard of a moment later.
    for (let turns = 0; !isAsked() && turns < 100; turns++) {
      const came = watched(answer)
      await sleep(100)
      if (came()) answer = gateway.call('a__read', { key: 'more' })
    }
    await terminal.shows(/2 to answer +\S+ wants a__read/)
    terminal.press('2', 'Enter')
    await terminal.shows(/A yes accepts what "a" has changed[\s\S]*- +.*reads a file[\s\S]*\+ +.*tells the world/)
    for (let pages = 0; pages < 3; pages++) terminal.press('Space')
    await insist(terminal, 'y', watched(answer))
    assert.match(JSON.stringify((await answer).result), /more/)
    assert.match((await home.run('pins', '--all')).stdout, /a__read +pinned/)
    terminal.press('q')
  })
})
