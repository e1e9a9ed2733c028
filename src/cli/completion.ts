// `mcpgw completion`: a script for a shell, which asks the hidden command `__complete` at every Tab. So commands, options, names and ids are completed
// as they are now, and the scripts never age.

import { Argument, Command, type Option } from 'commander'
import { argumentWords, optionWords } from './completed.ts'
import type { Context } from './context.ts'

export const completion = (context: Context): Command =>
  new Command('completion')
    .description('a script that teaches your shell to complete mcpgw')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', help)
    .action((shell: keyof typeof scripts) => context.out.write(scripts[shell]))

const help = `
Examples:
  mcpgw completion bash > ~/.local/share/bash-completion/completions/mcpgw
  mcpgw completion zsh > "\${fpath[1]}/_mcpgw"
  mcpgw completion fish > ~/.config/fish/completions/mcpgw.fish`

const scripts = {
  bash: `# mcpgw completion for bash
_mcpgw() {
  local IFS=$'\\n'
  COMPREPLY=($(mcpgw __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _mcpgw mcpgw
`,
  zsh: `#compdef mcpgw
# mcpgw completion for zsh
_mcpgw() {
  local -a found
  found=("\${(@f)$(mcpgw __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then compadd -a found; else _files; fi
}
if [ "$funcstack[1]" = "_mcpgw" ]; then _mcpgw "$@"; else compdef _mcpgw mcpgw; fi
`,
  fish: `# mcpgw completion for fish
function __mcpgw_complete
  set -l words (commandline -opc)
  set -l last (commandline -ct)
  mcpgw __complete -- $words[2..-1] "$last" 2>/dev/null
end
complete -c mcpgw -f -a '(__mcpgw_complete)'
complete -c mcpgw -l config -r -F
`,
}

/** What a shell asks: the words so far, the last one unfinished; answers with what it may become, a line each. */
export const complete = (context: Context, root: Command): Command =>
  new Command('__complete').argument('[words...]').action(async (words: readonly string[]) => {
    for (const word of await candidates(root, words, context)) context.out.write(`${word}\n`)
  })

async function candidates(root: Command, words: readonly string[], context: Context): Promise<readonly string[]> {
  const done = words.slice(0, -1)
  const last = words.at(-1) ?? ''
  if (done.includes('--')) return []
  let command = root
  let wants: Option | undefined
  const given: string[] = []
  for (const word of done) {
    const child = given.length === 0 ? command.commands.find(one => one.name() === word || one.aliases().includes(word)) : undefined
    if (wants) wants = undefined
    else if (word.startsWith('-'))
      wants = [...command.options, ...root.options].find(option => (option.short === word || option.long === word) && (option.required || option.optional))
    else if (child) command = child
    else given.push(word)
  }
  const found = wants
    ? await valuesOf(command, wants, context)
    : last.startsWith('-')
      ? optionsOf(command, root)
      : await argumentsOf(command, given.length, context)
  return found.filter(word => word.startsWith(last) && shellSafe.test(word))
}

function optionsOf(command: Command, root: Command): readonly string[] {
  const options = [...command.options, ...(command === root ? [] : root.options.filter(option => option.long === '--config'))]
  return [...options.filter(option => !option.hidden).map(option => option.long!), '--help']
}

async function argumentsOf(command: Command, at: number, context: Context): Promise<readonly string[]> {
  if (at === 0 && command.commands.length)
    return command
      .createHelp()
      .visibleCommands(command)
      .map(one => one.name())
  const argument = command.registeredArguments[Math.min(at, command.registeredArguments.length - 1)]
  return argument?.argChoices ?? (argument ? argumentWords(pathOf(command), argument.name(), context) : [])
}

const valuesOf = (command: Command, option: Option, context: Context): readonly string[] | Promise<readonly string[]> =>
  option.argChoices ?? optionWords(pathOf(command), option.long ?? '', context)

/** Its name, behind those of the commands that it belongs to. */
function pathOf(command: Command): string {
  const names: string[] = []
  for (let one: Command | null = command; one?.parent; one = one.parent) names.unshift(one.name())
  return names.join(' ')
}

/** A shell takes these letters as they are. */
const shellSafe = /^[\w@%+=:,./-]+$/
