import { dayMs } from '../../clock.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { requireParameters } from '../../wire/service.ts'
import type { User } from '../directory.ts'
import { Lockout } from '../lockout.ts'
import { invalid, ofClient, text, type Input, type Operations, type Parts } from '../parts.ts'
import { checkPassword, hashPassword, verifyPassword } from '../password.ts'
import type { Client, Pool } from '../pool.ts'
import { notAuthorized } from '../tokens.ts'

export function signInOperations(parts: Parts): Operations {
  const { clock, directory, tokens } = parts
  const lockout = new Lockout(clock)

  const started = async (pool: Pool, client: Client, user: User) => ({
    ChallengeParameters: {},
    AuthenticationResult: await tokens.start(pool, client, user),
  })

  const flows: Record<string, (pool: Pool, client: Client, given: Input) => Promise<unknown>> = {
    async USER_PASSWORD_AUTH(pool, client, given) {
      const name = text(given, 'USERNAME')
      const user = directory.find(pool, name)
      // A name without a user is locked out as well: an error must not reveal which names exist.
      const subject = `${pool.poolId} ${user?.username ?? name}`
      lockout.check(subject)
      const matches = await verifyPassword(text(given, 'PASSWORD'), user?.passwordHash)
      if (matches) lockout.succeeded(subject)
      else lockout.failed(subject)
      if (!user || !matches) throw notAuthorized('Incorrect username or password.')
      if (!user.enabled) throw notAuthorized('User is disabled.')
      if (user.status === 'UNCONFIRMED') throw new AwsError('UserNotConfirmedException', 'User is not confirmed.')
      if (user.status === 'FORCE_CHANGE_PASSWORD') return requireNewPassword(parts, pool, client, user)
      return started(pool, client, user)
    },

    REFRESH_TOKEN_AUTH: async (_, client, given) => ({
      ChallengeParameters: {},
      AuthenticationResult: await tokens.refresh(client, text(given, 'REFRESH_TOKEN')),
    }),
  }

  return {
    InitiateAuth: ofClient(parts, ({ pool, client }, input) => {
      const flow = text(input, 'AuthFlow')
      const start = flows[flow]
      if (!start)
        throw invalid(`The authentication flow ${flow} is not emulated; use ${Object.keys(flows).join(' or ')}.`)
      if (!client.authFlows.includes(`ALLOW_${flow}`)) throw invalid(`${flow} flow not enabled for this client`)
      return start(pool, client, input['AuthParameters'] ?? {})
    }),

    RespondToAuthChallenge: ofClient(parts, async ({ pool, client }, input) => {
      if (input['ChallengeName'] !== 'NEW_PASSWORD_REQUIRED')
        throw invalid(`The challenge ${String(input['ChallengeName'])} is not emulated.`)
      const responses: Input = input['ChallengeResponses'] ?? {}
      requireParameters(responses, ['USERNAME', 'NEW_PASSWORD'])
      const user = await tokens.challengedUser(client, input['Session'])
      if (directory.find(pool, text(responses, 'USERNAME'))?.username !== user.username)
        throw notAuthorized('Invalid session for the user.')
      const password = text(responses, 'NEW_PASSWORD')
      checkPassword(pool.passwordPolicy, password)
      const confirmed = directory.setPassword(pool, user, await hashPassword(password), 'CONFIRMED')
      return started(pool, client, confirmed)
    }),

    RevokeToken: ofClient(parts, async ({ client }, input) => {
      const { pool, user, session } = await tokens.ofRefreshToken(client, text(input, 'Token'))
      directory.revokeSession(pool, user, session.sessionId)
    }),
  }
}

async function requireNewPassword({ clock, tokens }: Parts, pool: Pool, client: Client, user: User) {
  if ((clock.now() - user.passwordSetAtMs) / dayMs >= pool.temporaryPasswordDays)
    throw notAuthorized('Temporary password has expired and must be reset by an administrator.')
  const { sub: _, ...attributes } = user.attributes
  return {
    ChallengeName: 'NEW_PASSWORD_REQUIRED',
    Session: await tokens.challenge(pool, client, user),
    // Client libraries parse the attributes.
    ChallengeParameters: {
      USER_ID_FOR_SRP: user.username,
      requiredAttributes: '[]',
      userAttributes: JSON.stringify(attributes),
    },
  }
}
