// Reading again what a backend offers: whatever comes of one reading, the next one is made.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Relisting } from '../../src/backends/relisting.ts'
import type { Running } from '../../src/backends/running.ts'
import type { Fault } from '../../src/gateway/faults.ts'
import type { Lists } from '../../src/gateway/types.ts'
import { VirtualClock } from '../fixtures/clock.ts'

test('a list that we fail over is a fault of that reading, and the next one is heard', async () => {
  const lists = { tools: [], prompts: [], resources: [], templates: [] } as unknown as Lists
  const answers: (() => Promise<Lists>)[] = [() => Promise.reject(new RangeError('Maximum call stack size exceeded')), async () => lists]
  const running = { lists: () => answers.shift()!() } as unknown as Running
  const errors: string[] = []
  const relisting = new Relisting({ name: 'odd', timeoutMs: 1000 }, new VirtualClock(), {
    running: () => running,
    park: () => ({ code: 'backend_auth', message: '' }),
    lastError: () => undefined,
    onerror: error => void errors.push(error),
    onlists: () => {},
    held: () => undefined,
  })
  assert.equal(((await relisting.now()) as Fault).code, 'backend_unavailable')
  assert.match(errors[0]!, /the tools of "odd" could not be listed: .*call stack/)
  assert.equal(await relisting.now(), lists)
})
