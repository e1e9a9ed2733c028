// The screen in Ink: a line is one text, cut to the terminal's width before Ink sees it, so nothing is laid out but rows.

import { Box, Text, useApp, useInput, usePaste, type Key } from 'ink'
import { memo, useEffect } from 'react'
import { drawn, width, type Line } from './line.ts'
import type { Model } from './model.ts'
import { screen } from './screen.ts'
import type { Theme } from './theme.ts'

export interface Hands {
  readonly onKey: (name: string) => void
  readonly onPaste: (text: string) => void
  /** The way to lend the terminal to somebody else for a while. */
  readonly onLending: (lend: (during: () => Promise<void>) => Promise<void>) => void
}

export function Window({ model, theme, hands }: { readonly model: Model; readonly theme: Theme; readonly hands?: Hands }) {
  return (
    <Box flexDirection="column" width={model.size.columns} height={model.size.rows}>
      {hands && <Keyboard {...hands} />}
      {screen(model).map((one, row) => (
        <Row key={row} line={one} columns={model.size.columns} theme={theme} />
      ))}
    </Box>
  )
}

function Row({ line, columns, theme }: { readonly line: Line; readonly columns: number; readonly theme: Theme }) {
  const pieces = drawn(line, columns)
  if (!line.chosen) return <Spans json={JSON.stringify(pieces)} theme={theme} />
  const text = pieces.map(piece => piece.text).join('')
  return <Spans json={JSON.stringify([{ text: text + ' '.repeat(Math.max(0, columns - width(text))) }])} theme={theme} chosen />
}

/** Drawn again only when it looks different. */
const Spans = memo(({ json, theme, chosen = false }: { readonly json: string; readonly theme: Theme; readonly chosen?: boolean }) => {
  const pieces = JSON.parse(json) as ReturnType<typeof drawn>
  return (
    <Text wrap="truncate" inverse={chosen}>
      {pieces.length === 0
        ? ' '
        : pieces.map(({ text, style }, at) => (
            <Text key={at} {...(style && theme[style])}>
              {text}
            </Text>
          ))}
    </Text>
  )
})

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

/** Keys by their names; what was typed faster than it was read comes at once. */
function namesOf(input: string, key: Key): string[] {
  if (key.tab) return [key.shift ? 'backtab' : 'tab']
  const found = named.find(([flag]) => key[flag])
  if (found) return [found[1]]
  if (key.ctrl) return [`ctrl+${input}`]
  const typed = [...input].map(one => (one === '\r' || one === '\n' ? 'enter' : one)).filter(one => one >= ' ')
  // Escape, and a key before anybody could look: terminals say the same for both.
  return key.meta ? ['esc', ...typed] : typed
}
