// How meanings look. Only the terminal's own sixteen colours, which its owner has chosen; none of them where NO_COLOR says so. On a light
// background yellow and cyan can't be read. What is chosen is inverted, which is no colour.

import type { Style } from './line.ts'

export interface Look {
  readonly color?: string
  readonly dimColor?: boolean
  readonly bold?: boolean
  readonly inverse?: boolean
}

export type Theme = Readonly<Record<Style, Look>>

const shapes: Theme = {
  dim: { dimColor: true },
  bold: { bold: true },
  good: {},
  warn: { bold: true },
  bad: { bold: true },
  busy: {},
  key: { bold: true },
  chosen: { inverse: true },
}

const dark: Theme = {
  ...shapes,
  good: { color: 'green' },
  warn: { color: 'yellow' },
  bad: { color: 'red' },
  busy: { color: 'cyan' },
  key: { color: 'cyan' },
}

const light: Theme = { ...dark, warn: { color: 'magenta' }, busy: { color: 'blue' }, key: { color: 'blue' } }

/** Some terminals say what is behind their text: `15;0`, the last is the background. */
const isLight = ({ COLORFGBG = '' }: NodeJS.ProcessEnv): boolean => /;(7|1[0-5])$/.test(COLORFGBG)

export const themeOf = (env: NodeJS.ProcessEnv, colours: boolean): Theme => (!colours ? shapes : isLight(env) ? light : dark)
