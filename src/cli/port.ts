// A gateway of this process as the control API sees it.

import type { Port } from '../api/port.ts'
import type { Booted } from '../boot.ts'
import { Catalog } from '../gateway/catalog.ts'
import type { Event } from '../gateway/events.ts'
import { backendKey } from '../gateway/state.ts'
import { redactText } from '../gateway/redact/redact.ts'
import type { BackendStatus } from '../gateway/types.ts'
import type { Registration } from '../serve/run.ts'
import { Strangers } from '../serve/strangers.ts'
import { version } from '../version.ts'
import { ownLimits, standings } from './standings.ts'
import { percentile } from '../lib/percentile.ts'
import type { Questions } from './questions.ts'
import { userName } from './who.ts'

/** What a backend's trouble says may come from strangers. */
const silent = (status: BackendStatus): BackendStatus => (status.lastError === undefined ? status : { ...status, lastError: redactText(status.lastError).text })

const silentEvent = (event: Event): Event => (event.type === 'backend.changed' ? { ...event, backend: silent(event.backend) } : event)

/** Keeps on record who was refused here. */
function alone({ clock, gateway }: Booted): Port['refused'] {
  const strangers = new Strangers(clock, detail => void gateway.journal.note('keys.refused', { by: 'gateway', ...detail }))
  return one => strangers.refused(one)
}

export interface PortOptions {
  /** Brings into the store what is to be seen. */
  readonly index?: () => Promise<void>
  /** Puts on record who was refused, where somebody does that already. */
  readonly refused?: Port['refused']
}

/** The port of this process's gateway. */
export function portOf(
  booted: Booted,
  { token }: Pick<Registration, 'token'>,
  startedAt: number,
  { index = () => booted.index(), refused = alone(booted) }: PortOptions = {},
): Port {
  /** Counters move without an event: statuses are read, not remembered. */
  const backends = (): BackendStatus[] =>
    booted.backends.flatMap(those => those.all().map(backend => ({ ...silent(backend.status()), session: those.session })))
  const state = () => ({ ...booted.events.state(), backends: Object.fromEntries(backends().map(one => [backendKey(one), one])) })
  const names = () => booted.settings.backends.map(one => one.name)
  /** Loaded when somebody asks for them. */
  let asked: Promise<Questions> | undefined
  const questions = () => (asked ??= openQuestions()).catch(error => ((asked = undefined), Promise.reject(error)))
  const openQuestions = async () => {
    const { Questions, recordedIn } = await import('./questions.ts')
    const store = await booted.store()
    return new Questions({
      approvals: store.approvals,
      recorded: recordedIn(store, index),
      seal: () => booted.seal(),
      configOf: name => booted.configOf(name),
      rules: () => booted.settings.permissions.rules,
      update: (backend, id) => booted.pinBook.update(backend, id),
      reply: async (approval, wanted) => (await booted.approver()).reply(approval, wanted),
    })
  }
  return {
    token,
    who: key => booted.principals.of(key),
    refused,
    status() {
      const { sessions, calls, counters, latencies, settingsProblem } = booted.events.state()
      const latency = latencies.length > 0 && { p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95), count: latencies.length }
      return {
        v: 1,
        id: booted.id,
        pid: process.pid,
        version,
        startedAt,
        sessions: Object.values(sessions),
        backends: backends(),
        calls: Object.values(calls),
        counters,
        ...(latency && { latency }),
        settingsProblem,
      }
    },
    state,
    watch: watcher => booted.events.watch(events => watcher(events.map(silentEvent))),
    async calls(wanted) {
      await index()
      return (await booted.store()).calls(wanted)
    },
    async call(id) {
      await index()
      return (await booted.store()).call(id)
    },
    async payloads(call) {
      return (await booted.store()).payloads(call)
    },
    async legs(call) {
      return (await booted.store()).legs(call)
    },
    async limits() {
      const store = await booted.store()
      const limits = [...booted.settings.limits, ...ownLimits(await store.keys.all(), Date.now())]
      return limits.length === 0 ? [] : standings(limits, await store.budgets(), Date.now())
    },
    async tools() {
      const catalog = new Catalog()
      for (const session of booted.backends) {
        catalog.order(session.names())
        catalog.recall(await session.recall())
      }
      const { suspicionOf } = await import('./suspicions.ts')
      const held = await booted.pinBook.held(names())
      return catalog.entries('tools').map(({ key, backend, name, text }) => {
        const { description } = JSON.parse(Buffer.from(text, 'latin1').toString('utf8')) as { description?: unknown }
        const pin = held.get(backend)?.find(({ tool }) => tool === name)
        const { state, because } = suspicionOf(name, text, pin)
        return { name: key, backend, tool: name, description, pin: state, ...(because.length > 0 && { suspicious: because }), bytes: text.length }
      })
    },
    async pins() {
      const { statusOf } = await import('./pin-status.ts')
      return (await booted.pinBook.all(names())).map(statusOf)
    },
    async decide(name, { decision, offered }, key) {
      const { meant } = await import('./pinned.ts')
      const found = meant(await booted.pinBook.all(names()), name, offered)
      if ('code' in found) return found
      const done = await booted.pinBook.decide(found.pins, decision, key === undefined ? { by: 'window', user: userName() } : { by: 'api', user: `key:${key}` })
      if (done === 'unrecorded') return { code: 'unrecorded', message: 'it can not be recorded, so it was not done' }
      for (const backend of new Set(found.pins.map(pin => pin.backend))) await booted.repinned(backend)
      return done.changed.length > 0 ? { code: 'differs', message: 'something else is offered by now, and was left as it is' } : undefined
    },
    async activity(sinceAt, slotMs) {
      await index()
      const store = await booted.store()
      return { sinceAt, slotMs, total: await store.stats(), lifetime: await store.lifetime(), ...(await store.activity(sinceAt, slotMs)) }
    },
    approvals: async all => (await questions()).approvals(all),
    approval: async (id, key) => (await questions()).approval(id, key === undefined),
    answer: async (id, answering, key) =>
      (await questions()).answer(id, answering, { by: key === undefined ? `local:${userName()}` : `key:${key}`, via: 'window' }),
    answers: async () => (await questions()).answers(),
    attend: () => booted.attendance.enter(),
    async act(name, verb) {
      const those = booted.backends.flatMap(session => session.all().filter(backend => backend.name === name))
      if (those.length === 0) return 'unknown'
      const ended = await Promise.all(those.map(backend => backend[verb]()))
      const fault = ended.find(one => one !== undefined)
      return fault && { ...fault, message: redactText(fault.message).text }
    },
  }
}
