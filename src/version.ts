// The one place that says which version this is: package.json, taken in when the binary is built.

import about from '../package.json' with { type: 'json' }

export const version: string = about.version
