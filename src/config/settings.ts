// Settings as data: what the file says, with its defaults filled in. Shapes and defaults: the contract, §3.

import type { ApprovalSettings } from '../gateway/approve.ts'
import type { Limit } from '../gateway/limits.ts'
import type { PinMode } from '../gateway/pins.ts'
import type { Permissions } from '../gateway/rules.ts'

/** How to log in at a remote backend, where it does not say all of it itself. */
export interface OAuthSettings {
  readonly clientId?: string
  readonly clientSecret?: string
  readonly clientMetadataUrl?: string
  readonly callbackPort?: number
  readonly scopes?: string
}

/** One entry of `mcpServers`, variables not yet expanded. Exactly one of `command` and `url` is there. */
export interface BackendSettings {
  readonly name: string
  readonly command?: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly inheritEnv: boolean
  readonly url?: string
  readonly type: 'stdio' | 'http' | 'sse'
  readonly headers: Readonly<Record<string, string>>
  readonly oauth?: OAuthSettings
  readonly tags: readonly string[]
  /** How long a call may be silent; progress extends it. */
  readonly timeoutMs: number
  /** How long it may take from spawn to the answer of its handshake. */
  readonly startTimeoutMs: number
  readonly concurrency: number
  /** Stopped after so long without a call; 0: never. */
  readonly idleMs: number
  readonly enabled: boolean
}

export interface AuditSettings {
  /** No record, no call. */
  readonly required: boolean
  /** An fsync for each line. */
  readonly sync: boolean
  /** What is kept of arguments and results. */
  readonly payloads: 'none' | 'redacted' | 'full'
  /** So much of each. */
  readonly maxBytes: number
  readonly retentionDays: number
  /** All records of this machine together may take so much; the oldest go first. */
  readonly maxTotalBytes: number
}

export interface Settings {
  readonly version: 1
  readonly backends: readonly BackendSettings[]
  readonly permissions: Permissions
  readonly limits: readonly Limit[]
  /** What becomes of a tool whose definition is not the accepted one. */
  readonly pins: PinMode
  readonly auth: { readonly required: boolean }
  readonly approvals: ApprovalSettings
  readonly audit: AuditSettings
  /** The largest frame taken from a client or backend, bytes. */
  readonly maxFrameBytes: number
}

/** What is wrong with a settings file: where, and what to do about it. */
export interface SettingsProblem {
  readonly file: string
  readonly line?: number
  /** The key, as a path: mcpServers.files.args[0]. */
  readonly key?: string
  readonly message: string
}
