// Transcripts: text files of commands and what they print, as a person would see it.
//   $ command        run by a shell, in an empty home; further lines of the command start with "> "
//   [..]             in a line: any text. A line "...": any lines.
//   [exit 4]         the exit code, where it is not 0
// Lines that start with "#", before a command, are for the reader. The home is printed as $HOME. What asks for patience is left out: on a machine
// that is slow enough, everything does.

import { spawn } from 'node:child_process'

export interface Step {
  /** Where it stands, from 1. */
  readonly line: number
  /** As it stands in the file, comments before it included. */
  readonly source: string
  readonly command: string
  readonly expected: string
}

/** The steps of a transcript. */
export function read(text: string): Step[] {
  const steps: { line: number; source: string[]; command: string; expected: string[] }[] = []
  let before: string[] = []
  for (const [index, line] of text.replace(/\n$/, '').split('\n').entries()) {
    const last = steps.at(-1)
    if (line.startsWith('$ ')) {
      steps.push({ line: index + 1, source: [...before, line], command: line.slice(2), expected: [] })
      before = []
    } else if (line.startsWith('#') || (line === '' && before.length)) before.push(line)
    else if (!last || before.length) throw new Error(`line ${index + 1} belongs to no command: ${line}`)
    else if (line.startsWith('> ') && last.expected.length === 0) {
      last.source.push(line)
      last.command += `\n${line.slice(2)}`
    } else last.expected.push(line)
  }
  return steps.map(({ source, expected, ...step }) => ({ ...step, source: source.join('\n'), expected: expected.join('\n').trimEnd() }))
}

const patience = /^(?:starting|asking|waiting for) .* \.\.\.\n/gm

/** Runs one command: what it prints on both streams, in the form of a transcript. */
export async function print(command: string, home: string, env: Record<string, string>): Promise<string> {
  const child = spawn('/bin/sh', ['-c', `exec 2>&1\n${command}`], { cwd: home, env: { ...env, HOME: home }, stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk))
  const code = await new Promise(done => child.once('close', done))
  const text = printed.replaceAll(home, '$HOME').replace(patience, '').trimEnd()
  return code === 0 ? text : `${text}${text ? '\n' : ''}[exit ${String(code)}]`
}

/** Whether what was printed is what was expected. */
export function matches(expected: string, printed: string): boolean {
  const pattern = expected.split('\n').map(line => (line === '...' ? '(?:.*\n)*?' : `${line.split('[..]').map(escape).join('.*')}\n`))
  return new RegExp(`^${pattern.join('')}$`).test(`${printed}\n`)
}

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
