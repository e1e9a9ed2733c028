// Sends a person to a page: in the browser of this machine, or with its address on the terminal. Where the browser is on another machine it ends at an
// address that nothing answers; copied from there and pasted here it does as well.

import type { Context } from './context.ts'
import { note } from './print.ts'

export interface Visitor {
  readonly go: (url: URL, paste: (address: string) => boolean) => void
  /** Nothing is waited for any more. */
  readonly over: () => void
}

export function visitor(context: Context, name: string, browser: boolean): Visitor {
  const { stdin, err } = context
  let over = () => {}
  const listen = (paste: (address: string) => boolean): void => {
    let typed = ''
    const read = (chunk: Buffer | string): void => {
      const lines = (typed + String(chunk)).split('\n')
      typed = lines.pop()!
      for (const one of lines) if (one.trim() !== '' && !paste(one.trim())) note(context, 'That is not the address that this login ends at.')
    }
    stdin.on('data', read).resume()
    over = () => void stdin.off('data', read).pause()
  }
  return {
    over: () => over(),
    go(url, paste) {
      const here = stdin.isTTY === true && err.isTTY
      note(context, browser ? `Opening the browser to log in at ${name}. If it does not open, go to:` : `To log in at ${name}, open this address in a browser:`)
      note(context, `  ${url.href}`)
      if (here) note(context, { text: 'Is the browser on another machine? Paste here the address that it ends at.', style: 'dim' })
      if (here) listen(paste)
      if (browser) void opened(url).catch(() => note(context, 'The browser could not be opened: use the address above.'))
    },
  }
}

async function opened(url: URL): Promise<void> {
  const { default: open } = await import('open')
  const child = await open(url.href)
  await new Promise((done, failed) => child.once('error', failed).once('spawn', done))
}
