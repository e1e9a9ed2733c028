// Every failure of ours in one table, with its face at each door. `rpc: null` is an `isError` result, which the model can read and act on;
// a number is a protocol error. Source of codes and faces: the contract, §6.

interface Faces {
  readonly rpc: number | null
  readonly http: number
  readonly exit: number
}

export const faults = {
  unknown_tool: { rpc: -32602, http: 404, exit: 4 },
  unauthenticated: { rpc: -32011, http: 401, exit: 3 },
  denied: { rpc: null, http: 403, exit: 3 },
  approval_denied: { rpc: null, http: 403, exit: 3 },
  approval_expired: { rpc: null, http: 403, exit: 3 },
  approval_pending: { rpc: null, http: 202, exit: 3 },
  quarantined: { rpc: null, http: 403, exit: 3 },
  rate_limited: { rpc: null, http: 429, exit: 3 },
  backend_unavailable: { rpc: null, http: 502, exit: 1 },
  backend_auth: { rpc: null, http: 502, exit: 1 },
  backend_timeout: { rpc: null, http: 504, exit: 1 },
  too_large: { rpc: null, http: 502, exit: 1 },
  overloaded: { rpc: null, http: 503, exit: 1 },
  store_busy: { rpc: null, http: 503, exit: 1 },
  audit_unavailable: { rpc: null, http: 503, exit: 1 },
  internal: { rpc: -32603, http: 500, exit: 1 },
} as const satisfies Record<string, Faces>

export type FaultCode = keyof typeof faults

/** The JSON-RPC code of a fault where no `isError` result exists: every method but tools/call. */
export const FAULT_ERROR = -32010

/** A failure as a value: what happened and what to do, in one plain sentence or two. */
export interface Fault {
  readonly code: FaultCode
  readonly message: string
  readonly retryAfterMs?: number
  /** The question that waits for an answer. */
  readonly approvalId?: string
}
