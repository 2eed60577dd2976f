import { randomUUID } from 'node:crypto'
import { AwsError } from '../../wire/aws-error.ts'
import { codeDelivery, expiredCode } from '../codes.ts'
import type { User } from '../directory.ts'
import {
  isEmailAddress,
  readAttributes,
  text,
  unauthenticated,
  type Input,
  type Operations,
  type Parts,
} from '../parts.ts'
import { checkPassword, hashPassword } from '../password.ts'
import type { Pool } from '../pool.ts'

export const signUpOperations = (parts: Parts): Operations => ({
  SignUp: unauthenticated((input) => signUp(parts, input)),
  ConfirmSignUp: unauthenticated((input) => confirmSignUp(parts, input)),
  ResendConfirmationCode: unauthenticated((input) => resendConfirmationCode(parts, input)),
})

async function signUp(parts: Parts, input: Input) {
  const { pool } = parts.pools.client(input['ClientId'])
  const password = text(input, 'Password')
  const draft = newUser(parts, pool, text(input, 'Username'), readAttributes(input['UserAttributes'], 'user'))
  checkPassword(pool.passwordPolicy, password)
  const user = { ...draft, passwordHash: await hashPassword(password) }
  const CodeDeliveryDetails = parts.state.transaction(() => {
    // Another sign-up may have used the address while the password was hashed.
    parts.directory.requireAvailable(pool, user.attributes['email']!)
    return parts.codes.send(pool, parts.directory.put(pool, user), 'sign-up')
  })
  return { UserConfirmed: false, UserSub: user.username, CodeDeliveryDetails }
}

/** @throws AwsError for an existing address, or one that is not valid */
export function newUser(parts: Parts, pool: Pool, email: string, given: User['attributes']): User {
  if (!isEmailAddress(email)) throw new AwsError('InvalidParameterException', 'Username should be an email.')
  parts.directory.requireAvailable(pool, email)
  const sub = randomUUID()
  const nowMs = parts.clock.now()
  return {
    poolId: pool.poolId,
    username: sub,
    attributes: { ...given, email, sub },
    passwordHash: null,
    passwordSetAtMs: nowMs,
    status: 'UNCONFIRMED',
    enabled: true,
    createdAtMs: nowMs,
    modifiedAtMs: nowMs,
  }
}

async function confirmSignUp(parts: Parts, input: Input) {
  const { client, pool } = parts.pools.client(input['ClientId'])
  const code = text(input, 'ConfirmationCode')
  const user = parts.directory.find(pool, text(input, 'Username'))
  if (!user) throw expiredCode()
  requireUnconfirmed(user)
  const confirmed = parts.state.transaction(() => {
    parts.codes.check(user, 'sign-up', code)
    parts.codes.remove(user, 'sign-up')
    const attributes = { ...user.attributes, email_verified: 'true' }
    return parts.directory.change(pool, user, { status: 'CONFIRMED', attributes })
  })
  await parts.postConfirmation(pool, confirmed, {
    source: 'PostConfirmation_ConfirmSignUp',
    clientId: client.clientId,
    clientMetadata: input['ClientMetadata'],
  })
}

export function requireUnconfirmed(user: User): void {
  if (user.status === 'UNCONFIRMED') return
  throw new AwsError('NotAuthorizedException', `User cannot be confirmed. Current status is ${user.status}`)
}

function resendConfirmationCode(parts: Parts, input: Input) {
  const { pool } = parts.pools.client(input['ClientId'])
  const name = text(input, 'Username')
  const user = parts.directory.find(pool, name)
  if (!user) return { CodeDeliveryDetails: codeDelivery(name) }
  if (user.status !== 'UNCONFIRMED') throw new AwsError('InvalidParameterException', 'User is already confirmed.')
  return { CodeDeliveryDetails: parts.codes.send(pool, user, 'sign-up') }
}
