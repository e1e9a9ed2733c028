// What a terminal sends, as Ink hands it over and the window names it: whole, in pieces, pasted; and what is no key of ours is nothing.

import assert from 'node:assert/strict'
import { PassThrough, Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { after, describe, mock, test } from 'node:test'
import { render } from 'ink'
import { Window } from '../../src/tui/window.tsx'

/** Ends what was sent: whatever came before it has been named by then. */
const LAST = '\x07'

const typed: string[] = []
let ended = () => {}
const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode() {}, ref() {}, unref() {} })
const stdout = Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), { isTTY: true, columns: 80, rows: 24 })
const hands = {
  onKey: (name: string) => (name === 'ctrl+g' ? ended() : void typed.push(name)),
  onPaste: (text: string) => void typed.push(`pasted ${text}`),
  onLending() {},
}
const ink = render(<Window rows={['']} columns={80} hands={hands} />, {
  stdin: stdin as unknown as NodeJS.ReadStream,
  stdout: stdout as unknown as NodeJS.WriteStream,
  interactive: true,
  exitOnCtrlC: false,
  patchConsole: false,
})
after(() => ink.unmount())

/** Nothing is waited for by the clock: the rest of a key is late only where a test says so. */
mock.timers.enable({ apis: ['setTimeout'] })
const LATE_MS = 1000

/** What all of it means; at `-` a while passes in which nothing comes. */
async function keys(...chunks: readonly string[]): Promise<string[]> {
  await turn()
  typed.length = 0
  for (const chunk of chunks) {
    if (chunk === '-') mock.timers.tick(LATE_MS)
    else stdin.write(chunk)
    await turn()
  }
  const all = new Promise<void>(done => (ended = done))
  stdin.write(LAST)
  await all
  return [...typed]
}

describe('keys', () => {
  const named: Record<string, string> = {
    '\x1b[A': 'up',
    '\x1bOA': 'up',
    '\x1b[1;5A': 'up',
    '\x1b[B': 'down',
    '\x1b[C': 'right',
    '\x1b[D': 'left',
    '\x1b[H': 'home',
    '\x1b[1~': 'home',
    '\x1b[F': 'end',
    '\x1b[8~': 'end',
    '\x1b[5~': 'pageup',
    '\x1b[6;2~': 'pagedown',
    '\x1b[3~': 'backspace',
    '\x7f': 'backspace',
    '\b': 'backspace',
    '\x1b[Z': 'backtab',
    '\t': 'tab',
    '\r': 'enter',
    '\n': 'enter',
    '\x03': 'ctrl+c',
    '\x1a': 'ctrl+z',
    y: 'y',
    ' ': ' ',
    漢: '漢',
    '👋': '👋',
  }
  for (const [sent, name] of Object.entries(named))
    test(`${JSON.stringify(sent)} is ${name}, also in pieces`, async () => {
      assert.deepEqual(await keys(sent), [name])
      if (!/[\ud800-\udfff]/.test(sent)) assert.deepEqual(await keys(...sent), [name])
    })

  test('typed faster than they are read come one by one', async () => assert.deepEqual(await keys('jj\x1b[Bk\r'), ['j', 'j', 'down', 'k', 'enter']))

  test('Escape is a key once nothing has followed it, or something else does', async () => {
    assert.deepEqual(await keys('\x1b', '-'), ['esc'])
    assert.deepEqual(await keys('\x1by'), ['esc', 'y'])
  })
})

test('what is pasted comes whole and is no key, whatever it holds and however it comes', async () => {
  assert.deepEqual(await keys('\x1b[200~y\r\x1b[A\x1b[201~n'), ['pasted y\r\x1b[A', 'n'])
  assert.deepEqual(await keys('\x1b[20', '0~y', 'y\x1b[20', '1~', 'n'), ['pasted yy', 'n'])
})

describe('what a terminal says by itself types nothing', () => {
  const said = {
    'its name': '\x1b[?62;1;4c',
    'what it is': '\x1b[>41;0;0c',
    'where the cursor is': '\x1b[12;40R',
    'that it has the focus': '\x1b[I',
    'that it has lost it': '\x1b[O',
    'where the mouse is': '\x1b[<0;12;34M',
    'that the mouse is let go': '\x1b[<0;12;34m',
    'what it can': '\x1b[?2026;1$y',
    'which keys it can tell apart': '\x1b[?1u',
    'a key that we have no name for': '\x1bOP',
    'a key of the Linux console': '\x1b[[A',
  }
  for (const [what, sent] of Object.entries(said))
    test(what, async () => {
      assert.deepEqual(await keys(sent), [])
      assert.deepEqual(await keys(...sent), [], 'in pieces')
    })

  test('also when it is never ended', async () => assert.deepEqual(await keys('\x1b[<0;12', '-'), ['esc']))
})
