// The command line: every command, in groups, each from its own file. A command is a sentence; it throws a Failure when it can't be done.
// Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 refused by a rule, 4 not found.

import { safe } from '../lib/safe.ts'
import { Command, CommanderError } from 'commander'
import { version } from '../version.ts'
import { add } from './add.ts'
import { approvals, approve, refuse } from './approvals.ts'
import { backends } from './backends.ts'
import { call } from './call.ts'
import { completion, complete } from './completion.ts'
import { config } from './config.ts'
import { systemContext, type Context } from './context.ts'
import { doctor } from './doctor.ts'
import { disable, enable } from './enable.ts'
import { failureOf } from './failure.ts'
import { get } from './get.ts'
import { keys } from './keys.ts'
import { limit, limits } from './limits.ts'
import { list } from './list.ts'
import { log } from './log.ts'
import { login, logout } from './login.ts'
import { complain, note } from './print.ts'
import { explain } from './explain.ts'
import { pins } from './pins.ts'
import { remove } from './remove.ts'
import { replay } from './replay.ts'
import { allow, ask, deny, rules } from './rules.ts'
import { serve } from './serve.ts'
import { status } from './status.ts'
import { stdioHelp } from './stdio-help.ts'
import { tools } from './tools.ts'
import { tui } from './tui.ts'
import { watch } from './watch.ts'

type Make = (context: Context) => Command

/** Adding a command is a line here and a file beside this one. */
const groups: Readonly<Record<string, readonly Make[]>> = {
  'Your backends:': [add, list, get, enable, disable, remove, login, logout],
  'Their tools:': [tools, call, replay],
  'Who may call what:': [allow, ask, deny, rules, explain, approvals, approve, refuse, keys, limit, limits, pins],
  'What runs:': [tui, status, backends, log, watch, doctor],
  'Settings and shell:': [config, completion],
  'For clients:': [stdioHelp, serve],
}

const examples = `
Examples:
  mcpgw add files -- npx -y @modelcontextprotocol/server-filesystem ~/notes
  mcpgw add linear --url https://mcp.linear.app/mcp
  mcpgw list

A client starts it as its only server: { "command": "mcpgw", "args": ["stdio"] }
Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 refused, 4 not found.`

/** Runs one command; `argv` is that of a process. Never rejects: what went wrong is printed, and is the exit code. */
export async function program(argv: readonly string[], context: Context = systemContext()): Promise<void> {
  process.exitCode = await run(argv.slice(2), context)
}

/** Runs one command: its exit code. */
export async function run(args: readonly string[], context: Context): Promise<number> {
  const root = tree(context)
  try {
    if (args.length === 0) root.outputHelp()
    else await root.parseAsync(args, { from: 'user' })
    return context.exitCode
  } catch (error) {
    // Commander has said already what is wrong; its own code is 1 for all of it.
    if (error instanceof CommanderError) {
      if (error.code === 'commander.unknownOption' && args[0] === 'add')
        note(context, 'Options of the command itself go behind --: mcpgw add NAME -- COMMAND -y ...')
      return error.exitCode === 0 ? 0 : 2
    }
    const failure = failureOf(error, context.env)
    complain(context, failure)
    return failure.exit
  }
}

/** All commands. */
export function tree(context: Context): Command {
  const root = new Command('mcpgw')
    .description('One MCP server for every client: all your backends behind one binary that\nrecords and shows every call.')
    .usage('[options] <command>')
    .version(`mcpgw ${version}`, '-v, --version', 'say which version this is')
    .option('--config <file>', 'use another settings file')
    .helpOption('-h, --help', 'help, also for a command: mcpgw add --help')
    .helpCommand(false)
    .addHelpText('after', examples)
    .exitOverride()
    .configureHelp({ subcommandTerm: term, styleTitle: title => (context.out.colours ? `\x1b[1m${title}\x1b[22m` : title) })
    .configureOutput({
      writeOut: text => context.out.write(text),
      writeErr: text => context.err.write(text),
      // What was typed comes back in it, and may have been somebody else's words.
      outputError: (text, write) => write(safe(text.replace(/^error: /, 'mcpgw: '), { multiline: true })),
      getOutHelpWidth: () => Math.min(context.out.columns, 80),
      getErrHelpWidth: () => Math.min(context.err.columns, 80),
      getOutHasColors: () => context.out.colours,
      getErrHasColors: () => context.err.colours,
    })
    .hook('preAction', (command, chosen) => {
      context.command = chosen.parent && chosen.parent !== root ? `${chosen.parent.name()} ${chosen.name()}` : chosen.name()
      const { config: file } = command.opts<{ config?: string }>()
      if (file !== undefined) context.configure(file)
    })
  for (const [group, commands] of Object.entries(groups)) for (const make of commands) adopt(root, make(context).helpGroup(group))
  root.addCommand(complete(context, root), { hidden: true })
  return root.showHelpAfterError('See: mcpgw --help')
}

/** A command in a list of commands: its name and arguments; its options are in its own help. */
const term = (command: Command): string =>
  [command.name(), ...command.registeredArguments.map(one => (one.required ? `<${one.name()}>` : `[${one.name()}]`))].join(' ')

/** Commands made elsewhere behave like the root: they throw instead of ending the process, and write to the context. */
function adopt(parent: Command, command: Command): void {
  const name = `${parent.name()} ${command.name()}`
  const settle = (one: Command, full: string) => {
    one.copyInheritedSettings(parent).helpOption('-h, --help', 'this help').helpCommand(false).showHelpAfterError(`See: ${full} --help`)
    for (const child of one.commands) settle(child, `${full} ${child.name()}`)
  }
  settle(command, name)
  parent.addCommand(command)
}
