// One start of a backend, to show what it offers.

import { KINDS } from '../gateway/catalog.ts'
import { written } from '../gateway/instructions.ts'
import { INSTRUCTIONS, pinName, publicName } from '../gateway/names.ts'
import { cut } from '../gateway/prefaces.ts'
import type { Item, Lists } from '../gateway/types.ts'
import type { Context } from './context.ts'
import { Failure } from './failure.ts'
import { known } from './known.ts'
import { json, line, note } from './print.ts'
import { suspicionOf } from './suspicions.ts'

/** After so long without an answer a person wants to know what is going on. */
const SILENCE_MS = 1000

/** Starts `name` and prints what it offers; a failure that says what to do when it does not start. */
export async function offers(context: Context, name: string, asJson: boolean): Promise<void> {
  const settings = context.settings()
  const isLocal = known(settings, name).type === 'stdio'
  const waiting = isLocal ? `starting ${name}; the first start may have to download it ...` : `asking ${name} what it offers ...`
  const timer = setTimeout(() => note(context, waiting), SILENCE_MS)
  const found = await context.check(settings, name).finally(() => clearTimeout(timer))
  if ('code' in found) {
    const hints = [
      'It stays added: what it lacks here may be there in the client.',
      ...(isLocal ? [`What it has printed: mcpgw backends logs ${name}`] : []),
      `To take it out again: mcpgw remove ${name}`,
    ]
    throw new Failure(1, found.message, ...hints)
  }
  if (asJson) return json(context, shape(name, found))
  const counts = KINDS.flatMap(kind => (found[kind].length ? [`${found[kind].length} ${found[kind].length === 1 ? kind.slice(0, -1) : kind}`] : []))
  line(
    context,
    { text: name, style: 'bold' },
    ` offers ${counts.join(', ').replace(/, ([^,]*)$/, ' and $1') || 'nothing'} (${found.info.name} ${found.info.version})`,
  )
  for (const item of found.tools) line(context, `  ${publicName(name, item.key)}`)
  const said = found.instructions ? [{ key: INSTRUCTIONS, text: written(cut(found.instructions)) }] : []
  for (const item of [...found.tools, ...said]) {
    const { state, because } = suspicionOf(item.key, item.text)
    const hidden = state === 'quarantined' ? `; it is hidden until you accept it: mcpgw pins diff ${name}` : ''
    if (because.length > 0) note(context, { text: 'suspicious: ', style: 'red' }, `${pinName(name, item.key)}: ${because.join('; ')}${hidden}`)
  }
  for (const problem of found.problems) note(context, { text: 'note: ', style: 'yellow' }, problem)
}

const shape = (name: string, { info, tools, prompts, resources, templates, problems }: Lists) => {
  const keys = (items: readonly Item[]) => items.map(item => item.key)
  return {
    name,
    server: info,
    tools: tools.map(item => publicName(name, item.key)),
    prompts: prompts.map(item => publicName(name, item.key)),
    resources: keys(resources),
    templates: keys(templates),
    problems,
  }
}
