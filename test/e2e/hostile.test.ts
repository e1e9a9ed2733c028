// Somebody who attacks the terminal with every word that he has a say in: names, descriptions, arguments, results, errors, what is printed. What the
// terminal gets is the window's own sequences and printable text; what commands print is printable text.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { safe } from '../../src/lib/safe.ts'
import { hostile } from '../tui/corpus.ts'
import { Home, program, root, type Gateway } from './launch.ts'
import { missing, Terminal } from './terminal.ts'

/** Long ones say nothing new, and the store has better to do. */
const texts = hostile.map(text => text.slice(0, 3000).toWellFormed())
const asked = 3

interface Attacked {
  readonly home: Home
  readonly gateway: Gateway
  readonly tools: readonly string[]
}

/** A home in which all of it has happened. */
async function attacked(t: TestContext): Promise<Attacked> {
  const home = new Home(t)
  const file = join(home.dir, 'texts.json')
  writeFileSync(file, JSON.stringify(texts))
  const name = (at: number) => texts[at]!.slice(0, 30)
  home.settings(
    {
      evil: { command: process.execPath, args: [join(root, 'test/fixtures/hostile.mjs'), file], tags: texts.slice(0, 9).map(text => text.slice(0, 60)) },
      [name(2)]: { command: process.execPath, args: ['-e', `console.error(${JSON.stringify(texts.slice(0, 12).join('\n'))}); process.exit(1)`] },
    },
    {
      pins: 'warn',
      permissions: { rules: [{ effect: 'ask', tools: [`evil__t${asked}*`] }] },
      limits: [{ scope: 'client', rate: '2000/1h' }],
      approvals: { via: [] },
    },
  )
  const gateway = home.launch()
  const clientInfo = { name: texts.slice(0, 4).join(''), version: texts[4] }
  await gateway.ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo })
  void gateway.say({ method: 'notifications/initialized' })
  let tools: string[] = []
  for (const end = performance.now() + 30_000; tools.length < texts.length && performance.now() < end; await sleep(100))
    tools = (await gateway.tools()).filter(one => one.startsWith('evil__'))
  assert.equal(tools.length, texts.length)
  for (const [at, text] of texts.entries()) {
    const tool = tools.find(one => one.startsWith(`evil__t${at}`) && !/\d/.test(one[`evil__t${at}`.length] ?? ''))!
    await gateway.call(tool, { text, [text.slice(0, 100)]: [text] })
  }
  await gateway.ask('tools/call', { name: texts.slice(0, 6).join(''), arguments: {} })
  return { home, gateway, tools }
}

const printable = (text: string, where: string): void => {
  for (const line of text.split('\n')) assert.equal(line, safe(line), where)
}

/** What the window itself says to a terminal: where to write, in which colour, how the terminal is set up, its title. */
const own =
  /\x1b\[(?:\d+(?:;\d+)?)?[ABCDEFGHJK]|\x1b\[\d+(?:;\d+)*m|\x1b\[\?(?:7|25|1049|2004|2026)[hl]|\x1b\]2;mcpgw(?:: \d+ waiting for you)?\x1b\\|[\r\x07]/g

test('what the terminal gets in every view is printable, but for what the window itself says', { skip: missing }, async t => {
  const { home } = await attacked(t)
  const terminal = new Terminal(home)
  const got = terminal.record()
  terminal.run(...program, 'tui')
  await terminal.shows(/evil/)
  for (const [keys, shows] of [
    [['1'], /evil/],
    [['g', 'Enter'], /On record|decision/],
    [['G', 'Escape'], /TIME/],
    [['2'], /WITH/],
    [['Enter'], /With these arguments/],
    [['G'], /With these arguments/],
    [['Escape', '3'], /STATE/],
    [['g', 'Enter'], /transport +stdio|stderr/],
    [['G', 'Escape', 'G', 'Enter'], /transport +stdio|stderr/],
    [['G', 'Escape', '4'], /client/],
    [['Enter'], /evil|backend|who/i],
    [['Escape', '5'], /TOKENS/],
    [['Enter'], /name there/],
    [['G', 'Escape', '6'], /Busiest/],
    [[':', 'l', 'o', 'g', ' ', '-', 'n', 'Space'], /:log/],
  ] as const) {
    terminal.press(...keys)
    await terminal.shows(shows)
    for (const [columns, rows] of [
      [81, 24],
      [57, 12],
      [80, 24],
    ] as const) {
      terminal.resize(columns, rows)
      await sleep(150)
    }
  }
  terminal.press('Escape', 'q')
  await terminal.shows(screen => !screen.includes('Overview'))
  const text = readFileSync(got, 'utf8')
  const from = text.indexOf('\x1b[?1049h')
  const window = text.slice(from, text.lastIndexOf('\x1b[?1049l'))
  assert.ok(window.length > 10_000)
  printable(window.replace(own, ''), 'in the window')
})

test('what commands print of it is printable, as tables, as JSON and where something is shown whole', async t => {
  const { home, tools } = await attacked(t)
  const [question] = JSON.parse((await home.run('approvals', '--json')).stdout) as { id: string }[]
  const [call] = await home.log()
  for (const args of [
    ['log', '--limit', '200'],
    ['log', '--limit', '200', '--json'],
    ['log', 'show', call!.id],
    ['log', 'show', call!.id, '--json'],
    ['log', '--changes'],
    ['log', 'verify'],
    ['log', 'export', '--format', 'csv'],
    ['log', 'export', '--format', 'jsonl'],
    ['tools'],
    ['tools', '--json'],
    ['list'],
    ['list', '--json'],
    ['get', 'evil'],
    ['backends'],
    ['backends', '--json'],
    ['backends', 'logs', 'evil'],
    ['status'],
    ['status', '--json'],
    ['limits'],
    ['limits', '--json'],
    ['pins'],
    ['pins', '--json'],
    ['pins', 'diff', 'evil'],
    ['rules'],
    ['explain', tools[0]!],
    ['explain', tools[asked]!],
    ['approvals'],
    ['approvals', '--json'],
    ['approvals', question!.id, '--clear'],
    ['approve', question!.id],
    ['replay', call!.id],
    ['doctor'],
    [...texts.slice(0, 3)],
    ['get', texts[1]!],
    ['explain', texts[2]!],
  ]) {
    const { stdout, stderr } = await home.run(...args.map(one => one.replaceAll('\0', '')))
    const where = `mcpgw ${args.join(' ').slice(0, 60)}`
    // CSV has \r\n, and cells of more than one line.
    printable(stdout.replace(/\r\n/g, '\n'), `${where}, stdout`)
    printable(stderr, `${where}, stderr`)
  }
})
