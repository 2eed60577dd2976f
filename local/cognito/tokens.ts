import { randomUUID } from 'node:crypto'
import { createLocalJWKSet, decodeJwt, jwtVerify, SignJWT, errors, type JWTPayload } from 'jose'
import type { Clock } from '../clock.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Directory, User } from './directory.ts'
import { groupsOf, type Client, type Pool, type PoolRegistry } from './pool.ts'
import { selfServiceScope } from './signing-keys.ts'

const challengeSeconds = 3 * 60

export const notAuthorized = (message: string) => new AwsError('NotAuthorizedException', message)

/** One sign-in. All tokens issued from it have its id as `origin_jti`. */
interface Session {
  /** Begins with the user's session epoch. */
  readonly sessionId: string
  readonly authTimeSeconds: number
}

type TokenUse = 'access' | 'refresh' | 'challenge'

/** What an invalid token is called. */
const names = { access: 'Access Token', refresh: 'Refresh Token', challenge: 'session for the user.' }

interface TokenParts {
  readonly clock: Clock
  readonly pools: PoolRegistry
  readonly directory: Directory
}

/**
 * Access and ID tokens of a pool. Refresh tokens and the `Session` of a challenge are tokens, too, with an audience of their
 * own: without one, a JWT authorizer would compare the client and accept them as access tokens.
 */
export class Tokens {
  readonly #parts: TokenParts

  constructor(parts: TokenParts) {
    this.#parts = parts
  }

  /** Starts a session. @returns AuthenticationResult */
  async start(pool: Pool, client: Client, user: User) {
    const authTimeSeconds = this.#nowSeconds()
    const session = { sessionId: `${user.sessionEpoch}-${randomUUID()}`, authTimeSeconds }
    const exp = authTimeSeconds + client.refreshTokenSeconds
    const claims = { origin_jti: session.sessionId, auth_time: authTimeSeconds, exp }
    const RefreshToken = await this.#signOwn(pool, client, user, 'refresh', claims)
    return { ...(await this.#issue(pool, client, user, session)), RefreshToken }
  }

  /** @returns AuthenticationResult, without a refresh token. @throws AwsError NotAuthorizedException */
  async refresh(client: Client, refreshToken: string) {
    const { pool, user, session } = await this.ofRefreshToken(client, refreshToken)
    return this.#issue(pool, client, user, session)
  }

  /** @throws AwsError NotAuthorizedException unless it is a valid token of this client */
  async ofRefreshToken(client: Client, refreshToken: string) {
    const { pool, user, claims } = await this.#verify(refreshToken, 'refresh', client)
    return {
      pool,
      user,
      session: { sessionId: String(claims['origin_jti']), authTimeSeconds: claims['auth_time'] as number },
    }
  }

  /** Returns the user of an access token. @throws AwsError NotAuthorizedException */
  userOf(accessToken: string): Promise<{ pool: Pool; user: User }> {
    return this.#verify(accessToken, 'access')
  }

  /** Returns the `Session` for RespondToAuthChallenge. */
  challenge(pool: Pool, client: Client, user: User): Promise<string> {
    return this.#signOwn(pool, client, user, 'challenge', { exp: this.#nowSeconds() + challengeSeconds })
  }

  /** @returns the user of the challenge's `Session`. @throws AwsError NotAuthorizedException */
  async challengedUser(client: Client, session: unknown): Promise<User> {
    const { user } = await this.#verify(String(session), 'challenge', client)
    // Each session can be used once, since the user has another status then.
    if (user.status !== 'FORCE_CHANGE_PASSWORD') throw notAuthorized(`Invalid ${names.challenge}`)
    return user
  }

  async #issue(pool: Pool, client: Client, user: User, session: Session) {
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

  /** Signs a token that only the pool itself accepts. */
  #signOwn(pool: Pool, { clientId }: Client, { username }: User, use: TokenUse, claims: JWTPayload): Promise<string> {
    return sign(pool, { aud: use, token_use: use, of_client: clientId, username, ...claims })
  }

  /** @throws AwsError unless a pool issued the token for this use and client, it is valid, and its session is not revoked */
  async #verify(
    token: string,
    use: TokenUse,
    client?: Client,
  ): Promise<{ pool: Pool; user: User; claims: JWTPayload }> {
    const { pools, directory, clock } = this.#parts
    const invalid = notAuthorized(`Invalid ${names[use]}`)
    let claims: JWTPayload
    let pool: Pool | undefined
    try {
      // The port in the issuer may have changed since.
      pool = pools.pools.get(decodeJwt(token).iss!.split('/').at(-1)!)
      const keys = createLocalJWKSet({ keys: pool ? [pool.signingKey.jwk] : [] })
      const options = { algorithms: ['RS256'], currentDate: new Date(clock.now()) }
      claims = (await jwtVerify(token, keys, options)).payload
    } catch (error) {
      if (!(error instanceof errors.JWTExpired)) throw invalid
      throw notAuthorized(use === 'challenge' ? `${invalid.message}, session is expired.` : `${names[use]} has expired`)
    }
    if (claims['token_use'] !== use || claims['of_client'] !== client?.clientId) throw invalid
    const user = directory.find(pool!, String(claims['username']))
    if (!user) throw invalid
    if (use !== 'challenge' && !isLive(user, String(claims['origin_jti'])))
      throw notAuthorized(`${names[use]} has been revoked`)
    if (!user.enabled) throw notAuthorized('User is disabled.')
    return { pool: pool!, user, claims }
  }

  #nowSeconds(): number {
    return Math.floor(this.#parts.clock.now() / 1000)
  }
}

/** A session is neither revoked itself nor of an epoch before all were. */
const isLive = ({ sessionEpoch, revokedSessions }: User, sessionId: string) =>
  sessionId.startsWith(`${sessionEpoch}-`) && !revokedSessions.includes(sessionId)

const sign = ({ issuer, signingKey: { kid, privateKey } }: Pool, claims: JWTPayload): Promise<string> =>
  new SignJWT({ iss: issuer, ...claims }).setProtectedHeader({ kid, alg: 'RS256' }).sign(privateKey)

/** Attributes are strings, but the two verification flags are booleans in tokens. */
const attributeClaims = ({ attributes }: User): JWTPayload =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, name.endsWith('_verified') ? value === 'true' : value]),
  )
