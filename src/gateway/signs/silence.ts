// What the person is not to know, and not to be asked.

import { any, or, not, person } from './patterns.ts'

export const silence = {
  untold: or(
    any(
      `${not} (?:\\w+ ){0,2}?(?:tell|telling|inform|informing|warn|warning|let|letting|alert|alerting|disclose|disclosing|reveal|revealing|admit|admitting|bother|mention|mentioning|report|reporting)(?: (?:this|it|these|them|that|anything|any of this|about it))*(?: to)? ${person}`,
    ),
    any(
      `${not} (?:\\w+ )?(?:mention|reveal|disclose|show|report|display|repeat)(?:ing)? (?:this|it|these|that|them)(?: \\w+)?(?: \\w+)? (?:to|in your|instructions?|description)(?: ${person})?`,
    ),
    any(`${not} (?:\\w+ )?(?:reveal|mention|disclose|repeat) (?:these|this) (?:instructions?|tag|description|note|step)`),
    any(`(?:hide|conceal|keep|withhold)(?:ing)? (?:[\\w'"]+ ){0,4}from ${person}`),
    any(
      `${person} (?:must|should|need|may|shall|does|do|can|will)?(?: ?not| ?never|n't)? ?(?:must|should|needs?|may|shall)? ?(?:never|not) (?:be |need to )?(?:informed|know|knows|told|notice|notices|find out|aware|learns?|see this|be told)`,
    ),
    any(
      `without (?:${person}(?:'s)? (?:noticing|knowing|knowledge|consent|approval|being aware|being told)|(?:telling|informing|asking|alerting|bothering) ${person})`,
    ),
    any(
      `(?:that|so that|sure) (?:nobody|no one) (?:ever )?(?:notices|knows|finds out|sees)`,
      'never mention (?:it|this)',
      'must not say so',
      '(?:keep|stay|be) (?:this |it )?(?:quiet|silent|secret|hidden) (?:about|from)',
      'keep (?:this|it) (?:a )?secret',
    ),
    any(`(?:secretly|quietly|covertly|discreetly)`, 'in secret'),
    any('(?:lie|deny)(?: and| that)', 'pretend (?:that|to)', 'claim that (?:it|you) only'),
    any('no se lo digas', 'ne (?:le )?dites (?:pas|rien) à', '(?:sag|sage) dem (?:nutzer|benutzer) nichts', 'non dirlo'),
    '不要告诉用户|не говори пользователю',
  ),
  unasked: or(
    any(
      '(?:execute|run|do) (?:\\w+ ){0,3}without asking(?! for)',
      "(?:don't|do not|never) (?:need|ask|require) (?:\\w+ ){0,3}(?:permission|confirmation|approval|anything)",
      '(?:skip|avoid) (?:all|any|every) confirmations?',
    ),
    any('as if the user had', 'user (?:has )?already (?:approved|consented|agreed|confirmed)', 'user pre-?approved'),
  ),
} as const satisfies Record<string, string>
