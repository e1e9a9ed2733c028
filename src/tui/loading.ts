// What the window asks for again and again, as messages for the model: what is stored and configured of its own control API, what is live of each gateway.

import type { ApiClient } from '../api/client.ts'
import type { Loading, Model } from './model.ts'
import type { Message } from './update.ts'
import { DAY_MS, DAY_SLOTS, HOUR_MS, HOUR_SLOTS } from './views/overview.ts'

/** As much of the log as is read when the window opens, and later. */
const CALLS = 500
const LATEST = 100

/** Rejects when it can not be had. */
export async function loaded(what: Loading, model: Model, own: ApiClient, gateways: ReadonlyMap<string, ApiClient>): Promise<Message[]> {
  switch (what) {
    case 'calls':
      return [{ kind: 'calls', calls: await own.calls({ limit: model.calls.rows.length === 0 ? CALLS : LATEST }) }]
    case 'own':
      return [{ kind: 'own', status: await own.status() }]
    case 'approvals':
      return [{ kind: 'approvals', approvals: await own.approvals() }]
    case 'tools':
      return [{ kind: 'tools', tools: await own.tools(), pins: await own.pins() }]
    case 'limits':
      return [{ kind: 'limits', limits: await own.limits() }]
    case 'activity': {
      const now = Date.now()
      const [hour, day] = await Promise.all([own.activity(now - HOUR_MS, HOUR_MS / HOUR_SLOTS), own.activity(now - DAY_MS, DAY_MS / DAY_SLOTS)])
      return [{ kind: 'activity', hour, day }]
    }
    case 'statuses': {
      const all = await Promise.all([...gateways].map(async ([id, api]) => [id, await api.status().catch(() => undefined)] as const))
      return all.flatMap(([id, status]) => (status ? [{ kind: 'statuses' as const, id, backends: status.backends }] : []))
    }
  }
}
