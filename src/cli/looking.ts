// Which commands only look: what a window that answers nothing may run. Who is in doubt says no.

const looks = new Set('list ls get tools explain status doctor approvals pins rules limits backends log'.split(' '))

/** Of those, what changes something; wherever it stands, for options may stand before it. */
const changes = new Set('accept refuse remove rm start stop restart'.split(' '))

const others: readonly RegExp[] = [/^keys list( |$)/, /^config (path|schema|validate)( |$)/]

/** What stands before it may not take it for its own value, as in `refuse ID --reason --help`. */
const help = /^[a-z]+( [a-z]+)? (--help|-h)$/

export function onlyLooks(args: readonly string[]): boolean {
  const [command = '', ...rest] = args
  const text = args.join(' ')
  return help.test(text) || others.some(one => one.test(text)) || (looks.has(command) && (command === 'log' || !rest.some(one => changes.has(one))))
}
