/** @jsxRuntime automatic */
// What Ink draws and reads: each row one text, finished before Ink sees it, so that it lays out nothing but rows, and only those that have changed.

import { Box, Text, useApp, useInput, usePaste, type Key } from 'ink'
import { memo, useEffect } from 'react'

/** What is done with the terminal besides drawing. */
export interface Hands {
  readonly onKey: (name: string) => void
  readonly onPaste: (text: string) => void
  /** The way to lend the terminal to somebody else for a while. */
  readonly onLending: (lend: (during: () => Promise<void>) => Promise<void>) => void
}

export interface WindowProps {
  /** From the top, each as `paint.ts` makes it: no wider than the terminal. */
  readonly rows: readonly string[]
  readonly columns: number
  readonly hands?: Hands
}

export function Window({ rows, columns, hands }: WindowProps) {
  return (
    <Box flexDirection="column" width={columns} height={rows.length}>
      {hands && <Keyboard {...hands} />}
      {rows.map((text, at) => (
        <Row key={at} text={text} />
      ))}
    </Box>
  )
}

const Row = memo(({ text }: { readonly text: string }) => <Text wrap="truncate">{text === '' ? ' ' : text}</Text>)

function Keyboard({ onKey, onPaste, onLending }: Hands) {
  const { suspendTerminal } = useApp()
  useEffect(() => onLending(suspendTerminal), [onLending, suspendTerminal])
  useInput((input, key) => {
    for (const name of namesOf(input, key)) onKey(name)
  })
  usePaste(onPaste)
  return null
}

const named: readonly (readonly [keyof Key, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageDown', 'pagedown'],
  ['pageUp', 'pageup'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['backspace', 'backspace'],
  ['delete', 'backspace'],
]

/** What has begun as a sequence and was never ended, without its Escape: Ink hands it over as if it were typed. */
const unended = /^(?:\[\[?[\x30-\x3f]*[\x20-\x2f]*|O[\d;]+)$/

/** Keys by their names; what was typed faster than it was read comes at once. */
function namesOf(input: string, key: Key): string[] {
  if (key.tab) return [key.shift ? 'backtab' : 'tab']
  const found = named.find(([flag]) => key[flag])
  if (found) return [found[1]]
  if (key.ctrl) return [`ctrl+${input}`]
  if (input.length > 1 && unended.test(input)) return ['esc']
  const typed = [...input].map(one => (one === '\r' || one === '\n' ? 'enter' : one)).filter(isTyping)
  // Escape, and a key before anybody could look: terminals say the same for both.
  return key.meta ? ['esc', ...typed] : typed
}

const isTyping = (one: string): boolean => one >= ' ' && !(one > '\x7e' && one < '\xa0')
