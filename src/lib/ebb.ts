// The ebb: memory that calls have needed goes back to the machine when they are over. V8 keeps its heap until it wants for room, and the allocator
// what the compiler of hot functions took for good: some 30 MB after a few thousand calls, of a process that is one of many and waits most of its
// life. It is done in calm alone, where there is something to give, and not often: a call that comes just then waits for 50 ms, and V8 forgets with
// the objects the code that it has made for them, which costs the next few hundred calls a tenth of a millisecond each.

import type { Clock } from './clock.ts'

const LOOK_MS = 1000
/** So many looks, one after the other, at which nothing has come and hardly anything was done. */
const CALM_LOOKS = 3
const SPARE = 0.98
/** So much more than after the last time is worth it. What a start takes is more than that, so the first calm is used. */
const WORTH_BYTES = 8 * 1024 * 1024
/** What a start has needed is given back besides: no code is hot yet. */
const APART_MS = 15_000

export interface Process {
  /** How many calls are on their way, and how many are over. */
  readonly calls: () => { readonly inFlight: number; readonly over: number }
  /** Which share of the time since the last question it had nothing to do. */
  readonly spare: () => number
  /** What it holds of the machine's memory, in bytes. */
  readonly held: () => number
  readonly giveBack: () => void
}

/** Gives memory back from now on, whenever it is calm. */
export function ebb(clock: Clock, { calls, spare, held, giveBack }: Process): void {
  let [calm, before, kept, due] = [0, calls().over, 0, 0]
  const look = () => {
    const { inFlight, over } = calls()
    const hadTime = spare() >= SPARE
    calm = hadTime && inFlight === 0 && over === before ? calm + 1 : 0
    before = over
    if (calm >= CALM_LOOKS) {
      const worth = held() >= kept + WORTH_BYTES && clock.tick() >= due
      if (worth) {
        if (kept > 0) due = clock.tick() + APART_MS
        giveBack()
      }
      kept = worth ? held() : Math.min(kept, held())
    }
    clock.after(LOOK_MS, look)
  }
  spare()
  clock.after(LOOK_MS, look)
}

let tools: { readonly collect: () => void; readonly trim: (() => void) | undefined } | undefined

/** Of this process: all garbage, and the pages that neither V8 nor the allocator has anything on. */
export function giveBack(): void {
  tools ??= { collect: collector(), trim: trimmer() }
  tools.collect()
  tools.trim?.()
}

/** V8 hands its collector out where it was told to. It is told the opposite at once: while its options differ, no code cache fits. */
function collector(): () => void {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  setFlagsFromString('--expose-gc')
  try {
    const gc = process.getBuiltinModule('node:vm').runInNewContext('globalThis.gc') as NodeJS.GCFunction | undefined
    // Any other flavor collects as much and gives nothing back.
    return () => gc?.({ type: 'major', flavor: 'last-resort' })
  } finally {
    setFlagsFromString('--no-expose-gc')
  }
}

/** glibc has a pool of memory for each thread and never empties one by itself. Undefined where the C library is another. */
function trimmer(): (() => void) | undefined {
  if (process.platform !== 'linux') return undefined
  const { emitWarning } = process
  // It says on stderr that it may change with another Node; this one is sealed in.
  process.emitWarning = () => {}
  try {
    const libc = process.getBuiltinModule('node:ffi').dlopen(null, { malloc_trim: { arguments: ['u64'], return: 'i32' } })
    return () => void libc.functions.malloc_trim(0n)
  } catch {
    return undefined
  } finally {
    process.emitWarning = emitWarning
  }
}
