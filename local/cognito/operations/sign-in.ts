import { dayMs } from '../../clock.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Operation } from '../../wire/service.ts'
import { readAttributes } from '../attributes.ts'
import type { User } from '../directory.ts'
import { text } from '../input.ts'
import { administrative, change, unauthenticated, userNotFound, type Parts } from '../parts.ts'
import { checkPassword, hashPassword, verifyPassword } from '../password.ts'
import type { Client, Pool } from '../pool.ts'

type Input = Record<string, any>

export const signInOperations = (parts: Parts): Record<string, Operation> => ({
  InitiateAuth: unauthenticated((input) => {
    const { client, pool } = parts.pools.client(input['ClientId'])
    if (adminFlows.has(input['AuthFlow'])) throw invalid('Initiate Auth method not supported.')
    return initiate(parts, pool, client, input)
  }),
  AdminInitiateAuth: administrative('AdminInitiateAuth', (input) => {
    const pool = parts.pools.pool(input['UserPoolId'])
    return initiate(parts, pool, parts.pools.clientOf(pool, input['ClientId']), input)
  }),
  RespondToAuthChallenge: unauthenticated((input) => {
    const { client, pool } = parts.pools.client(input['ClientId'])
    return respond(parts, pool, client, input)
  }),
  AdminRespondToAuthChallenge: administrative('AdminRespondToAuthChallenge', (input) => {
    const pool = parts.pools.pool(input['UserPoolId'])
    return respond(parts, pool, parts.pools.clientOf(pool, input['ClientId']), input)
  }),
  GetTokensFromRefreshToken: unauthenticated((input) => {
    const { client, pool } = parts.pools.client(input['ClientId'])
    return refresh(parts, pool, client, text(input, 'RefreshToken'))
  }),
  RevokeToken: unauthenticated((input) => {
    const { client } = parts.pools.client(input['ClientId'])
    parts.sessions.revoke(parts.sessions.byRefreshToken(client, text(input, 'Token')).sessionId)
  }),
})

const adminFlows = new Set(['ADMIN_USER_PASSWORD_AUTH', 'ADMIN_NO_SRP_AUTH'])
const invalid = (message: string) => new AwsError('InvalidParameterException', message)
const notAuthorized = (message: string) => new AwsError('NotAuthorizedException', message)
const wrongPassword = () => notAuthorized('Incorrect username or password.')

function initiate(parts: Parts, pool: Pool, client: Client, input: Input) {
  const flow = text(input, 'AuthFlow')
  const given: Input = input['AuthParameters'] ?? {}
  switch (flow) {
    case 'USER_PASSWORD_AUTH':
      return signIn(parts, pool, requireFlow(client, flow, 'ALLOW_USER_PASSWORD_AUTH'), given)
    case 'ADMIN_USER_PASSWORD_AUTH':
    case 'ADMIN_NO_SRP_AUTH':
      return signIn(parts, pool, requireFlow(client, flow, 'ALLOW_ADMIN_USER_PASSWORD_AUTH'), given)
    case 'REFRESH_TOKEN_AUTH':
    case 'REFRESH_TOKEN':
      return refresh(parts, pool, client, text(given, 'REFRESH_TOKEN'))
    default:
      throw invalid(
        `The authentication flow ${flow} is not emulated; use USER_PASSWORD_AUTH or ADMIN_USER_PASSWORD_AUTH.`,
      )
  }
}

function requireFlow(client: Client, flow: string, allowed: string): Client {
  if (client.authFlows.has(allowed)) return client
  throw invalid(
    flow === 'USER_PASSWORD_AUTH'
      ? 'USER_PASSWORD_AUTH flow not enabled for this client'
      : 'Auth flow not enabled for this client',
  )
}

async function signIn(parts: Parts, pool: Pool, client: Client, given: Input) {
  const name = text(given, 'USERNAME')
  const user = parts.directory.find(pool, name)
  const matches = await verifyPassword(text(given, 'PASSWORD'), user?.passwordHash)
  if (!user) throw client.hidesUserExistence ? wrongPassword() : userNotFound()
  if (!user.enabled) throw notAuthorized('User is disabled.')
  if (!matches) throw wrongPassword()
  return completeSignIn(parts, pool, client, user)
}

function completeSignIn(parts: Parts, pool: Pool, client: Client, user: User) {
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

function requireNewPassword(parts: Parts, pool: Pool, client: Client, user: User) {
  const ageDays = (parts.clock.now() - user.passwordSetAtMs) / dayMs
  if (ageDays >= pool.temporaryPasswordDays) {
    throw notAuthorized('Temporary password has expired and must be reset by an administrator.')
  }
  const { sub: _, ...attributes } = user.attributes
  return {
    ChallengeName: 'NEW_PASSWORD_REQUIRED',
    Session: parts.challenges.create(client, user),
    ChallengeParameters: {
      USER_ID_FOR_SRP: user.username,
      requiredAttributes: '[]',
      userAttributes: JSON.stringify(attributes),
    },
  }
}

async function startSession(parts: Parts, pool: Pool, client: Client, user: User) {
  const { session, refreshToken } = parts.sessions.create(client, user)
  const tokens = await parts.tokens.issue(pool, client, user, session)
  return { ChallengeParameters: {}, AuthenticationResult: { ...tokens, RefreshToken: refreshToken } }
}

async function respond(parts: Parts, pool: Pool, client: Client, input: Input) {
  if (input['ChallengeName'] !== 'NEW_PASSWORD_REQUIRED') {
    throw invalid(`The challenge ${String(input['ChallengeName'])} is not emulated.`)
  }
  const responses: Input = input['ChallengeResponses'] ?? {}
  const user = parts.directory.find(pool, parts.challenges.check(client, input['Session']))
  if (!user || user.status !== 'FORCE_CHANGE_PASSWORD') throw notAuthorized('Invalid session for the user.')
  const password = text(responses, 'NEW_PASSWORD')
  checkPassword(pool.passwordPolicy, password)
  const prefix = 'userAttributes.'
  const given = Object.entries(responses).filter(([name]) => name.startsWith(prefix))
  const attributes = readAttributes(
    pool,
    given.map(([name, Value]) => ({ Name: name.slice(prefix.length), Value })),
    'user',
  )
  const passwordHash = await hashPassword(password)
  parts.challenges.end(input['Session'])
  const confirmed = change(parts, pool, user, {
    passwordHash,
    passwordSetAtMs: parts.clock.now(),
    status: 'CONFIRMED',
    attributes: { ...user.attributes, ...attributes },
  })
  return startSession(parts, pool, client, confirmed)
}

async function refresh(parts: Parts, pool: Pool, client: Client, refreshToken: string) {
  requireFlow(client, 'REFRESH_TOKEN_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH')
  const session = parts.sessions.byRefreshToken(client, refreshToken)
  const user = parts.directory.find(pool, session.username)
  if (!user) throw notAuthorized('Invalid Refresh Token')
  if (!user.enabled) throw notAuthorized('User is disabled.')
  return { ChallengeParameters: {}, AuthenticationResult: await parts.tokens.issue(pool, client, user, session) }
}
