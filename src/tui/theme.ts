// How meanings look. Only the terminal's own sixteen colours, which its owner has chosen; none of them where NO_COLOR says so. On a light
// background yellow and cyan can't be read. What is chosen is inverted, which is no colour.

import type { Style } from './line.ts'

/** Each meaning as what selects it in a terminal (SGR); empty where it looks like everything else. */
export type Theme = Readonly<Record<Style, string>>

const [bold, dim, inverse] = ['1', '2', '7']
export const colours = { red: '31', green: '32', yellow: '33', blue: '34', magenta: '35', cyan: '36' } as const

const shapes: Theme = { dim, bold, good: '', warn: bold, bad: bold, busy: '', key: bold, chosen: inverse }

const dark: Theme = { ...shapes, good: colours.green, warn: colours.yellow, bad: colours.red, busy: colours.cyan, key: colours.cyan }

const light: Theme = { ...dark, warn: colours.magenta, busy: colours.blue, key: colours.blue }

/** Some terminals say what is behind their text: `15;0`, the last is the background. */
const isLight = ({ COLORFGBG = '' }: NodeJS.ProcessEnv): boolean => /;(7|1[0-5])$/.test(COLORFGBG)

export const themeOf = (env: NodeJS.ProcessEnv, colours: boolean): Theme => (!colours ? shapes : isLight(env) ? light : dark)
