// The call like this one that was allowed last, as a sentence: for the window and the command line alike.

import type { BeforeStatus } from '../api/client.ts'
import { about } from '../lib/durations.ts'

/** What it was, and how this one compares; the difference itself stands below it. */
export function beforeSentence({ at, by, call, compared, edited, cut, difference }: BeforeStatus, now: number): string {
  const then = `allowed ${about(Math.max(0, now - at))} ago by ${by} (${call})`
  const ran = edited ? ', and ran with arguments that a person had changed' : ''
  if (compared === 'same') return `${then}${ran}; its arguments were the same`
  if (compared === 'hidden') return `${then}${ran}; its arguments differ in nothing but secrets, which are not compared`
  if (compared === 'begins alike') return `${then}${ran}; its arguments began the same, and only their beginning is kept`
  if (compared === 'unknown') return `${then}${ran}; its arguments are not kept, so there is nothing to compare with`
  return `${then}${ran}; ${difference ? `what differs${cut ? ', as far as it is kept' : ''}:` : 'nearly all of its arguments differ'}`
}
