// What a gateway does once its first answer is out: it enters the run folder, listens for windows and commands, follows its settings, ends
// what killed gateways left, and gives memory back when it is calm. Nothing of it may disturb a call: what fails here is a line in our own log.

import { listen } from '../serve/control.ts'
import type { Registration } from '../serve/run.ts'
import { sweep } from '../serve/sweep.ts'
import { ebb, giveBack } from '../lib/ebb.ts'
import { spareTime } from '../lib/spare.ts'
import { watch } from '../config/watch.ts'
import type { Places } from '../config/paths.ts'
import type { Settings, SettingsProblem } from '../config/settings.ts'
import type { Port } from '../api/port.ts'
import type { Booted } from '../boot.ts'
import { changesOf } from '../config/changes.ts'
import { portOf } from './port.ts'

export interface Attended {
  readonly booted: Booted
  readonly places: Places
  /** What the settings file said when it was loaded. */
  readonly known: string
  readonly registration: Registration
  readonly startedAt: number
  /** Puts on record who was refused at the control API, where somebody does that already. */
  readonly refused?: Port['refused']
}

export const told = ({ file, line, message }: SettingsProblem): string => `${file}${line === undefined ? '' : `:${line}`}: ${message}`

/** Settings as their keys name them. */
const byName = ({ backends, ...rest }: Settings) => ({ mcpServers: Object.fromEntries(backends.map(({ name, ...one }) => [name, one])), ...rest })

/** Never rejects. */
export async function attend({ booted, places, known, registration, startedAt, refused: turnedAway }: Attended): Promise<void> {
  const changed = (problem?: string) => booted.events.emit({ v: 1, type: 'settings.changed', at: booted.clock.now(), problem })
  const taken = (settings: Settings) => {
    record('settings.taken', { file: places.settings, changes: changesOf(byName(booted.settings), byName(settings)) })
    booted.update(settings).then(() => changed(), failed)
  }
  const refused = (problem: SettingsProblem) => {
    booted.log(`the settings stay as they were: ${told(problem)}`)
    record('settings.refused', { file: places.settings, because: told(problem) })
    changed(told(problem))
  }
  // What a person wrote is followed either way: a rule that denies must hold although the disk is full.
  const record = (note: string, detail: Record<string, unknown>) => {
    if (!booted.gateway.journal.note(note, { by: 'gateway', ...detail })) booted.log(`${note}: this could not be recorded`)
  }
  const failed = (error: unknown) => booted.log(String(error))
  watch(places.settings, taken, refused, { known })
  ebb(booted.clock, { calls: () => callsOf(booted), spare: spareTime(), held: process.memoryUsage.rss, giveBack })
  meet(booted, registration)
  await control(booted, registration, startedAt, turnedAway).catch(error => booted.log(`no window can attach: ${String(error)}`))
  await sweep(places, booted.id)
}

/** Writes into the entry who the client is. Whoever watches makes every event wait for him, so this ends with the first session. */
function meet(booted: Booted, registration: Registration): void {
  const [session] = Object.values(booted.events.state().sessions)
  if (session) return registration.meet(session.client)
  const unwatch = booted.events.watch(events => {
    const opened = events.find(event => event.type === 'session.opened')
    if (!opened) return
    unwatch()
    registration.meet(opened.client)
  })
}

function callsOf(booted: Booted): { inFlight: number; over: number } {
  const { calls, counters } = booted.events.state()
  return { inFlight: Object.keys(calls).length, over: counters.calls }
}

async function control(booted: Booted, registration: Registration, startedAt: number, refused?: Port['refused']): Promise<void> {
  const app = async () => (await import('./listener.ts')).listener(portOf(booted, registration, startedAt, { refused }))
  await listen({ socket: registration.socket, app })
  registration.open()
}
