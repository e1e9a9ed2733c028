// The logins of the backends of this process. Most have none: then nothing of OAuth is loaded. Where one is, its credentials are made once and shared by
// every link to that address.

import { expand } from '../config/expand.ts'
import type { BackendSettings } from '../config/settings.ts'
import type { Logins, StoredLogin } from '../config/login.ts'
import type { Fault } from '../gateway/faults.ts'
import type { Clock } from '../lib/clock.ts'
import type { Seal } from '../lib/seal.ts'
import type { LoginCredentials } from './oauth/credentials.ts'
import type { Credentials } from './credentials.ts'

export interface BackendLoginsOptions {
  readonly clock: Clock
  readonly store: () => Promise<{ readonly logins: Logins; salt(): string | Promise<string> }>
  /** Whether there is a store yet: in a new one is no login. */
  readonly remembers: () => boolean
  readonly seal: () => Promise<Seal>
  /** Does `act` whenever somebody has written to the store; gives the way to stop. */
  readonly follow: (act: () => void) => () => void
  readonly who: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly note: (kind: string, detail: Record<string, unknown>) => void
  readonly log: (backend: string, line: string) => void
}

/** A backend with its variables filled in. */
type Remote = Pick<BackendSettings, 'name' | 'url' | 'headers'>

const CLOSE_MS = 1500

export class BackendLogins {
  readonly #options: BackendLoginsOptions
  readonly #made = new Map<string, LoginCredentials>()

  constructor(options: BackendLoginsOptions) {
    this.#options = options
  }

  /** What lets us in at a remote backend: undefined where nobody has logged in, or its settings have a header for that. */
  async credentials(backend: Remote): Promise<Credentials | Fault | undefined> {
    if (hasOwn(backend)) return undefined
    try {
      const login = await this.#find(backend)
      return login && (await this.#of(backend, login))
    } catch (error) {
      return fault(`the login of "${backend.name}" can't be used: ${(error as Error).message}`)
    }
  }

  /** Does `act` once there is another login than now; gives the way to stop. */
  changed(settings: BackendSettings, act: () => void): () => void {
    const expanded = expand(settings, this.#options.env)
    if ('missing' in expanded || hasOwn(expanded.backend)) return () => {}
    const { backend } = expanded
    let over = false
    const first = this.#find(backend).catch(() => undefined)
    const look = async () => {
      const [before, now] = [await first, await this.#find(backend).catch(() => undefined)]
      if (over || now?.state !== 'granted' || now.sealed === before?.sealed) return
      stop()
      act()
    }
    const unfollow = this.#options.follow(() => void look())
    const stop = () => {
      over = true
      unfollow()
    }
    return stop
  }

  /** Waits for what is under way, but not for ever. */
  async close(): Promise<void> {
    if (this.#made.size === 0) return
    const late = new Promise<void>(done => void this.#options.clock.after(CLOSE_MS, done))
    await Promise.race([late, Promise.all([...this.#made.values()].map(one => one.close()))])
  }

  async #find({ name, url }: Remote): Promise<StoredLogin | undefined> {
    if (!this.#options.remembers()) return undefined
    const { loginId } = await import('../config/login.ts')
    const store = await this.#options.store()
    return store.logins.find(loginId(await store.salt(), name, url!))
  }

  async #of({ name, url }: Remote, login: StoredLogin): Promise<Credentials | Fault> {
    const known = this.#made.get(login.id)
    if (known?.adopt(login)) return known
    const { clock, store, seal, env, who, note, log } = this.#options
    const { LoginCredentials } = await import('./oauth/credentials.ts')
    const { logins } = await store()
    const options = {
      id: login.id,
      backend: name,
      url: url!,
      logins,
      seal: await seal(),
      clock,
      who,
      proxyEnv: env,
      note,
      log: (line: string) => log(name, line),
    }
    const made = LoginCredentials.of(options, login)
    if (!made) return fault(`what is stored of the login of "${name}" does not open with this key. Log in again: mcpgw login ${name}`)
    this.#made.set(login.id, made)
    return made
  }
}

/** A header of the settings says who we are: no login is looked for. */
export const hasOwn = ({ headers }: Pick<BackendSettings, 'headers'>): boolean => Object.keys(headers).some(name => name.toLowerCase() === 'authorization')

const fault = (message: string): Fault => ({ code: 'backend_auth', message })
