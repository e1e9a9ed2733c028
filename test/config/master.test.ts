// Claims about the master key: who makes it, who finds it, and what is said where it can't be had.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { NoMasterKey, openSeal, type MasterOptions } from '../../src/config/master.ts'
import type { Run } from '../../src/config/vault.ts'
import { memoryStore } from '../../src/store/memory.ts'

const HEX = 'ab'.repeat(32)

function place(t: TestContext): MasterOptions & { file: string; dir: string } {
  const dir = mkdtempSync(join(tmpdir(), 'mcpgw-key-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  const file = join(dir, 'data', 'master.key')
  return { dir, file, places: { masterKey: file }, env: {}, notes: memoryStore(), platform: 'linux' }
}

const no = (words: RegExp) => (error: unknown) => error instanceof NoMasterKey && words.test(error.message)

describe('the master key', () => {
  test('is made by the first who needs it, for its owner alone, and found by the next', async t => {
    const here = place(t)
    const first = await openSeal(here)
    assert.equal(statSync(here.file).mode & 0o777, 0o600)
    assert.equal(statSync(join(here.file, '..')).mode & 0o777, 0o700)
    assert.equal((await openSeal(here)).fingerprint, first.fingerprint)
    assert.deepEqual(await here.notes.masterKey(), { place: 'file', fingerprint: first.fingerprint })
    assert.ok(!JSON.stringify(await here.notes.masterKey()).includes(readFileSync(here.file, 'utf8').trim()))
  })

  test('is one, however many processes start at once', async t => {
    const { dir, file } = place(t)
    const child = join(import.meta.dirname, 'master-child.ts')
    const said = Array.from({ length: 6 }, async () => {
      const one = spawn(process.execPath, ['--import', 'tsx', child, join(dir, 'mcpgw.db'), file], { stdio: ['ignore', 'pipe', 'inherit'] })
      let text = ''
      one.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
      assert.deepEqual(await once(one, 'close'), [0, null])
      return text
    })
    const fingerprints = new Set(await Promise.all(said))
    assert.equal(fingerprints.size, 1)
    assert.match([...fingerprints][0]!, /^[0-9a-f]{16}$/)
    assert.deepEqual(readdirSync(join(dir, 'data')), ['master.key'], 'and no draft is left')
  })

  test('that is gone is not made anew: who misses it says where it was', async t => {
    const here = place(t)
    await openSeal(here)
    unlinkSync(here.file)
    await assert.rejects(openSeal(here), no(/gone from .*master\.key; put it back/))
    assert.deepEqual(readdirSync(join(here.dir, 'data')), [])
  })

  test('that is another than the noted one is not used', async t => {
    const here = place(t)
    const { fingerprint } = await openSeal(here)
    writeFileSync(here.file, `${HEX}\n`)
    await assert.rejects(openSeal(here), no(new RegExp(`not the one .*${fingerprint}`)))
  })

  test('that others may read is not used, and what to do is said', async t => {
    const here = place(t)
    await openSeal(here)
    chmodSync(here.file, 0o640)
    await assert.rejects(openSeal(here), no(/mode 640.*chmod 600/))
  })

  test('that is cut off is no key', async t => {
    const here = place(t)
    await openSeal(here)
    writeFileSync(here.file, 'ab')
    await assert.rejects(openSeal(here), no(/is no key/))
  })

  test('is MCPGW_MASTER_KEY where that is set; no file is made', async t => {
    const here = place(t)
    const hex = await openSeal({ ...here, env: { MCPGW_MASTER_KEY: HEX } })
    const base64 = await openSeal({ ...here, env: { MCPGW_MASTER_KEY: Buffer.from(HEX, 'hex').toString('base64') } })
    assert.equal(hex.fingerprint, base64.fingerprint)
    assert.deepEqual(readdirSync(here.dir), [])
    await assert.rejects(openSeal(here), no(/sealed with MCPGW_MASTER_KEY; set it/))
    await assert.rejects(openSeal({ ...here, env: { MCPGW_MASTER_KEY: 'cd'.repeat(32) } }), no(/not the one/))
    assert.deepEqual(readdirSync(here.dir), [], 'and none is made by who lacks the variable')
  })

  test('in the environment that is no key is refused, and its text is not told', async t => {
    await assert.rejects(openSeal({ ...place(t), env: { MCPGW_MASTER_KEY: 'hunter2' } }), no(/^(?!.*hunter2).*32 bytes/))
  })

  test('in the environment does not replace one that was made before', async t => {
    const here = place(t)
    await openSeal(here)
    await assert.rejects(openSeal({ ...here, env: { MCPGW_MASTER_KEY: HEX } }), no(/not the one/))
  })

  test('can be no file where none can be written: the variable is named', async t => {
    const here = place(t)
    writeFileSync(join(here.dir, 'data'), 'a file where the folder should be')
    await assert.rejects(openSeal(here), no(/MCPGW_MASTER_KEY/))
  })
})

/** A keychain of one entry, as the tool of macOS behaves: a second entry of the same name is refused with 45, a missing one is 44. */
function tool(kept: Map<string, string>, seen: string[][]): Run {
  return async (command, args, input) => {
    seen.push([command, ...args])
    const words = (args[0] === '-i' ? input.trim() : args.join(' ')).split(' ')
    const after = (flag: string) => words[words.indexOf(flag) + 1]!
    const entry = `${after('-s')} ${after('-a')}`
    if (words[0] === 'find-generic-password') return { code: kept.has(entry) ? 0 : 44, stdout: `${kept.get(entry) ?? ''}\n`, stderr: '' }
    if (kept.has(entry)) return { code: 45, stdout: '', stderr: 'The specified item already exists in the keychain.' }
    kept.set(entry, words.at(-1)!)
    return { code: 0, stdout: '', stderr: '' }
  }
}

describe('the keychain of macOS', () => {
  test('keeps the key, which stands in no argument', async t => {
    const [kept, seen] = [new Map<string, string>(), [] as string[][]]
    const here = { ...place(t), platform: 'darwin' as const, run: tool(kept, seen) }
    const [one, two] = await Promise.all([openSeal(here), openSeal(here)])
    assert.equal(one.fingerprint, two.fingerprint)
    assert.equal(kept.size, 1)
    assert.ok(!JSON.stringify(seen).includes([...kept.values()][0]!))
    assert.deepEqual(readdirSync(here.dir), [])
  })

  test('that is locked is an error, and no reason for a second key', async t => {
    const kept = new Map<string, string>()
    const here = { ...place(t), platform: 'darwin' as const, run: tool(kept, []) }
    await openSeal(here)
    const locked: Run = async () => ({ code: 51, stdout: '', stderr: 'User interaction is not allowed.' })
    await assert.rejects(openSeal({ ...here, run: locked }), no(/unlock it.*User interaction is not allowed/))
    assert.equal(kept.size, 1)
  })
})

test('on Windows the file holds what the system has encrypted, and the key stands in no argument', async t => {
  const seen: string[][] = []
  const flip = (text: string) => Buffer.from(Buffer.from(text.trim(), 'base64').map(byte => byte ^ 0x55)).toString('base64')
  const powershell: Run = async (command, args, input) => {
    seen.push([command, ...args])
    return { code: 0, stdout: flip(input), stderr: '' }
  }
  const here = { ...place(t), platform: 'win32' as const, run: powershell }
  const { fingerprint } = await openSeal(here)
  assert.equal((await openSeal(here)).fingerprint, fingerprint)
  const kept = readFileSync(here.file, 'utf8').trim()
  const key = Buffer.from(flip(kept), 'base64').toString()
  assert.match(key, /^[\w-]{43}$/)
  assert.ok(!JSON.stringify(seen).includes(key) && !kept.includes(key))
})
