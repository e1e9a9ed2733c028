// Backends for a stress: they answer when they are let, ask now and then, crash, and cry that their lists have changed.

import type { Era } from './peers.ts'
import type { Script } from './stage.ts'

/** The same numbers each time. */
export function dice(seed: number): (sides: number) => number {
  let state = seed
  return sides => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

/** A backend that answers when it is let, asks now and then, and is never content with its lists. */
export function busy(era: Era, roll: (sides: number) => number) {
  let held: { id: unknown; n: number; asks: boolean; say: (message: object) => void }[] = []
  let last: { say: (message: object) => void; hangUp: () => void } | undefined
  let tools = 1
  const asked = new Map<unknown, { id: unknown; n: number }>()
  const modern = era === 'modern'
  const give = (id: unknown, result: object) => ({ id, result: modern ? { resultType: 'complete', ...result } : result })
  const script: Script = ({ id, method, params, result, error }, say, hangUp) => {
    last = { say, hangUp }
    const capabilities = { tools: { listChanged: true } }
    if (method === 'server/discover')
      say(modern ? give(id, { supportedVersions: ['2026-07-28'], capabilities }) : { id, error: { code: -32601, message: 'no' } })
    else if (method === 'initialize') say(give(id, { protocolVersion: params.protocolVersion, capabilities, serverInfo: {} }))
    else if (method === 'tools/list') say(give(id, { tools: Array.from({ length: tools }, (_, n) => ({ name: n === 0 ? 'x' : `x${n}`, inputSchema: {} })) }))
    else if (method === 'tools/call') {
      const n = params.arguments.n as number
      if (params.inputResponses) say(give(id, { content: [], n }))
      else held.push({ id, n, say, asks: roll(10) === 0 })
    } else if (method === undefined && asked.has(id)) {
      const { id: call, n } = asked.get(id)!
      asked.delete(id)
      say(give(call, { content: [], n, told: result ?? error }))
    }
  }
  return {
    script,
    release() {
      for (const { id, n, asks, say } of held) {
        if (roll(20) === 0) say({ method: 'notifications/progress', params: { progressToken: id, progress: 1 } })
        if (!asks) say(give(id, { content: [], n }))
        else if (modern) say({ id, result: { resultType: 'input_required', inputRequests: { k: { method: 'roots/list' } }, requestState: `${n}` } })
        else {
          asked.set(`q${n}`, { id, n })
          say({ id: `q${n}`, method: 'roots/list' })
        }
      }
      held = []
    },
    crash() {
      held = []
      asked.clear()
      last?.hangUp()
    },
    storm() {
      for (let times = 0; times < 20; times++) {
        tools = 1 + ((tools + 1) % 5)
        last?.say({ method: 'notifications/tools/list_changed' })
      }
    },
  }
}
