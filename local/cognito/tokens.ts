import { randomUUID } from 'node:crypto'
import { createLocalJWKSet, decodeJwt, jwtVerify, SignJWT, errors, type JWTPayload } from 'jose'
import type { Clock } from '../clock.ts'
import type { Directory, User } from './directory.ts'
import type { Client, Pool, PoolRegistry } from './pool.ts'
import { notAuthorized, type Session, type SessionStore } from './sessions.ts'
import { selfServiceScope, type SigningKeys } from './signing-keys.ts'

const challengeSeconds = 3 * 60

interface TokenParts {
  readonly clock: Clock
  readonly pools: PoolRegistry
  readonly directory: Directory
  readonly sessions: SessionStore
  readonly keys: SigningKeys
}

/** Access and ID tokens, and the `Session` of a challenge, which is a token too. */
export class Tokens {
  readonly #parts: TokenParts

  constructor(parts: TokenParts) {
    this.#parts = parts
  }

  /** @returns AuthenticationResult, without a refresh token */
  async issue(pool: Pool, client: Client, user: User, session: Session) {
    const nowSeconds = this.#nowSeconds()
    const groups = this.#parts.directory.groupsOf(pool, user).map(({ name }) => name)
    const common = {
      sub: user.username,
      ...(groups.length > 0 ? { 'cognito:groups': groups } : {}),
      iss: pool.issuer,
      origin_jti: session.sessionId,
      event_id: randomUUID(),
      auth_time: session.authTimeSeconds,
      iat: nowSeconds,
    }
    const access = {
      ...common,
      client_id: client.clientId,
      token_use: 'access',
      scope: selfServiceScope,
      exp: nowSeconds + client.accessTokenSeconds,
      jti: randomUUID(),
      username: user.username,
    }
    const id = {
      ...idClaims(user),
      ...common,
      'cognito:username': user.username,
      aud: client.clientId,
      token_use: 'id',
      exp: nowSeconds + client.idTokenSeconds,
      jti: randomUUID(),
    }
    return {
      AccessToken: await this.#sign(pool, access),
      IdToken: await this.#sign(pool, id),
      ExpiresIn: client.accessTokenSeconds,
      TokenType: 'Bearer',
    }
  }

  /**
   * Returns the user of an access token.
   * @throws AwsError NotAuthorizedException unless a pool issued it, it is valid, and its session is not revoked
   */
  async userOf(accessToken: string): Promise<{ pool: Pool; user: User }> {
    const { pool, claims } = await this.#verify(accessToken, 'access', {
      invalid: 'Invalid Access Token',
      expired: 'Access Token has expired',
    })
    if (this.#parts.sessions.isRevoked(String(claims['origin_jti'])))
      throw notAuthorized('Access Token has been revoked')
    const user = this.#parts.directory.get(pool, String(claims['username']))
    if (!user.enabled) throw notAuthorized('User is disabled.')
    return { pool, user }
  }

  /**
   * Returns the `Session` for RespondToAuthChallenge. It has an audience of its own: without one, a JWT authorizer would
   * compare the client and accept it as an access token.
   */
  challenge(pool: Pool, { clientId }: Client, { username }: User): Promise<string> {
    const exp = this.#nowSeconds() + challengeSeconds
    const claims = { aud: 'challenge', client_id: clientId, token_use: 'challenge', username, exp }
    return this.#sign(pool, { iss: pool.issuer, ...claims })
  }

  /** @returns the user of the challenge's `Session`. @throws AwsError NotAuthorizedException */
  async challengedUser({ clientId }: Client, session: unknown): Promise<User> {
    const invalid = 'Invalid session for the user.'
    const expired = 'Invalid session for the user, session is expired.'
    const { pool, claims } = await this.#verify(String(session), 'challenge', { invalid, expired })
    const user = this.#parts.directory.find(pool, String(claims['username']))
    // Each session can be used once, since the user has another status then.
    if (claims['client_id'] !== clientId || user?.status !== 'FORCE_CHANGE_PASSWORD') throw notAuthorized(invalid)
    return user
  }

  async #verify(
    token: string,
    use: string,
    messages: { invalid: string; expired: string },
  ): Promise<{ pool: Pool; claims: JWTPayload }> {
    try {
      const pool = this.#parts.pools.issuedBy(decodeJwt(token).iss)
      if (!pool) throw notAuthorized(messages.invalid)
      const keys = createLocalJWKSet({ keys: [this.#parts.keys.of(pool.poolId).jwk] })
      const currentDate = new Date(this.#parts.clock.now())
      const { payload } = await jwtVerify(token, keys, { algorithms: ['RS256'], currentDate })
      if (payload['token_use'] !== use) throw notAuthorized(messages.invalid)
      return { pool, claims: payload }
    } catch (error) {
      throw notAuthorized(error instanceof errors.JWTExpired ? messages.expired : messages.invalid)
    }
  }

  #sign(pool: Pool, claims: JWTPayload): Promise<string> {
    const { kid, privateKey } = this.#parts.keys.of(pool.poolId)
    return new SignJWT(claims).setProtectedHeader({ kid, alg: 'RS256' }).sign(privateKey)
  }

  #nowSeconds(): number {
    return Math.floor(this.#parts.clock.now() / 1000)
  }
}

/** Attributes are strings, but the two verification flags are booleans in tokens. */
function idClaims({ attributes }: User): Record<string, unknown> {
  const flags = ['email_verified', 'phone_number_verified']
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, flags.includes(name) ? value === 'true' : value]),
  )
}
