// A gateway on another machine or port, named by its address. It is asked who it is before it is followed, again and again while it does not answer,
// with pauses that grow; and whoever looks is told what is wrong, and what would help.

import { ApiProblem, connect, type ApiClient, type GatewayStatus, type Remote as Address } from '../api/client.ts'
import type { Clock } from '../lib/clock.ts'
import type { Found } from './attach.ts'

export interface RemoteOptions {
  readonly at: Address
  readonly clock: Clock
  /** It can't be followed, for this reason. */
  readonly onProblem: (text: string) => void
  readonly connect?: (at: Address) => Pick<ApiClient, 'status'>
}

const PAUSE_MS = 500
const LONGEST_MS = 10_000

export class Remote {
  readonly #options: RemoteOptions
  readonly #api: Pick<ApiClient, 'status'>
  #found: readonly Found[] = []
  #knocking = false
  #failed = 0
  #nextAt = 0

  constructor(options: RemoteOptions) {
    this.#options = options
    this.#api = (options.connect ?? connect)(options.at)
  }

  /** The gateway, once it has said who it is; while it has not, it is asked when the pause is over. */
  find(): readonly Found[] {
    if (this.#found.length === 0 && !this.#knocking && this.#options.clock.tick() >= this.#nextAt) void this.#knock()
    return this.#found
  }

  /** It has stopped answering. */
  lost(problem: Error): void {
    const { clock, at, onProblem } = this.#options
    this.#found = []
    this.#nextAt = clock.tick() + Math.min(LONGEST_MS, PAUSE_MS * 2 ** this.#failed++)
    onProblem(explained(at.address, problem))
  }

  async #knock(): Promise<void> {
    this.#knocking = true
    try {
      const { id, pid } = await introduced(this.#api)
      this.#found = [{ id, pid, ...this.#options.at }]
      this.#failed = 0
    } catch (error) {
      this.lost(error as Error)
    } finally {
      this.#knocking = false
    }
  }
}

/** Who answers there; rejects when it is nobody whom we can follow. */
export async function introduced(api: Pick<ApiClient, 'status'>): Promise<GatewayStatus> {
  const status = (await api.status()) as Partial<GatewayStatus> | undefined
  if (typeof status?.id !== 'string' || typeof status.pid !== 'number' || typeof status.version !== 'string')
    throw new ApiProblem('foreign', 'what answers there is no control API of mcpgw: it does not say who it is')
  if (status.v !== 1)
    throw new ApiProblem('version', `it is mcpgw ${status.version}, which speaks another version of the control API (${String(status.v)}; here: 1)`)
  return status as GatewayStatus
}

const advice: Readonly<Record<string, string>> = {
  unreachable: 'Is "mcpgw serve" running there? It is tried again and again.',
  unauthenticated: 'There: mcpgw keys create NAME --operator',
  foreign: 'The address is what "mcpgw serve" prints.',
  version: 'Use the same version on both machines.',
}

/** What is wrong, and what would help. */
export function explained(address: URL, problem: Error): string {
  // Node speaks to people who start it themselves.
  const message = problem.message.replace(/; if the root CA is installed locally.*$/s, '')
  const untrusted = /certificate|unable to verify/.test(message)
  const help = untrusted ? 'NODE_EXTRA_CA_CERTS=FILE names who has signed it.' : problem instanceof ApiProblem ? advice[problem.code] : undefined
  return `${address.host}: ${message}${help === undefined ? '' : `${/[.!?]$/.test(message) ? '' : '.'} ${help}`}`
}
