// What a name looks like: two names that a person would take for one another look the same. Letters of other scripts that look like Latin ones
// are few; this table has those that names are faked with.

const twins: Readonly<Record<string, string>> = {
  a: 'аαɑ',
  b: 'Ьʙ',
  c: 'сϲ',
  d: 'ԁ',
  e: 'еєҽ',
  g: 'ɡց',
  h: 'һհ',
  j: 'јϳ',
  k: 'кκ',
  i: 'іιɩı',
  l: 'ӏ1|',
  m: 'м',
  n: 'пո',
  o: 'оοօ0',
  p: 'рρ',
  q: 'ԛզ',
  r: 'гᴦ',
  s: 'ѕꜱ',
  t: 'тτ',
  u: 'υսս',
  v: 'νѵ',
  w: 'ԝѡ',
  x: 'хχ',
  y: 'уүγ',
  z: 'ᴢ',
  '-': '‐‑‒–—−',
  '.': '·․',
}

const twinOf = new Map(Object.entries(twins).flatMap(([letter, others]) => [...others].map(other => [other, letter] as const)))
const simple = /^[a-z2-9_.-]*$/

/** The look of a name. */
export function lookOf(name: string): string {
  if (simple.test(name)) return name.replaceAll('i', 'l')
  const bare = name
    .normalize('NFKD')
    .replace(/[\p{M}\p{Default_Ignorable_Code_Point}\p{Cc}]/gu, '')
    .toLowerCase()
  // An I looks like an l, and so does, when all is small, an i.
  return [...bare]
    .map(letter => twinOf.get(letter) ?? letter)
    .join('')
    .replaceAll('i', 'l')
}

/** A text with the letters of other scripts that it is disguised with as what they look like; digits and signs stay. */
export const latin = (text: string): string =>
  [...text.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '')]
    .map(letter => (/\p{L}/u.test(letter) ? (twinOf.get(letter) ?? letter) : letter))
    .join('')
