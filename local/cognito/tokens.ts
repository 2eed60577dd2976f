import { randomUUID } from 'node:crypto'
import { createLocalJWKSet, decodeJwt, jwtVerify, SignJWT, errors, type JWTPayload } from 'jose'
import type { Clock } from '../clock.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Directory, User } from './directory.ts'
import type { GroupStore } from './groups.ts'
import type { Client, Pool, PoolRegistry } from './pool.ts'
import type { Session, SessionStore } from './sessions.ts'
import type { SigningKeys } from './signing-keys.ts'

/** The scope that allows an access token to manage its own user. */
export const selfServiceScope = 'aws.cognito.signin.user.admin'

const notAuthorized = (message: string) => new AwsError('NotAuthorizedException', message)

export class Tokens {
  readonly #parts: TokenParts

  constructor(parts: TokenParts) {
    this.#parts = parts
  }

  /** @returns AuthenticationResult, without a refresh token */
  async issue(pool: Pool, client: Client, user: User, session: Session) {
    const nowSeconds = Math.floor(this.#parts.clock.now() / 1000)
    const groups = this.#parts.groups.of(user).map(({ name }) => name)
    const common = {
      sub: user.attributes['sub']!,
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
  async userOf(accessToken: unknown): Promise<{ pool: Pool; client: Client; user: User; sessionId: string }> {
    const { pool, claims } = await this.#verify(String(accessToken))
    const sessionId = String(claims['origin_jti'])
    if (claims['token_use'] !== 'access') throw notAuthorized('Invalid Access Token')
    if (this.#parts.sessions.isRevoked(sessionId)) throw notAuthorized('Access Token has been revoked')
    const { client } = this.#parts.pools.client(claims['client_id'])
    const user = this.#parts.directory.find(pool, String(claims['username']))
    if (!user) throw new AwsError('UserNotFoundException', 'User does not exist.')
    if (!user.enabled) throw notAuthorized('User is disabled.')
    return { pool, client, user, sessionId }
  }

  async #verify(token: string): Promise<{ pool: Pool; claims: JWTPayload }> {
    const pool = this.#parts.pools.pools().find(({ issuer }) => issuer === issuerOf(token))
    if (!pool) throw notAuthorized('Invalid Access Token')
    const keys = createLocalJWKSet({ keys: [this.#parts.keys.of(pool.poolId).jwk] })
    try {
      const currentDate = new Date(this.#parts.clock.now())
      const { payload } = await jwtVerify(token, keys, { issuer: pool.issuer, algorithms: ['RS256'], currentDate })
      return { pool, claims: payload }
    } catch (error) {
      throw notAuthorized(error instanceof errors.JWTExpired ? 'Access Token has expired' : 'Invalid Access Token')
    }
  }

  #sign(pool: Pool, claims: JWTPayload): Promise<string> {
    const { kid, privateKey } = this.#parts.keys.of(pool.poolId)
    return new SignJWT(claims).setProtectedHeader({ kid, alg: 'RS256' }).sign(privateKey)
  }
}

interface TokenParts {
  readonly clock: Clock
  readonly pools: PoolRegistry
  readonly directory: Directory
  readonly groups: GroupStore
  readonly sessions: SessionStore
  readonly keys: SigningKeys
}

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss
  } catch {
    // The text is not a token: the caller rejects it.
    return undefined
  }
}

/** Attributes are strings, but the two verification flags are booleans in tokens. */
function idClaims(user: User): Record<string, unknown> {
  const flags = ['email_verified', 'phone_number_verified']
  return Object.fromEntries(
    Object.entries(user.attributes).map(([name, value]) => [name, flags.includes(name) ? value === 'true' : value]),
  )
}
