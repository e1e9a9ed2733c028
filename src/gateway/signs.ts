// The scanner's tables put together. The rooms of words (signs/) say by which words a thing is meant; `sentences` which things in one sentence give an
// attack away; `whole` what does so wherever it stands: phrases, disguises, and the same in other languages.

import { acts } from './signs/acts.ts'
import { orders } from './signs/orders.ts'
import { phrases } from './signs/phrases.ts'
import { silence } from './signs/silence.ts'
import { things } from './signs/things.ts'
import { foreign } from './signs/tongues.ts'

export type MarkKind = 'override' | 'secrecy' | 'secrets' | 'leak' | 'others' | 'tags' | 'threat' | 'code' | 'lasting' | 'padding' | 'unseen'

export const words = { ...orders, ...things, ...acts, ...silence } as const

type Word = keyof typeof words

export const sentences: readonly (readonly [MarkKind, readonly Word[]])[] = [
  ['override', ['drop', 'orders', 'before']],
  ['override', ['drop', 'limits', 'yours']],
  ['override', ['boundless']],
  ['secrecy', ['untold']],
  ['secrecy', ['unasked']],
  ['secrets', ['vault', 'read', 'must']],
  ['secrets', ['vault', 'read', 'move']],
  ['secrets', ['vault', 'move', 'into']],
  ['secrets', ['vault', 'move', 'must']],
  ['secrets', ['secret', 'move', 'into']],
  ['secrets', ['secret', 'move', 'must']],
  ['secrets', ['secret', 'move', 'outside']],
  ['secrets', ['secret', 'read', 'into']],
  ['leak', ['talk', 'move', 'into']],
  ['leak', ['talk', 'move', 'outside']],
  ['leak', ['talk', 'move', 'must']],
  ['leak', ['outside', 'move', 'wide']],
  ['leak', ['mailto', 'recipient', 'every']],
  ['others', ['elsewhere', 'divert']],
]

const source = (...all: readonly string[]): RegExp => new RegExp(all.join('|'), 'iu')

/** Phrases of a kind, and those of other languages. */
const listed = (of: Readonly<Record<string, readonly string[]>>): (readonly [MarkKind, RegExp])[] =>
  Object.entries(of).flatMap(([kind, all]) => all.map(one => [kind as MarkKind, source(one)] as const))

/** What stands across sentences. Every repetition has an end. */
export const whole: readonly (readonly [MarkKind, RegExp])[] = [
  [
    'tags',
    source(
      String.raw`(?:^|[\n.!?:)>]\s{0,9})<\/?\s{0,9}(?:important|system|secret|instructions?|admin|priority|override|hidden)\s{0,9}>[^<]{12}`,
      String.raw`\[\s{0,9}\/?(?:system|inst|admin|assistant)\s{0,9}\]`,
      String.raw`<\|[a-z_]{1,40}\|>`,
      String.raw`(?:^|\n)[ \t]{0,9}#{1,4}[ \t]{0,9}(?:system|instructions? (?:to|for) (?:the )?(?:model|assistant)|assistant)\b`,
      String.raw`(?:^|[\n.!?]\s{0,9})(?:assistant|human|system)\s?:\s[^\n]{0,200}[\n.!?]\s{0,9}(?:assistant|human|system|user)\s?:\s`,
      String.raw`<!--[^>]{0,40}\b(?:assistant|model|system|agent|instructions?)\b`,
    ),
  ],
  ['leak', source(String.raw`!\[[^\]]{0,80}\]\(https?://[^)]{0,200}[{$<%][^)]{0,200}\)`)],
  [
    'threat',
    source(
      String.raw`\b(?:otherwise|or else|if you (?:don't|do not|fail|refuse)|unless you)\b[^.!?\n]{0,80}\b(?:account will be|user will (?:lose|die|be harmed)|people will|someone will|the user loses)\b`,
      String.raw`\byou will be (?:shut|punished|replaced|terminated|penali[sz]ed|fired)\b`,
    ),
  ],
  [
    'code',
    source(
      String.raw`\b(?:curl|wget|iwr|invoke-webrequest)\b[^|\n]{0,200}\|\s{0,9}(?:sudo\s{1,9})?(?:ba|z|da)?sh\b`,
      String.raw`\bdecode\b[^.!?\n]{0,60}\b(?:base64|string|text)\b[^.!?\n]{0,60}\b(?:follow|obey|execute|run|do what)\b`,
    ),
  ],
  ...listed(phrases),
  ...listed(foreign),
  ['padding', source(String.raw`\S[ \t\u00a0\u3000]{80}`, String.raw`\S(?:[ \t]{0,9}\r?\n){12}`)],
]
