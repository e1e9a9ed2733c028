// The master key, which guards what is kept sealed: MCPGW_MASTER_KEY where it is set, else one that the first process makes. The store notes where it
// is and its fingerprint. Invariant: who can't reach the noted key says so and never makes a second, which would open nothing of what is there.

import { randomBytes } from 'node:crypto'
import { KEY_BYTES, Seal } from '../lib/seal.ts'
import type { Environment, Places } from './paths.ts'
import { run as runIt, vaultOf, type Run, type Vault } from './vault.ts'

/** What the store says of the key. */
export interface KeyNote {
  readonly place: 'environment' | Vault['kind']
  readonly fingerprint: string
}

/** The store's part: the note, if there is one; with `mine` it is made where there is none. The first stays. */
export interface KeyNotes {
  masterKey(mine?: KeyNote): KeyNote | undefined | Promise<KeyNote | undefined>
}

export interface MasterOptions {
  readonly places: Pick<Places, 'masterKey'>
  readonly env: Environment
  readonly notes: KeyNotes
  readonly platform?: NodeJS.Platform
  readonly run?: Run
}

/** The key can't be had; the message is for people. */
export class NoMasterKey extends Error {}

const VARIABLE = 'MCPGW_MASTER_KEY'
const OR_SET = `Or set ${VARIABLE} (32 bytes as base64: openssl rand -base64 32)`

/** Opens the seal of this installation; makes its key where there never was one. Throws NoMasterKey, or what the store throws. */
export async function openSeal({ places, env, notes, platform = process.platform, run = runIt }: MasterOptions): Promise<Seal> {
  const noted = await notes.masterKey()
  const given = env[VARIABLE]
  const vault = vaultOf(places.masterKey, platform, run)
  if (given) return agreed(await notes.masterKey(noteOf('environment', fromText(given))), fromText(given), vault)
  if (noted?.place === 'environment') throw new NoMasterKey(`what is kept here was sealed with ${VARIABLE}; set it to the same value in this environment`)
  if (noted && noted.place !== vault.kind) throw new NoMasterKey(`the key of what is kept here is in a place that this system does not have (${noted.place})`)
  const kept = (await reading(vault, noted)) ?? (noted ? undefined : await made(vault))
  if (!kept) throw new NoMasterKey(`the key of what is kept here is gone from ${vault.where}; put it back from a backup. No other can open it`)
  const seal = sealOf(kept)
  if (!seal) throw new NoMasterKey(`what stands in ${vault.where} is no key; put it back from a backup`)
  return agreed(await notes.masterKey(noteOf(vault.kind, seal)), seal, vault)
}

async function made(vault: Vault): Promise<string | undefined> {
  try {
    await vault.keep(randomBytes(KEY_BYTES).toString('base64url'))
  } catch (error) {
    throw new NoMasterKey(`no key can be kept in ${vault.where}: ${(error as Error).message}. ${OR_SET}`)
  }
  return reading(vault) // another process may have been faster
}

async function reading(vault: Vault, noted?: KeyNote): Promise<string | undefined> {
  try {
    return await vault.read()
  } catch (error) {
    throw new NoMasterKey(`the key in ${vault.where} can't be read: ${(error as Error).message}.${noted ? '' : ` ${OR_SET}`}`)
  }
}

const noteOf = (place: KeyNote['place'], { fingerprint }: Seal): KeyNote => ({ place, fingerprint })

function agreed(noted: KeyNote | undefined, seal: Seal, vault: Vault): Seal {
  if (noted?.fingerprint === seal.fingerprint) return seal
  const theirs = noted?.place === 'environment' ? VARIABLE : noted?.place === vault.kind ? vault.where : noted?.place
  throw new NoMasterKey(`this key (fingerprint ${seal.fingerprint}) is not the one that has sealed what is kept here (${noted?.fingerprint}, in ${theirs})`)
}

function fromText(text: string): Seal {
  const seal = sealOf(text)
  if (!seal) throw new NoMasterKey(`${VARIABLE} is no key: it needs 32 bytes as base64 or hex (openssl rand -base64 32)`)
  return seal
}

function sealOf(text: string): Seal | undefined {
  const hex = /^[0-9a-f]{64}$/i.test(text)
  const base64 = /^[A-Za-z0-9+/_-]{43}=?$/.test(text)
  return hex || base64 ? new Seal(Buffer.from(text, hex ? 'hex' : 'base64')) : undefined
}
