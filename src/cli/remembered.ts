// The questions and the remembered answers of this machine, for commands. What a command changes of them is on record first.

import { existsSync } from 'node:fs'
import type { AnswerStatus } from '../api/port.ts'
import { fingerprintOf } from '../config/fingerprint.ts'
import { openSeal } from '../config/master.ts'
import { reply, type Accept } from '../gateway/answering.ts'
import { systemClock } from '../lib/clock.ts'
import { Indexer } from '../store/indexer.ts'
import { openStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import type { Context } from './context.ts'
import { alive } from './living.ts'
import { pinsIn } from './pinned.ts'
import { Questions, recordedIn } from './questions.ts'

export interface Opened {
  readonly store: Store
  readonly questions: Questions
}

/** With the questions of this machine; answers are on record in a journal of the command's own. */
export async function within<T>(context: Context, act: (opened: Opened) => Promise<T>): Promise<T> {
  const { places, env } = context
  const store = await openStore(places.database)
  const { approvals } = store
  const { book } = pinsIn(context, async () => store)
  const seal = () => openSeal({ places, env, notes: store })
  const record = async (kind: string, detail: Record<string, unknown>): Promise<boolean> => {
    const { noted } = await import('./recorded.ts')
    await noted(context, kind, detail)
    return true
  }
  const configOf = async (name: string) => fingerprintOf(context.settings().backends, name, await store.salt())
  const accept: Accept = (backend, update, by) => book.acceptUpdate(backend, update, { by })
  try {
    return await act({
      store,
      questions: new Questions({
        approvals,
        recorded: recordedIn(store, () => new Indexer({ dir: places.journal, store, clock: systemClock, isAlive: alive(places) }).all()),
        seal,
        configOf,
        rules: () => context.settings().permissions.rules,
        update: (backend, id) => book.update(backend, id),
        reply: (approval, wanted) => reply({ approvals, seal, record, now: Date.now, accept }, approval, wanted),
      }),
    })
  } finally {
    await store.close()
  }
}

/** The remembered answers; none where there never was a store. */
export const remembered = async (context: Context): Promise<readonly AnswerStatus[]> =>
  existsSync(context.places.database) ? within(context, ({ questions }) => questions.answers()) : []

/** Ends a remembered answer, on record. */
export const forget = (context: Context, id: string): Promise<boolean> =>
  within(context, async ({ store }) => {
    const { noted } = await import('./recorded.ts')
    await noted(context, 'approvals.revoked', { answer: id })
    return store.approvals.revoke(id)
  })
