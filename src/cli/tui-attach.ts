// `mcpgw tui --attach URL`: the window over a gateway that serves on another machine or port, let in with the key of an operator. All that it shows
// and does goes through that gateway's control API: settings, store and logs of this machine have no part in it. The key is never on a command line
// and, beyond this machine, never on the wire in clear.

import { connect, type Remote } from '../api/client.ts'
import { isLoopback } from '../serve/guard.ts'
import { explained, introduced } from '../tui/remote.ts'
import type { Context } from './context.ts'
import { editArguments } from './editor.ts'
import { Failure } from './failure.ts'
import { presented } from './presented.ts'
import { window } from './window.ts'

/** Opens the window over the gateway at this address. */
export async function attach(context: Context, text: string, keyFile: string | undefined, readOnly: boolean): Promise<void> {
  const remote: Remote = { address: addressOf(text), token: keyOf(context, keyFile) }
  const api = connect(remote)
  // Who is not let in learns it on the command line; who does not answer may do so later.
  await introduced(api).catch(error => {
    if (error.code !== 'unreachable') throw new Failure(error.code === 'denied' || error.code === 'unauthenticated' ? 3 : 1, explained(remote.address, error))
  })
  const there = remote.address.hostname
  await window(
    context,
    {
      remote,
      own: remote,
      find: () => [],
      printed: name => [`It is kept on ${there}. There: mcpgw backends logs ${name}`],
      run: async () => ({ text: '', exit: 2 }),
      complete: async () => [],
      edit: id => edited(context, remote, id),
      readOnly,
    },
    async () => {},
  )
}

/** Where the control API is: what `mcpgw serve` prints is as good. */
function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new Failure(2, `--attach ${text}: this is no address`, 'As in: --attach http://127.0.0.1:4000')
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new Failure(2, '--attach: an address is all that stands there; the key is in MCPGW_KEY, or in the file that --key-file names')
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw new Failure(
      2,
      `--attach ${text}: beyond this machine the key would be read by whoever listens on the way; that needs https://`,
      `Or a tunnel: ssh -N -L 4000:127.0.0.1:${url.port || 80} ${url.hostname}, then: mcpgw tui --attach http://127.0.0.1:4000`,
    )
  url.pathname = url.pathname.replace(/\/mcp\/?$/, '/')
  return url
}

function keyOf({ env }: Context, file: string | undefined): string {
  let key: string | undefined
  try {
    key = presented(env, file)
  } catch (error) {
    throw new Failure(2, `the key can not be read: ${(error as Error).message}`)
  }
  if (key !== undefined && /^[\x21-\x7e]+$/.test(key)) return key
  const what = key === undefined ? '--attach needs the key of an operator: MCPGW_KEY is not set' : `what stands in ${file ?? 'MCPGW_KEY'} is no key`
  throw new Failure(2, what, 'Where the gateway runs: mcpgw keys create NAME --operator', 'Here: --key-file FILE, or MCPGW_KEY in the environment')
}

/** Says yes to a question with other arguments: what came of it, in a sentence. */
async function edited(context: Context, remote: Remote, id: string): Promise<string> {
  const api = connect(remote)
  try {
    const { arguments: text, redacted, argumentsHash, target } = await api.approval(id)
    // A mask must not be what runs.
    if (text === undefined || redacted) return 'its arguments are not all shown here: edit them where the gateway runs'
    await api.answer(id, { decision: 'allow', argumentsHash, arguments: await editArguments(context, id, text) })
    return `allowed once, as you have written it: ${target}`
  } catch (error) {
    return `nothing was answered: ${(error as Error).message}`
  }
}
