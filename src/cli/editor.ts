// Somebody's own editor, on a file of theirs or on a text that is gone afterwards.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canonical } from '../lib/canonical.ts'
import type { Context } from './context.ts'
import { Failure } from './failure.ts'

/** Which editor it is; a failure where there is none. */
export function editorOf({ env, stdin }: Context, ...hints: readonly string[]): string {
  const chosen = env['VISUAL'] || env['EDITOR']
  if (!chosen && !stdin.isTTY) throw new Failure(1, 'there is no terminal to edit in, and neither VISUAL nor EDITOR names an editor', ...hints)
  return chosen || (process.platform === 'win32' ? 'notepad' : 'vi')
}

/** Opens a file in it, and waits until it is closed. The editor may be a command with options ("code --wait"), so a shell reads it. */
export async function edit({ env, command }: Context, editor: string, file: string): Promise<void> {
  const { spawn } = process.getBuiltinModule('node:child_process')
  const windows = process.platform === 'win32'
  const child = windows
    ? spawn(`${editor} "${file}"`, { shell: true, stdio: 'inherit', env })
    : spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit', env })
  const code = await new Promise<number | null>((done, failed) => child.once('error', failed).once('close', done))
  if (code !== 0) throw new Failure(1, `the editor "${editor}" ended with code ${code}`, `To use another one: EDITOR=nano mcpgw ${command ?? ''}`.trimEnd())
}

/** A text as somebody has changed it. Nobody else can read it meanwhile, and nothing stays of it. */
export async function editText(context: Context, name: string, text: string): Promise<string> {
  const editor = editorOf(context)
  const dir = mkdtempSync(join(tmpdir(), 'mcpgw-'))
  try {
    const file = join(dir, name)
    writeFileSync(file, `${text}\n`, { mode: 0o600 })
    await edit(context, editor, file)
    return readFileSync(file, 'utf8')
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Arguments of a question as somebody has changed them; laid out for them only where that changes no digit. */
export function editArguments(context: Context, id: string, text: string): Promise<string> {
  const wide = JSON.stringify(JSON.parse(text || '{}'), undefined, 2)
  return editText(context, `${id}.json`, canonical(wide) === canonical(text || '{}') ? wide : text)
}
