// What was ever called, as a sentence: for the window and the command line alike.

import type { ActivityStatus } from '../api/client.ts'
import { bytes, short } from '../lib/amounts.ts'

export function everSentence({ calls, errors, failed, refused, bytes: got, sinceAt }: NonNullable<ActivityStatus['lifetime']>): string {
  const since = sinceAt === undefined ? '' : ` since ${new Date(sinceAt).toISOString().slice(0, 10)}`
  // As tokens are counted here.
  const tokens = short(Math.ceil(got / 4))
  return `${short(calls)} call${calls === 1 ? '' : 's'}${since}, ${short(errors + failed)} bad, ${short(refused)} refused; ${bytes(got)} (${tokens} tokens)`
}
