import { dayMs } from '../../clock.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { requireParameters } from '../../wire/service.ts'
import type { User } from '../directory.ts'
import { text, unauthenticated, type Input, type Operations, type Parts } from '../parts.ts'
import { checkPassword, hashPassword, verifyPassword } from '../password.ts'
import type { Client, Pool } from '../pool.ts'
import { notAuthorized } from '../sessions.ts'

export const signInOperations = (parts: Parts): Operations => ({
  InitiateAuth: unauthenticated((input) => {
    const { client, pool } = parts.pools.client(input['ClientId'])
    const flow = text(input, 'AuthFlow')
    const start = flows[flow]
    if (!start)
      throw invalid(`The authentication flow ${flow} is not emulated; use ${Object.keys(flows).join(' or ')}.`)
    if (!client.authFlows.includes(`ALLOW_${flow}`)) throw invalid(`${flow} flow not enabled for this client`)
    return start(parts, pool, client, input['AuthParameters'] ?? {})
  }),
  RespondToAuthChallenge: unauthenticated((input) => setNewPassword(parts, input)),
  RevokeToken: unauthenticated((input) => {
    const { client } = parts.pools.client(input['ClientId'])
    parts.sessions.revoke(parts.sessions.byRefreshToken(client, text(input, 'Token')).sessionId)
  }),
})

const flows: Readonly<Record<string, (parts: Parts, pool: Pool, client: Client, given: Input) => Promise<unknown>>> = {
  USER_PASSWORD_AUTH: signIn,
  REFRESH_TOKEN_AUTH: refresh,
}

const invalid = (message: string) => new AwsError('InvalidParameterException', message)
async function signIn(parts: Parts, pool: Pool, client: Client, given: Input) {
  const user = parts.directory.find(pool, text(given, 'USERNAME'))
  const matches = await verifyPassword(text(given, 'PASSWORD'), user?.passwordHash)
  if (user && !user.enabled) throw notAuthorized('User is disabled.')
  if (!user || !matches) throw notAuthorized('Incorrect username or password.')
  switch (user.status) {
    case 'UNCONFIRMED':
      throw new AwsError('UserNotConfirmedException', 'User is not confirmed.')
    case 'FORCE_CHANGE_PASSWORD':
      return requireNewPassword(parts, pool, client, user)
    case 'CONFIRMED':
      return startSession(parts, pool, client, user)
    default:
      return user.status satisfies never
  }
}

async function requireNewPassword(parts: Parts, pool: Pool, client: Client, user: User) {
  const ageDays = (parts.clock.now() - user.passwordSetAtMs) / dayMs
  if (ageDays >= pool.temporaryPasswordDays) {
    throw notAuthorized('Temporary password has expired and must be reset by an administrator.')
  }
  const { sub: _, ...attributes } = user.attributes
  return {
    ChallengeName: 'NEW_PASSWORD_REQUIRED',
    Session: await parts.tokens.challenge(pool, client, user),
    ChallengeParameters: {
      USER_ID_FOR_SRP: user.username,
      requiredAttributes: '[]',
      // Client libraries parse it.
      userAttributes: JSON.stringify(attributes),
    },
  }
}

async function setNewPassword(parts: Parts, input: Input) {
  const { client, pool } = parts.pools.client(input['ClientId'])
  if (input['ChallengeName'] !== 'NEW_PASSWORD_REQUIRED')
    throw invalid(`The challenge ${String(input['ChallengeName'])} is not emulated.`)
  const responses: Input = input['ChallengeResponses'] ?? {}
  requireParameters(responses, ['USERNAME', 'NEW_PASSWORD'])
  const user = await parts.tokens.challengedUser(client, input['Session'])
  const password = text(responses, 'NEW_PASSWORD')
  checkPassword(pool.passwordPolicy, password)
  const confirmed = parts.directory.setPassword(pool, user, await hashPassword(password), 'CONFIRMED')
  return startSession(parts, pool, client, confirmed)
}

async function startSession(parts: Parts, pool: Pool, client: Client, user: User) {
  const { session, refreshToken } = parts.sessions.create(client, user)
  const tokens = await parts.tokens.issue(pool, client, user, session)
  return { ChallengeParameters: {}, AuthenticationResult: { ...tokens, RefreshToken: refreshToken } }
}

async function refresh(parts: Parts, pool: Pool, client: Client, given: Input) {
  const session = parts.sessions.byRefreshToken(client, text(given, 'REFRESH_TOKEN'))
  const user = parts.directory.find(pool, session.username)
  if (!user) throw notAuthorized('Invalid Refresh Token')
  if (!user.enabled) throw notAuthorized('User is disabled.')
  return { ChallengeParameters: {}, AuthenticationResult: await parts.tokens.issue(pool, client, user, session) }
}
