// `npm run bench`: what mcpgw costs, measured on this machine against the direct connection to the same backend, within one run. The rows on
// stdout, what it is doing on stderr. Exit codes: 0 measured, 1 failed, 2 wrong usage.

import { existsSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import type { Measure, Row, Rounds } from './measure.ts'
import { calls } from './measures/calls.ts'
import { large } from './measures/large.ts'
import { limits } from './measures/limits.ts'
import { lists, silent, slow } from './measures/lists.ts'
import { memory } from './measures/memory.ts'
import { redaction } from './measures/redaction.ts'
import { rules } from './measures/rules.ts'
import { serve } from './measures/serve.ts'
import { start } from './measures/start.ts'
import { windows } from './measures/windows.ts'
import { pinned } from './pinned.ts'
import { line, markdown, reached } from './report.ts'
import { binaryFile, useBinary } from './targets.ts'

const measures: readonly Measure[] = [start, lists, slow, silent, calls, limits, rules, redaction, windows, large, memory, serve]
const LIMIT_MS = 15 * 60_000
const BUSY = 0.5

const usage = `npm run bench -- [MEASURE...] [options]

${measures.map(({ name, about }) => `  ${name.padEnd(9)} ${about}`).join('\n')}

  --quick         fewer rounds: over in a minute and a half
  --rounds N      so many rounds of each
  --binary FILE   measures another binary than dist/mcpgw
  --markdown      the table of the README
  --json          every sample

Example: npm run bench -- start calls --quick
`

const say = (text: string) => process.stderr.write(`bench: ${text}\n`)

function asked() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        binary: { type: 'string' },
        markdown: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        'on-one-core': { type: 'string' },
      },
    })
  } catch (error) {
    return wrong((error as Error).message)
  }
}

function wrong(message: string): never {
  process.stderr.write(`bench: ${message}\n\n${usage}`)
  process.exit(2)
}

const { values, positionals } = asked()
const unknown = positionals.find(name => !measures.some(one => one.name === name))
if (values.help) {
  process.stdout.write(usage)
  process.exit(0)
}
if (unknown !== undefined) wrong(`there is no measure "${unknown}"`)
if (values.rounds !== undefined && !(Number(values.rounds) >= 1)) wrong(`--rounds needs a number, not "${values.rounds}"`)
if (values.binary !== undefined) useBinary(values.binary)
if (!existsSync(binaryFile())) wrong(`${binaryFile()} is not there. Build it first: npm run build`)

const rounds: Rounds = {
  quick: values.quick,
  of: usual => (values.rounds !== undefined ? Number(values.rounds) : values.quick ? Math.max(3, Math.ceil(usual / 4)) : usual),
}
setTimeout(() => {
  say(`not over after ${LIMIT_MS / 60_000} minutes`)
  process.exit(1)
}, LIMIT_MS).unref()
// Whatever ends us closes the pipes of everything we have started, and that ends it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

const load = () => loadavg()[0]!.toFixed(1)

try {
  const alone = measures.find(({ name }) => name === values['on-one-core'])
  if (alone?.oneCore) process.stdout.write(JSON.stringify(await alone.oneCore(rounds, 'one core')))
  else await main()
} catch (error) {
  say((error as Error).message)
  process.exitCode = 1
}

async function main(): Promise<void> {
  say(`${availableParallelism()} cores, Node ${process.versions.node} for every program, load ${load()}`)
  if (Number(load()) > BUSY * availableParallelism()) say('this machine is busy: what needs two cores at once will look worse than it is')
  const rows: Row[] = []
  for (const measure of measures) {
    if (positionals.length > 0 && !positionals.includes(measure.name)) continue
    say(`${measure.name}: ${measure.about}`)
    const found = [...(await pinned(measure, rounds)), ...((await measure.run?.(rounds)) ?? [])]
    rows.push(...found)
    if (!values.markdown && !values.json) for (const row of found) process.stdout.write(`${line(row)}\n`)
  }
  if (values.markdown) process.stdout.write(`${markdown(rows)}\n`)
  if (values.json) process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`)
  say(`${rows.filter(reached).length} of ${rows.filter(row => row.reach).length} reached, in ${Math.round(performance.now() / 1000)} s, load ${load()}`)
}
