import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiProblem, type GatewayStatus } from '../../src/api/client.ts'
import { explained, Remote } from '../../src/tui/remote.ts'
import { VirtualClock } from '../fixtures/clock.ts'

const at = { address: new URL('https://mcp.example.com/'), token: 'mgw_x' }
const itself = { v: 1, id: 'aaaa0001', pid: 7, version: '0.1.0' } as GatewayStatus

/** Somebody who looks twice a second at a gateway that answers by hand. */
function stage(answers: (() => GatewayStatus)[]) {
  const clock = new VirtualClock()
  const problems: string[] = []
  const askedAt: number[] = []
  const status = async () => {
    askedAt.push(clock.tick())
    return (answers.shift() ?? (() => itself))()
  }
  const remote = new Remote({ at, clock, connect: () => ({ status }), onProblem: text => problems.push(text) })
  const look = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 500) {
      remote.find()
      await clock.pass(500)
    }
  }
  return { remote, look, problems, askedAt }
}

const fails = (code: string, message: string) => () => {
  throw new ApiProblem(code, message)
}

test('a gateway elsewhere is followed once it has said who it is, with the key it is asked with', async () => {
  const { remote, look, problems, askedAt } = stage([])
  assert.deepEqual(remote.find(), [])
  await look(2000)
  assert.deepEqual(remote.find(), [{ id: 'aaaa0001', pid: 7, ...at }])
  assert.deepEqual([problems, askedAt.length], [[], 1])
})

test('one that does not answer is asked again, ever more seldom, and at once again after it has answered', async () => {
  const { remote, look, problems, askedAt } = stage(Array.from({ length: 7 }, () => fails('unreachable', 'the gateway does not answer: refused')))
  await look(60_000)
  const pauses = askedAt.slice(1).map((one, index) => one - askedAt[index]!)
  assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 10_000, 10_000])
  assert.equal(problems.length, 7)
  assert.equal(remote.find().length, 1)
  remote.lost(new ApiProblem('unreachable', 'gone'))
  assert.deepEqual(remote.find(), [])
  await look(1000)
  assert.equal(remote.find().length, 1)
})

test('who is not a gateway, or one of another version, is not followed', async () => {
  for (const [answer, says] of [
    [{}, /does not say who it is/],
    [undefined, /does not say who it is/],
    [{ ...itself, v: 2, version: '9.0.0' }, /mcpgw 9\.0\.0.*another version.*Use the same version/],
  ] as const) {
    const { remote, look, problems } = stage([() => answer as unknown as GatewayStatus])
    await look(500)
    assert.deepEqual(remote.find(), [])
    assert.match(problems.join(), says)
  }
})

test('what is wrong is said with what would help', () => {
  const says = (code: string) => explained(at.address, new ApiProblem(code, 'so it is'))
  assert.match(says('unreachable'), /^mcp\.example\.com: so it is\. Is "mcpgw serve" running/)
  assert.match(says('unauthenticated'), /keys create NAME --operator/)
  assert.match(says('foreign'), /what "mcpgw serve" prints/)
  const untrusted = 'the gateway does not answer: self-signed certificate; if the root CA is installed locally, try running Node.js with --use-system-ca'
  assert.match(
    explained(at.address, new ApiProblem('unreachable', untrusted)),
    /: self-signed certificate\. NODE_EXTRA_CA_CERTS=FILE names who has signed it\.$/,
  )
})
