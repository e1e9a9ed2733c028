// The window in a real terminal, over real gateways: what is on its screen, and that the terminal is left as it was.

import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { safe } from '../../src/lib/safe.ts'
import { fault, Home, program } from './launch.ts'
import { commandOf } from './processes.ts'
import { missing, Terminal } from './terminal.ts'

/** Longer than a key is ignored after a question has appeared. */
const READ_MS = 600

describe('the window', { skip: missing }, () => {
  const pidOf = (home: Home): number => home.living().find(pid => commandOf(pid).includes(' tui') && !commandOf(pid).startsWith('sh'))!

  test('begins at the top of the screen, wherever the cursor was, also where CI is set', async t => {
    const terminal = new Terminal(new Home(t, { files: fault() }))
    // So long that it wraps.
    terminal.run('env', 'CI=true', `A=${'a'.repeat(90)}`, ...program, 'tui')
    const [tabs, heads] = (await terminal.shows(/waiting for a client/)).split('\n')
    assert.match(tabs!, /^ 1 Activity.*○ none$/)
    assert.match(heads!, /^ TIME/)
    terminal.press('q')
    await terminal.shows(/A=a+/)
  })

  test('is there before any gateway, and follows them as they come and go', async t => {
    const home = new Home(t, { files: fault() })
    const terminal = new Terminal(home)
    terminal.run(...program, 'tui')
    await terminal.shows(/waiting for a client/)
    const gateway = home.launch()
    await gateway.greet()
    await terminal.shows(/● 1/)
    await gateway.call('files__echo', { text: 'hi' })
    await terminal.shows(/e2e +files +echo +answered/)
    const other = home.launch()
    await other.greet()
    await terminal.shows(/● 2/)
    other.stdin.end()
    await terminal.shows(/● 1/)
    gateway.kill('SIGKILL')
    await terminal.shows(/○ none/)
    assert.match(terminal.screen(), /e2e +files +echo +answered/)
    terminal.press('q')
    await terminal.shows(screen => !screen.includes('Activity'))
  })

  test('shows one call whole, steers a backend, and does what the command line does', async t => {
    const home = new Home(t, { files: fault() })
    const gateway = home.launch()
    await gateway.greet()
    await gateway.call('files__echo', { text: 'hi' })
    const terminal = new Terminal(home)
    terminal.run(...program, 'tui')
    await terminal.shows(/echo +answered/)
    terminal.press('Enter')
    await terminal.shows(/decision +allow by default/)
    terminal.press('Escape', '3')
    await terminal.shows(/files +ready/)
    terminal.press('s')
    await terminal.shows(/stop "files"\?/)
    await sleep(READ_MS)
    terminal.press('Enter')
    await terminal.shows(screen => !screen.includes('stop "files"?'))
    assert.match(terminal.screen(), /files +ready/)
    terminal.press('s')
    await terminal.shows(/stop "files"\?/)
    await sleep(READ_MS)
    terminal.press('y')
    await terminal.shows(/files +stopped/)
    terminal.press(':')
    terminal.press('-l', 'limit backend:files 60/1m')
    terminal.press('Enter')
    await terminal.shows(/mcpgw limit backend:files 60\/1m\s+.*: backend:files 60\/1m/)
    terminal.press('Escape', '4')
    await terminal.shows(/backend:files +60\/1m +█/)
    terminal.press('q')
    await terminal.shows(screen => !screen.includes('Limits'))
    gateway.stdin.end()
  })

  test('gives the terminal back as it was, however it ends', async t => {
    for (const [how, code] of [
      ['q', 0],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      const home = new Home(t, { files: fault() })
      const terminal = new Terminal(home)
      terminal.run('stty', '-a')
      const before = /.*icanon.*\n.*echoctl.*/.exec(await terminal.shows(/echoctl/))![0]
      terminal.run(...program, 'tui')
      await terminal.shows(/waiting for a client/)
      assert.equal(terminal.is('#{alternate_on} #{cursor_flag}'), '1 0')
      if (how === 'q') terminal.press('q')
      else process.kill(pidOf(home), how)
      await terminal.shows(/tui'\n\$\s*$/)
      terminal.press('-l', 'echo code=$?')
      terminal.press('Enter')
      await terminal.shows(new RegExp(`code=${code}$`, 'm'))
      terminal.run('sh', '-c', 'echo over; stty -a')
      const after = await terminal.shows(/over[\s\S]*echoctl/)
      assert.ok(after.slice(after.indexOf('over')).includes(before), after)
      assert.equal(terminal.is('#{alternate_on} #{cursor_flag}'), '0 1')
      assert.deepEqual(readdirSync(join(home.mcpgw, 'run')), [], `${how} leaves something behind`)
    }
  })

  test('ctrl-z gives the terminal to the shell as it was, fg brings the window back, as often as one likes', async t => {
    const home = new Home(t, { files: fault() })
    const terminal = new Terminal(home)
    terminal.run('stty', '-a')
    const before = /.*icanon.*\n.*echoctl.*/.exec(await terminal.shows(/echoctl/))![0]
    terminal.run(...program, 'tui')
    await terminal.shows(/waiting for a client/)
    for (const round of ['one', 'two']) {
      terminal.press('C-z')
      await terminal.shows(/Stopped/)
      assert.equal(terminal.is('#{alternate_on} #{cursor_flag}'), '0 1')
      terminal.run('sh', '-c', `echo ${round} over; stty -a`)
      const after = await terminal.shows(new RegExp(`^${round} over[\\s\\S]*echoctl`, 'm'))
      assert.ok(after.slice(after.lastIndexOf(`${round} over`)).includes(before), after)
      terminal.run('fg')
      await terminal.shows(screen => /^ 1 Activity/.test(screen) && /waiting for a client/.test(screen) && /q quit/.test(screen))
      assert.equal(terminal.is('#{alternate_on} #{cursor_flag}'), '1 0')
      terminal.press('3')
      await terminal.shows(/3 Backends•/)
      terminal.press('1')
      await terminal.shows(/1 Activity•/)
    }
    terminal.press('q')
    await terminal.shows(screen => !screen.includes('Activity'))
    assert.equal(terminal.is('#{alternate_on} #{cursor_flag}'), '0 1')
  })

  test('that is told to end while it is stopped leaves nothing behind when it goes on', async t => {
    const home = new Home(t, { files: fault() })
    const terminal = new Terminal(home)
    terminal.run(...program, 'tui')
    await terminal.shows(/waiting for a client/)
    const pid = pidOf(home)
    terminal.press('C-z')
    await terminal.shows(/Stopped/)
    process.kill(pid, 'SIGTERM')
    terminal.run('fg')
    const screen = await terminal.shows(/fg'\n[\s\S]*\n\$\s*$/)
    assert.match(screen, /\[1\] \+ Stopped/, 'nothing that stood there is written over')
    assert.equal(terminal.is('#{alternate_on} #{cursor_flag}'), '0 1')
    assert.deepEqual(readdirSync(join(home.mcpgw, 'run')), [])
  })

  test('a crash leaves the terminal as it was, and says on it what has happened', async t => {
    const home = new Home(t, { files: fault() })
    const terminal = new Terminal(home)
    terminal.run('stty', '-a')
    const before = /.*icanon.*\n.*echoctl.*/.exec(await terminal.shows(/echoctl/))![0]
    const crash = join(home.dir, 'crash.mjs')
    writeFileSync(crash, `process.on('SIGUSR2', () => { throw new Error('it broke') })\n`)
    // The binary takes no options from its environment.
    const root = join(import.meta.dirname, '../..')
    const sources = [process.execPath, '--import', import.meta.resolve('tsx'), '--import', crash, join(root, 'src/main.ts')]
    terminal.run(...sources, 'tui')
    await terminal.shows(/waiting for a client/)
    process.kill(pidOf(home), 'SIGUSR2')
    await terminal.shows(/it broke[\s\S]*\n\$\s*$/)
    assert.equal(terminal.is('#{alternate_on} #{cursor_flag}'), '0 1')
    terminal.run('sh', '-c', 'echo over; stty -a')
    const after = await terminal.shows(/^over[\s\S]*echoctl/m)
    assert.ok(after.slice(after.lastIndexOf('over')).includes(before), after)
  })

  test('fills whatever room it has, and follows when that changes', async t => {
    const home = new Home(t, { files: fault() })
    const terminal = new Terminal(home, 80, 24)
    terminal.run(...program, 'tui')
    await terminal.shows(/waiting for a client/)
    for (const [columns, rows] of [
      [200, 60],
      [60, 15],
      [30, 6],
      [100, 30],
      [80, 24],
    ] as const) {
      terminal.resize(columns, rows)
      const screen = await terminal.shows(text => {
        const lines = text.replace(/\n$/, '').split('\n')
        return lines.length === rows && (columns < 40 ? /too small/.test(text) : /q quit/.test(lines[rows - 1]!) && /^ 1 Activity/.test(text))
      })
      assert.equal(screen.match(/Activity/g)?.length ?? 0, columns < 40 ? 0 : 1, screen)
    }
    terminal.press('q')
    await terminal.shows(text => !text.includes('Activity'))
  })

  test('shows hostile text escaped: what the terminal holds is printable', async t => {
    const home = new Home(t, { 'evil\u001b[31m\u202e': fault({}, { tags: ['\u001b]0;x\u0007'] }) })
    const gateway = home.launch()
    await gateway.ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: '\u001b]2;evil\u0007\u001b[2J', version: '1' } })
    await gateway.ask('tools/call', { name: 'no\u001b[8mthing\u202e', arguments: {} })
    const terminal = new Terminal(home)
    terminal.run(...program, 'tui')
    await terminal.shows(/refused/)
    for (const [key, what] of [
      ['1', /refused/],
      ['3', /evil/],
      ['4', /limits/],
      ['5', /./],
      ['6', /Busiest/],
    ] as const) {
      terminal.press(key)
      for (const line of stripVTControlCharacters(await terminal.shows(what)).split('\n')) assert.equal(line, safe(line))
    }
    assert.doesNotMatch(terminal.is('#{pane_title}'), /evil/)
    terminal.press('q')
  })

  test('without colours says the same', async t => {
    const home = new Home(t, { files: fault() })
    const terminal = new Terminal(home)
    terminal.run('env', 'NO_COLOR=1', ...program, 'tui')
    await terminal.shows(/waiting for a client/)
    assert.doesNotMatch(terminal.screen('-e'), /\x1b\[(3[0-7]|9[0-7])m/)
    terminal.press('q')
  })

  test('without a terminal says what to do instead', async t => {
    const { code, stderr } = await new Home(t).run('tui')
    assert.equal(code, 2)
    assert.match(stderr, /needs a terminal\n +For programs: mcpgw watch --json/)
  })
})
