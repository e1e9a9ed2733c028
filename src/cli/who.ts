// Who sits at this machine, as the record names them.

import { userInfo } from 'node:os'

/** Whose terminal it is. */
export function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? '') // nobody has written down who this is
  }
}
