// Calls to record, and a disk that fails when told to.

import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { disk, type Disk } from '../../src/store/journal.ts'
import type { Call, CallRecord, Decision, Origin, Outcome } from '../../src/gateway/types.ts'

export const origin: Origin = {
  principal: { id: 'local', kind: 'local', org: 'default', roles: [], scopes: [] },
  client: { name: 'claude-code', version: '2.1.0', id: 'claude' },
  era: 'legacy',
  revision: '2025-11-25',
  capabilities: {},
  session: 'one',
}

export const allow: Decision = { kind: 'allow', by: 'default' }

export const aCall = (id: string, more: Partial<Call> = {}): Call => ({
  id,
  origin,
  method: 'tools/call',
  backend: 'files',
  target: 'files__read',
  name: 'read',
  arguments: { path: '/tmp' },
  argumentsText: '{"path":"/tmp"}',
  startedAt: 1000,
  ...more,
})

export const aRecord = (call: Call, outcome: Outcome = { kind: 'answered', isError: false, bytes: 7 }, result = '{"a":1}'): CallRecord => ({
  call,
  decision: allow,
  outcome,
  durationMs: 1.25,
  result,
})

/** A folder of the test's own. */
export function folder(t: { after(act: () => void): void }): string {
  const dir = mkdtempSync(join(tmpdir(), 'mcpgw-store-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** What stands in a folder's segments, in their order, without the heads of segments; throws where a whole line is no JSON. */
export function linesIn(dir: string): Record<string, unknown>[] {
  const number = (name: string): number => Number(name.split('.')[1])
  const names = readdirSync(dir).sort((a, b) => number(a) - number(b))
  return names.flatMap(name => {
    const text = readFileSync(join(dir, name), 'latin1')
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    return whole
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as Record<string, unknown>)
      .filter(line => line.kind !== 'segment')
  })
}

export const full = (): Error => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })

/** The real disk, except for the operations that `fails` picks: by their number, and what they are. A write that fails may have taken a part. */
export function failing(fails: (n: number, operation: keyof Disk) => boolean, taken = 0): Disk {
  let n = 0
  const counted = <A extends unknown[], R>(name: keyof Disk, act: (...values: A) => R) => {
    return (...values: A): R => {
      if (!fails(++n, name)) return act(...values)
      throw full()
    }
  }
  return {
    prepare: counted('prepare', disk.prepare),
    create: counted('create', disk.create),
    sync: counted('sync', disk.sync),
    truncate: counted('truncate', disk.truncate),
    close: counted('close', disk.close),
    write(fd, bytes, from, to) {
      if (!fails(++n, 'write')) return disk.write(fd, bytes, from, to)
      if (taken === 0) throw full()
      return disk.write(fd, bytes, from, from + taken) // the next write goes on from there, and fails in its turn if told to
    },
  }
}
