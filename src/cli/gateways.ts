// The gateways that run on this machine, as commands and the window find them: by the run folder, each asked itself.

import { connect, type ApiClient } from '../api/client.ts'
import type { GatewayStatus } from '../api/port.ts'
import type { Places } from '../config/paths.ts'
import { entries, type Entry } from '../serve/run.ts'

export interface LiveGateway {
  readonly entry: Entry
  readonly api: ApiClient
  readonly status: GatewayStatus
}

/** So long a gateway may be busy before we say that it does not answer. */
const PATIENCE_MS = 2000

/** Every gateway that answers, the oldest first. Commands that run a gateway for themselves have no socket and are not among them. */
export async function gateways({ run }: Pick<Places, 'run'>): Promise<LiveGateway[]> {
  const found = await Promise.all(
    entries(run).map(async entry => {
      if (entry.token === '') return []
      const api = connect(entry)
      const status = await api.status(PATIENCE_MS).catch(() => undefined)
      return status ? [{ entry, api, status }] : []
    }),
  )
  return found.flat().sort((a, b) => a.entry.startedAt - b.entry.startedAt)
}
