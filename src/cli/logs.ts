// `mcpgw backends logs NAME`: what a backend has printed on stderr, and what we noted about it. All of it is text from outside.

import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { Command, InvalidArgumentError } from 'commander'
import { logFile } from '../backends/logs.ts'
import { RedactedLines } from '../gateway/redact/redact.ts'
import type { Context } from './context.ts'
import { known } from './known.ts'
import { line, note } from './print.ts'

const LOOK_MS = 200

export const logs = (context: Context): Command =>
  new Command('logs')
    .description('what a backend has printed on stderr')
    .argument('<name>')
    .option('-f, --follow', 'go on with what it prints from now on')
    .option('-n, --lines <number>', 'how many lines of what is there', wholeNumber, 50)
    .addHelpText('after', '\nExample:\n  mcpgw backends logs github -f')
    .action((name: string, options: { follow?: boolean; lines: number }) => show(context, name, options))

function wholeNumber(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('It is a number of lines.')
  return Number(text)
}

async function show(context: Context, name: string, { follow, lines }: { follow?: boolean; lines: number }): Promise<void> {
  const file = logFile(context.places.logs, name)
  if (!existsSync(file) && !existsSync(`${file}.1`)) {
    known(context.settings(), name)
    note(context, `"${name}" has printed nothing yet. Its log will be: ${file}`)
  }
  const size = sizeOf(file)
  const text = [textOf(`${file}.1`), textOf(file)].join('')
  const there = silent(text).replace(/\n$/, '').split('\n')
  for (const one of lines > 0 && text !== '' ? there.slice(-lines) : []) line(context, one.replace(/\r$/, ''))
  if (follow) await following(context, file, size)
}

/** Shows whole lines as they come, also after the file was moved aside. Ends with the process. */
async function following(context: Context, file: string, from: number): Promise<never> {
  let at = from
  const lines = new RedactedLines()
  for (;;) {
    const size = sizeOf(file)
    if (size < at) at = 0
    if (size > at) {
      let text = ''
      for await (const chunk of createReadStream(file, { start: at, end: size - 1, encoding: 'utf8' })) text += lines.push(chunk as string)
      at = size
      for (const one of text === '' ? [] : text.replace(/\n$/, '').split('\n')) line(context, one.replace(/\r$/, ''))
    }
    await pause(LOOK_MS)
  }
}

/** What an older version has written was not redacted. */
function silent(text: string): string {
  const lines = new RedactedLines()
  return lines.push(text) + lines.end()
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
