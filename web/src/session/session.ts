import type { AccessTokens } from '../api/client.ts'
import { isChallenge, UserPoolFailure, type Challenge, type Tokens, type UserPool } from './user-pool.ts'

export type SessionState =
  /** A stored refresh token is being exchanged. */
  | { readonly kind: 'starting' }
  | { readonly kind: 'signed-out'; readonly hasExpired: boolean }
  | { readonly kind: 'signed-in'; readonly user: User }

export interface User {
  readonly userId: string
  readonly email: string
  readonly name: string | undefined
  readonly groups: readonly string[]
}

/** A token with less than this left is refreshed before it is used: clocks differ, and requests take time. */
const reserveMs = 60_000

/**
 * The session of one page. The access token is kept in memory only; the refresh token in a storage of the browser, so that a
 * reload and other tabs find it (docs/adr has the alternatives). Neither enters a URL or a log.
 */
export class Session implements AccessTokens {
  readonly #pool: UserPool
  readonly #storage: Storage
  readonly #key: string
  readonly #listeners = new Set<() => void>()
  #state: SessionState
  #accessToken: string | undefined
  #refreshing: Promise<string | undefined> | undefined

  /** @param storage where the refresh token is kept: `localStorage` for all tabs, `sessionStorage` for this one */
  constructor(pool: UserPool, storage: Storage, key: string) {
    this.#pool = pool
    this.#storage = storage
    this.#key = key
    this.#state = this.#refreshToken ? { kind: 'starting' } : { kind: 'signed-out', hasExpired: false }
    globalThis.addEventListener('storage', (event) => this.#followOtherTab(event))
    if (this.#refreshToken) void this.#refresh()
  }

  get state(): SessionState {
    return this.#state
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** @returns what the pool asks for next; undefined when the user is signed in. @throws UserPoolFailure */
  async signIn(email: string, password: string): Promise<Challenge | undefined> {
    return this.#accept(await this.#pool.signIn(email, password))
  }

  /** @throws UserPoolFailure */
  async answerChallenge(challenge: Challenge, response: string): Promise<Challenge | undefined> {
    return this.#accept(await this.#pool.answerChallenge(challenge, response))
  }

  /** Signs out here; `everywhere` also on all other devices. The session ends here even if the pool cannot be reached. */
  async signOut({ everywhere = false } = {}): Promise<void> {
    const refreshToken = this.#refreshToken
    const accessToken = this.#accessToken
    this.#end({ hasExpired: false })
    try {
      if (everywhere && accessToken) await this.#pool.signOutEverywhere(accessToken)
      else if (refreshToken) await this.#pool.revoke(refreshToken)
    } catch (error) {
      if (!(error instanceof UserPoolFailure)) throw error
    }
  }

  /** Ends the session without a call, after the account was deleted. */
  forget(): void {
    this.#end({ hasExpired: false })
  }

  async current(): Promise<string | undefined> {
    const token = this.#accessToken
    if (token !== undefined && expiryOf(token) - Date.now() > reserveMs) return token
    return this.#refreshToken ? this.#refresh() : undefined
  }

  async renewed(rejected: string): Promise<string | undefined> {
    // Another request may have renewed it already.
    if (this.#accessToken !== undefined && this.#accessToken !== rejected) return this.#accessToken
    return this.#refresh()
  }

  get #refreshToken(): string | null {
    return this.#storage.getItem(this.#key)
  }

  /** One exchange at a time, however many requests wait for it. */
  #refresh(): Promise<string | undefined> {
    this.#refreshing ??= this.#exchange().finally(() => (this.#refreshing = undefined))
    return this.#refreshing
  }

  async #exchange(): Promise<string | undefined> {
    const refreshToken = this.#refreshToken
    if (!refreshToken) {
      this.#end({ hasExpired: true })
      return undefined
    }
    try {
      this.#accept(await this.#pool.refresh(refreshToken))
      return this.#accessToken
    } catch (error) {
      if (!(error instanceof UserPoolFailure)) throw error
      // Only the pool's refusal ends the session: a network that is down says nothing about it.
      if (error.code === 'NotAuthorizedException' || error.code === 'UserNotFoundException')
        this.#end({ hasExpired: true })
      else if (this.#state.kind === 'starting') this.#set({ kind: 'signed-out', hasExpired: false })
      return undefined
    }
  }

  #accept(answer: Tokens | Challenge): Challenge | undefined {
    if (isChallenge(answer)) return answer
    this.#accessToken = answer.accessToken
    if (answer.refreshToken) this.#storage.setItem(this.#key, answer.refreshToken)
    this.#set({ kind: 'signed-in', user: userOf(answer.idToken) })
    return undefined
  }

  #end({ hasExpired }: { hasExpired: boolean }): void {
    this.#accessToken = undefined
    this.#storage.removeItem(this.#key)
    this.#set({ kind: 'signed-out', hasExpired })
  }

  #followOtherTab({ storageArea, key, newValue }: StorageEvent): void {
    if (storageArea !== this.#storage || key !== this.#key) return
    if (newValue === null) this.#end({ hasExpired: false })
    else void this.#refresh()
  }

  #set(state: SessionState): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}

/** The claims of a token. The page shows them and trusts the API alone, which verifies the signature. */
function claimsOf(token: string): Record<string, unknown> {
  const payload = token.split('.')[1] ?? ''
  const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.codePointAt(0)!)
  return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
}

/** @returns milliseconds since 1970 */
const expiryOf = (token: string): number => Number(claimsOf(token)['exp']) * 1000

function userOf(idToken: string): User {
  const { sub, email, name, 'cognito:groups': groups } = claimsOf(idToken)
  return {
    userId: String(sub),
    email: String(email ?? ''),
    name: typeof name === 'string' ? name : undefined,
    groups: Array.isArray(groups) ? groups.map(String) : [],
  }
}
