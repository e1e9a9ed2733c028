// What is said of a backend's trouble: what happened, whether the call may have run, and what to do next.

import type { Fault } from '../gateway/faults.ts'

const seconds = (ms: number) => `${Math.ceil(ms / 1000)} s`
const logs = (name: string) => `See: mcpgw backends logs ${name}`

export const disabled = (name: string): Fault => ({ code: 'backend_unavailable', message: `"${name}" is disabled. Enable it with: mcpgw enable ${name}` })

/** The settings have changed under a call that waited. */
export const replaced = (name: string): Fault => ({
  code: 'backend_unavailable',
  message: `"${name}" is not what it was: its settings have just been changed. The call was not executed; repeat it.`,
})

export const overloaded = (name: string, inside: number, waiting: number): Fault => ({
  code: 'overloaded',
  message: `"${name}" has ${inside} calls at work and ${waiting} waiting. Wait a moment, then try again.`,
  retryAfterMs: 1000,
})

/** Its circuit breaker is open. */
export const resting = (name: string, forMs: number, last: string | undefined): Fault => ({
  code: 'backend_unavailable',
  message: `"${name}" failed several times in a row and is left alone for ${seconds(forMs)}. Last trouble: ${last ?? 'unknown'}. ${logs(name)}`,
  retryAfterMs: Math.ceil(forMs),
})

/** It crashed, and the pause before its next start is longer than a call waits. */
export const pausing = (name: string, forMs: number, last: string | undefined): Fault => ({
  code: 'backend_unavailable',
  message: `"${name}" could not be started (${last ?? 'unknown'}) and is tried again in ${seconds(forMs)}. ${logs(name)}`,
  retryAfterMs: Math.ceil(forMs),
})

export const notStarted = (name: string, reason: string): Fault => ({
  code: 'backend_unavailable',
  message: `"${name}" could not be started: ${reason}. ${logs(name)}`,
})

export const parked = (name: string, reason: string | undefined): Fault => ({
  code: 'backend_auth',
  message: `"${name}" refuses our credentials (${reason ?? 'unknown'}). Correct its headers or env in the settings, then: mcpgw backends restart ${name}`,
})

/** It wants a login, or another one. */
export const loggedOut = (name: string, reason: string | undefined): Fault => ({
  code: 'backend_auth',
  message: `"${name}" wants a login (${reason ?? 'unknown'}). The call was not executed. Log in, in a terminal: mcpgw login ${name}`,
})

/** The login does not reach as far as this one request. */
export const lacking = (name: string, scopes: string): Fault => ({
  code: 'backend_auth',
  message: `"${name}" wants more for this than its login allows${scopes ? ` (${scopes})` : ''}. The call was not executed. To allow it, in a terminal: mcpgw login ${name}`,
})

export const tooLarge = (name: string, bytes: number): Fault => ({
  code: 'too_large',
  message: `"${name}" answered with ${bytes} bytes, more than one message may have (maxFrameBytes). The call was executed; ask for less.`,
})

export const late = (name: string, afterMs: number): Fault => ({
  code: 'backend_timeout',
  message: `"${name}" did not answer within ${afterMs / 1000} s. The call may still have been executed: check before you repeat it.`,
})

/** It ended under a call, or was not there for it. */
export const lost = (name: string, reason: string, sent: boolean): Fault => ({
  code: 'backend_unavailable',
  message: `"${name}" ${sent ? 'ended during the call, which may have been executed: check before you repeat it' : 'could not be reached; the call was not executed'}. Reason: ${reason}. ${logs(name)}`,
})

/** It runs, and has not said what it offers. */
export const unheard = (name: string, afterMs: number): Fault => ({
  code: 'backend_timeout',
  message: `"${name}" was started and has not said within ${afterMs / 1000} s what it offers, so nobody can tell whether that is what was accepted. The call was not executed: repeat it in a moment. ${logs(name)}`,
})

export const unlisted = (name: string, reason: string): Fault => ({
  code: 'backend_unavailable',
  message: `the tools of "${name}" could not be listed: ${reason}`,
})
