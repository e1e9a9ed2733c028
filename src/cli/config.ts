// `mcpgw config`: where the settings are, what may stand in them, whether they hold, and an editor for them.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { Command } from 'commander'
import { EMPTY } from '../config/edit.ts'
import { check, decode, load } from '../config/load.ts'
import { schema } from '../config/schema.ts'
import type { SettingsProblem } from '../config/settings.ts'
import type { Context } from './context.ts'
import { edit as open, editorOf } from './editor.ts'
import { Failure } from './failure.ts'
import { json, line, note } from './print.ts'

export const config = (context: Context): Command =>
  new Command('config')
    .description('the settings file: path, schema, validate, edit')
    .addHelpText('after', '\nExamples:\n  mcpgw config validate\n  mcpgw config edit')
    .addCommand(
      new Command('path')
        .description('print where the settings file is')
        .addHelpText('after', '\nExample:\n  cat "$(mcpgw config path)"')
        .action(() => line(context, context.places.settings)),
    )
    .addCommand(
      new Command('schema')
        .description('print its JSON Schema, for editors')
        .addHelpText('after', '\nExample:\n  mcpgw config schema > mcpgw.schema.json')
        .action(() => json(context, schema)),
    )
    .addCommand(
      new Command('validate')
        .description('say what is wrong with it, line by line')
        .option('--json', 'as JSON')
        .addHelpText('after', '\nExample:\n  mcpgw --config ./mcpgw.json config validate')
        .action((options: { json?: true }) => validate(context, options.json === true)),
    )
    .addCommand(
      new Command('edit')
        .description('open it in $VISUAL or $EDITOR, and check it afterwards')
        .addHelpText('after', "\nExample:\n  EDITOR='code --wait' mcpgw config edit")
        .action(() => edit(context)),
    )

function validate(context: Context, asJson: boolean): void {
  const file = context.places.settings
  const problems = problemsOf(file)
  if (asJson) json(context, { file, valid: problems.length === 0, problems })
  else if (problems.length) show(context, problems)
  else line(context, existsSync(file) ? `${file} is valid` : `${file} is not there, which is valid: no backends`)
  if (problems.length) context.exitCode = 2
}

/** All that is wrong, not the first alone. */
function problemsOf(file: string): readonly SettingsProblem[] {
  const loaded = load(file)
  if ('settings' in loaded) return []
  return loaded.problem.line === undefined ? [loaded.problem] : check(file, decode(readFileSync(file)))[0]
}

function show(context: Context, problems: readonly SettingsProblem[]): void {
  for (const { file, line: at, message } of problems) line(context, `${file}${at === undefined ? '' : `:${at}`}: `, { text: message, style: 'red' })
}

async function edit(context: Context): Promise<void> {
  const { places, stdin } = context
  const file = places.settings
  const editor = editorOf(context, `The settings are ${file}`)
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, EMPTY, { mode: 0o600, flag: 'wx' })
  }
  for (;;) {
    await open(context, editor, file)
    const problems = problemsOf(file)
    if (problems.length === 0) return note(context, `${file} is valid`)
    show(context, problems)
    if (!stdin.isTTY) break
    const questions = createInterface({ input: stdin, output: process.stderr })
    const answer = await questions.question('Edit it again? [Y/n] ').finally(() => questions.close())
    if (/^n/i.test(answer.trim())) break
  }
  throw new Failure(
    2,
    `${file} is not valid`,
    'Running gateways keep the settings they have; one that starts now does not start.',
    'To repair it: mcpgw config edit',
  )
}
