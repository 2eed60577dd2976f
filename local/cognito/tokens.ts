import { randomUUID } from 'node:crypto'
import { createLocalJWKSet, decodeJwt, jwtVerify, SignJWT, errors, type JWTPayload } from 'jose'
import type { Clock } from '../clock.ts'
import type { Directory, User } from './directory.ts'
import { groupsOf, type Client, type Pool, type PoolRegistry } from './pool.ts'
import { notAuthorized, type Session, type SessionStore } from './sessions.ts'
import { selfServiceScope } from './signing-keys.ts'

const challengeSeconds = 3 * 60

interface TokenParts {
  readonly clock: Clock
  readonly pools: PoolRegistry
  readonly directory: Directory
  readonly sessions: SessionStore
}

/** Access and ID tokens, and the `Session` of a challenge, which is a token too. */
export class Tokens {
  readonly #parts: TokenParts

  constructor(parts: TokenParts) {
    this.#parts = parts
  }

  /** @returns AuthenticationResult, without a refresh token */
  async issue(pool: Pool, client: Client, user: User, session: Session) {
    const iat = this.#nowSeconds()
    const groups = groupsOf(pool, user.groups).map(({ name }) => name)
    const common = {
      sub: user.username,
      ...(groups.length > 0 && { 'cognito:groups': groups }),
      origin_jti: session.sessionId,
      event_id: randomUUID(),
      auth_time: session.authTimeSeconds,
      iat,
    }
    const access = {
      client_id: client.clientId,
      token_use: 'access',
      scope: selfServiceScope,
      exp: iat + client.accessTokenSeconds,
      jti: randomUUID(),
      username: user.username,
    }
    const id = {
      'cognito:username': user.username,
      aud: client.clientId,
      token_use: 'id',
      exp: iat + client.idTokenSeconds,
      jti: randomUUID(),
    }
    return {
      AccessToken: await sign(pool, { ...common, ...access }),
      IdToken: await sign(pool, { ...attributeClaims(user), ...common, ...id }),
      ExpiresIn: client.accessTokenSeconds,
      TokenType: 'Bearer',
    }
  }

  /**
   * Returns the user of an access token.
   * @throws AwsError NotAuthorizedException unless a pool issued it, it is valid, and its session is not revoked
   */
  async userOf(accessToken: string): Promise<{ pool: Pool; user: User }> {
    const expired = 'Access Token has expired'
    const { pool, claims } = await this.#verify(accessToken, 'access', 'Invalid Access Token', expired)
    if (!this.#parts.sessions.isLive(String(claims['origin_jti']))) throw notAuthorized('Access Token has been revoked')
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
    return sign(pool, { aud: 'challenge', client_id: clientId, token_use: 'challenge', username, exp })
  }

  /** @returns the user of the challenge's `Session`. @throws AwsError NotAuthorizedException */
  async challengedUser({ clientId }: Client, session: unknown): Promise<User> {
    const invalid = 'Invalid session for the user.'
    const expired = 'Invalid session for the user, session is expired.'
    const { pool, claims } = await this.#verify(String(session), 'challenge', invalid, expired)
    const user = this.#parts.directory.find(pool, String(claims['username']))
    // Each session can be used once, since the user has another status then.
    if (claims['client_id'] !== clientId || user?.status !== 'FORCE_CHANGE_PASSWORD') throw notAuthorized(invalid)
    return user
  }

  async #verify(token: string, use: 'access' | 'challenge', invalid: string, expired: string) {
    try {
      const pool = this.#parts.pools.issuedBy(decodeJwt(token).iss)
      if (!pool) throw notAuthorized(invalid)
      const keys = createLocalJWKSet({ keys: [pool.signingKey.jwk] })
      const currentDate = new Date(this.#parts.clock.now())
      const { payload: claims } = await jwtVerify(token, keys, { algorithms: ['RS256'], currentDate })
      if (claims['token_use'] !== use) throw notAuthorized(invalid)
      return { pool, claims }
    } catch (error) {
      throw notAuthorized(error instanceof errors.JWTExpired ? expired : invalid)
    }
  }

  #nowSeconds(): number {
    return Math.floor(this.#parts.clock.now() / 1000)
  }
}

const sign = ({ issuer, signingKey: { kid, privateKey } }: Pool, claims: JWTPayload): Promise<string> =>
  new SignJWT({ iss: issuer, ...claims }).setProtectedHeader({ kid, alg: 'RS256' }).sign(privateKey)

/** Attributes are strings, but the two verification flags are booleans in tokens. */
const attributeClaims = ({ attributes }: User): JWTPayload =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, name.endsWith('_verified') ? value === 'true' : value]),
  )
