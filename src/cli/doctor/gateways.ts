// Gateways that run or ran: what dead ones left is ended, silent ones are named, and so are settings that a running one refuses.

import type { Places } from '../../config/paths.ts'
import { entries } from '../../serve/run.ts'
import { sweep } from '../../serve/sweep.ts'
import { gateways } from '../gateways.ts'
import { worthKnowing, wrong, type Finding } from './finding.ts'

/** Looks at the run folder, and sweeps it. */
export async function running(places: Places): Promise<Finding[]> {
  const swept = await sweep(places)
  const live = await gateways(places)
  const silent = entries(places.run).filter(one => one.token !== '' && !live.some(({ entry }) => entry.id === one.id))
  return [
    ...swept.map(id => worthKnowing(id, 'this gateway was killed; what it left has been ended')),
    ...silent.map(({ id, pid }) => wrong(id, `the gateway with pid ${pid} does not answer`, `end it: kill ${pid}`)),
    ...live.flatMap(({ status: { id, settingsProblem, backends } }) => [
      ...(settingsProblem === undefined ? [] : [wrong(id, `this gateway keeps older settings: ${settingsProblem}`, 'repair them: mcpgw config edit')]),
      ...backends.flatMap(({ name, state, lastError, login }) =>
        login === 'needed'
          ? [wrong(name, `gateway ${id} is not let in: ${lastError ?? state}`, `log in: mcpgw login ${name}`)]
          : state === 'parked' || state === 'open'
            ? [wrong(name, `gateway ${id} leaves it alone: ${lastError ?? state}`, `see: mcpgw backends logs ${name}; then: mcpgw backends restart ${name}`)]
            : [],
      ),
    ]),
  ]
}
