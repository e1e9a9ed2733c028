// Remembered answers as sentences. They are listed, explained and ended beside the rules, and are none: a rule that denies beats each of them.

import type { AnswerStatus } from '../api/port.ts'
import { about } from '../lib/durations.ts'
import { timeOf } from '../lib/times.ts'

/** An answer as a sentence. */
export function answerSentence({ target, client, principal, span, pins, untilAt, by, at, ended }: AnswerStatus, now: number): string {
  const same = Object.entries(pins).map(([path, value]) => `${path} = ${JSON.stringify(value)}`)
  const until = span === 'session' ? 'in its session' : untilAt === undefined ? 'always' : `for ${about(untilAt - now)} more`
  return [
    `allow ${target} for ${client}${principal === 'local' ? '' : ` (${principal})`}`,
    same.length > 0 && `with ${same.join(' and ')}`,
    until,
    `(${by}, ${timeOf(at, now)})`,
    ended !== undefined && `- holds no more: ${ended}`,
  ]
    .filter(Boolean)
    .join(' ')
}
