import type { AccessTokens } from '../api/client.ts'
import { noResponse } from '../api/failure.ts'
import { lifetimeMsOf, userOf, type User } from './claims.ts'
import { UserPoolFailure } from './failure.ts'
import { isChallenge, type Challenge, type Tokens, type UserPool } from './user-pool.ts'

export type SessionState =
  /** A stored refresh token is being exchanged. */
  | { readonly kind: 'starting' }
  | { readonly kind: 'signed-out'; readonly hasExpired: boolean }
  | { readonly kind: 'signed-in'; readonly user: User }

/** What the session uses of the pool. */
export type SessionPool = Pick<UserPool, 'signIn' | 'respondToChallenge' | 'refresh' | 'revoke' | 'signOutEverywhere'>

/** An access token, and the refresh token it belongs to: it is not used when the storage has another one. */
interface Grant {
  readonly accessToken: string
  readonly refreshToken: string
  /** By the clock of this device, which need not agree with the clock that wrote the token. */
  readonly expiresAtMs: number
}

/** What a tab stores for a moment, before it removes the token of an expired session: it tells the others why it is removed. */
const expired = 'expired'

/** A token with less than this left is refreshed before it is used: requests take time. */
const reserveMs = 60_000

/**
 * The session of one page. The access token is kept in memory only; the refresh token in a storage of the browser, so that a
 * reload and other tabs find it (docs/adr/0042-tokens-in-the-browser.md has the alternatives). Neither enters a URL or a log.
 *
 * The stored refresh token decides which session this is. What arrives late for another one (an exchange that was under
 * way when the user signed out, or signed in as another user in another tab) is dropped.
 */
export class Session implements AccessTokens {
  readonly #pool: SessionPool
  readonly #storage: Storage
  readonly #key: string
  readonly #listeners = new Set<() => void>()
  #state: SessionState
  #grant: Grant | undefined
  #refreshing: Promise<string | undefined> | undefined

  /**
   * @param storage where the refresh token is kept: `localStorage` for all tabs, `sessionStorage` for this one
   * @param page receives the events `storage` and `online`
   */
  constructor(pool: SessionPool, storage: Storage, key: string, page: EventTarget = globalThis) {
    this.#pool = pool
    this.#storage = storage
    this.#key = key
    this.#state = this.#refreshToken ? { kind: 'starting' } : { kind: 'signed-out', hasExpired: false }
    page.addEventListener('storage', (event) => this.#followOtherTab(event as StorageEvent))
    page.addEventListener('online', () => void this.#start())
    void this.#start()
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
  async respondToChallenge(challenge: Challenge, response: string): Promise<Challenge | undefined> {
    return this.#accept(await this.#pool.respondToChallenge(challenge, response))
  }

  /** Signs out here. The session ends even if the pool cannot be reached: its token is no longer in this browser. */
  async signOut(): Promise<void> {
    const refreshToken = this.#refreshToken
    this.#end({ hasExpired: false })
    try {
      if (refreshToken) await this.#pool.revoke(refreshToken)
    } catch (error) {
      if (!(error instanceof UserPoolFailure)) throw error
    }
  }

  /** Signs out on all devices. The session ends only if the pool has done so. @throws UserPoolFailure */
  async signOutEverywhere(): Promise<void> {
    await this.withAccessToken((accessToken) => this.#pool.signOutEverywhere(accessToken))
    this.#end({ hasExpired: false })
  }

  /** Calls the pool for the signed-in user. @throws UserPoolFailure */
  async withAccessToken(call: (accessToken: string) => Promise<void>): Promise<void> {
    const accessToken = await this.current()
    if (accessToken !== undefined) return call(accessToken)
    const code = this.#refreshToken ? 'offline' : 'NoSession'
    throw new UserPoolFailure(code, 'There is no access token.')
  }

  /** Ends the session without a call, after the account was deleted. */
  forget(): void {
    this.#end({ hasExpired: false })
  }

  async current(): Promise<string | undefined> {
    const refreshToken = this.#refreshToken
    if (refreshToken) {
      const grant = this.#grant
      const isUsable = grant?.refreshToken === refreshToken && grant.expiresAtMs - Date.now() > reserveMs
      return isUsable ? grant.accessToken : this.#refresh()
    }
    // The browser's data was cleared.
    if (this.#state.kind !== 'signed-out') this.#end({ hasExpired: true })
    return undefined
  }

  async renewed(rejected: string | undefined): Promise<string | undefined> {
    if (!this.#refreshToken) return undefined
    // Another request may have renewed it already.
    const known = this.#grant?.accessToken
    const token = known !== undefined && known !== rejected ? known : await this.#refresh()
    if (token === undefined && this.#refreshToken) throw noResponse()
    return token
  }

  get #refreshToken(): string | null {
    const stored = this.#storage.getItem(this.#key)
    return stored === expired ? null : stored
  }

  /** Restores a stored session: when the page opens, and when a connection is back. */
  async #start(): Promise<void> {
    if (this.#refreshToken && this.#state.kind !== 'signed-in') await this.#refresh()
  }

  /** One exchange at a time, however many requests wait for it. @returns undefined without a session or a response */
  #refresh(): Promise<string | undefined> {
    this.#refreshing ??= this.#exchange().finally(() => (this.#refreshing = undefined))
    return this.#refreshing
  }

  async #exchange(): Promise<string | undefined> {
    for (;;) {
      const refreshToken = this.#refreshToken
      if (!refreshToken) return undefined
      const result = await this.#pool.refresh(refreshToken).catch((error: unknown) => error)
      // It was replaced or removed meanwhile: the response is not about this session.
      if (this.#refreshToken !== refreshToken) continue
      try {
        if (result instanceof Error) throw result
        this.#accept(result as Tokens, refreshToken)
        return this.#grant?.accessToken
      } catch (error) {
        if (!(error instanceof UserPoolFailure)) throw error
        if (!error.isTemporary) this.#end({ hasExpired: true })
        // The token stays: the page is without a session until there is a connection.
        else if (this.#state.kind === 'starting') this.#set({ kind: 'signed-out', hasExpired: false })
        return undefined
      }
    }
  }

  /** @param previous the refresh token that was exchanged, and stays valid unless the response has a new one */
  #accept(result: Tokens | Challenge, previous?: string): Challenge | undefined {
    if (isChallenge(result)) return result
    const { accessToken, idToken, refreshToken = previous } = result
    if (refreshToken === undefined) throw new UserPoolFailure('NoTokens', 'The pool issued no refresh token.')
    // Read before anything is stored: a token that cannot be read leaves the session as it is.
    const user = userOf(idToken)
    this.#grant = { accessToken, refreshToken, expiresAtMs: Date.now() + lifetimeMsOf(accessToken) }
    if (refreshToken !== previous) this.#storage.setItem(this.#key, refreshToken)
    this.#set({ kind: 'signed-in', user })
    return undefined
  }

  #end({ hasExpired }: { hasExpired: boolean }): void {
    if (hasExpired) this.#storage.setItem(this.#key, expired)
    this.#storage.removeItem(this.#key)
    this.#leave({ hasExpired })
  }

  #leave({ hasExpired }: { hasExpired: boolean }): void {
    this.#grant = undefined
    this.#set({ kind: 'signed-out', hasExpired })
  }

  #followOtherTab({ storageArea, key, newValue }: StorageEvent): void {
    // Without a key everything was removed.
    if (storageArea !== this.#storage || (key !== null && key !== this.#key)) return
    if (newValue !== null && newValue !== expired) void this.#refresh()
    else if (!this.#refreshToken && this.#state.kind !== 'signed-out') this.#leave({ hasExpired: newValue === expired })
  }

  #set(state: SessionState): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}
