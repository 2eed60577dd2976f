import { randomUUID } from 'node:crypto'
import { AwsError } from '../../wire/aws-error.ts'
import type { Operation } from '../../wire/service.ts'
import { isEmailAddress, readAttributes, requireAttributes } from '../attributes.ts'
import type { User } from '../directory.ts'
import { nameAndValues, text } from '../input.ts'
import { codeDelivery } from '../messages.ts'
import { administrative, change, requireUser, sendCode, unauthenticated, userNotFound, type Parts } from '../parts.ts'
import { checkPassword, hashPassword } from '../password.ts'
import type { Pool } from '../pool.ts'
import type { TriggerRequest } from '../triggers.ts'

export const signUpOperations = (parts: Parts): Record<string, Operation> => ({
  SignUp: unauthenticated((input) => signUp(parts, input)),
  ConfirmSignUp: unauthenticated((input) => confirmSignUp(parts, input)),
  ResendConfirmationCode: unauthenticated((input) => resendConfirmationCode(parts, input)),
  AdminConfirmSignUp: administrative('AdminConfirmSignUp', (input) => adminConfirmSignUp(parts, input)),
})

async function signUp(parts: Parts, input: Record<string, any>) {
  const { client, pool } = parts.pools.client(input['ClientId'])
  if (pool.onlyAdministratorsCreate)
    throw new AwsError('NotAuthorizedException', 'SignUp is not permitted for this user pool')
  const password = text(input, 'Password')
  const attributes = readAttributes(pool, input['UserAttributes'], 'user')
  const draft = newUser(parts, pool, text(input, 'Username'), attributes)
  checkPassword(pool.passwordPolicy, password)
  const passwordHash = await hashPassword(password)
  const decision = await parts.triggers.preSignUp(pool, draft, {
    source: 'PreSignUp_SignUp',
    clientId: client.clientId,
    clientMetadata: input['ClientMetadata'],
    validationData: input['ValidationData'] && nameAndValues(input['ValidationData']),
  })
  const verified = decision.verifyEmail && draft.attributes['email'] !== undefined
  const signedUp: User = {
    ...draft,
    passwordHash,
    status: decision.confirm ? 'CONFIRMED' : 'UNCONFIRMED',
    attributes: verified ? { ...draft.attributes, email_verified: 'true' } : draft.attributes,
  }
  const CodeDeliveryDetails = parts.state.transaction(() => {
    addUser(parts, pool, signedUp)
    return pool.verifiesEmail && !decision.confirm ? sendCode(parts, pool, signedUp, 'sign-up') : undefined
  })
  if (decision.confirm)
    await callPostConfirmation(parts, pool, signedUp, {
      clientId: client.clientId,
      clientMetadata: input['ClientMetadata'],
    })
  return { UserConfirmed: decision.confirm, UserSub: signedUp.attributes['sub'], CodeDeliveryDetails }
}

/** @throws AwsError for an existing name, or a name or attributes that the pool rejects */
export function newUser(parts: Parts, pool: Pool, name: string, given: Readonly<Record<string, string>>): User {
  const sub = randomUUID()
  if (pool.emailIsUsername && !isEmailAddress(name))
    throw new AwsError('InvalidParameterException', 'Username should be an email.')
  const attributes = { ...given, ...(pool.emailIsUsername ? { email: name } : {}), sub }
  requireAttributes(pool, attributes)
  requireAvailable(parts, pool, name)
  const nowMs = parts.clock.now()
  return {
    poolId: pool.poolId,
    username: pool.emailIsUsername ? sub : name,
    attributes,
    passwordHash: undefined,
    passwordSetAtMs: nowMs,
    status: 'UNCONFIRMED',
    enabled: true,
    createdAtMs: nowMs,
    modifiedAtMs: nowMs,
  }
}

/** Checks the name again: another sign-up may have used it while the password was hashed and the trigger ran. */
export function addUser(parts: Parts, pool: Pool, user: User): User {
  requireAvailable(parts, pool, pool.emailIsUsername ? user.attributes['email']! : user.username)
  return parts.directory.put(pool, user)
}

function requireAvailable(parts: Parts, pool: Pool, name: string): void {
  if (!parts.directory.find(pool, name)) return
  const message = pool.emailIsUsername ? 'An account with the given email already exists.' : 'User already exists'
  throw new AwsError('UsernameExistsException', message)
}

async function confirmSignUp(parts: Parts, input: Record<string, any>) {
  const { client, pool } = parts.pools.client(input['ClientId'])
  const code = text(input, 'ConfirmationCode')
  const user = parts.directory.find(pool, text(input, 'Username'))
  if (!user && client.hidesUserExistence) {
    throw new AwsError('ExpiredCodeException', 'Invalid code provided, please request a code again.')
  }
  if (!user) throw new AwsError('UserNotFoundException', 'Username/client id combination not found.')
  requireUnconfirmed(user)
  const confirmed = parts.state.transaction(() => {
    parts.codes.check(user, 'sign-up', code)
    parts.codes.remove(user, 'sign-up')
    const attributes = pool.verifiesEmail ? { ...user.attributes, email_verified: 'true' } : user.attributes
    return change(parts, pool, user, { status: 'CONFIRMED', attributes })
  })
  await callPostConfirmation(parts, pool, confirmed, {
    clientId: client.clientId,
    clientMetadata: input['ClientMetadata'],
  })
}

async function adminConfirmSignUp(parts: Parts, input: Record<string, any>) {
  const pool = parts.pools.pool(input['UserPoolId'])
  const user = requireUser(parts, pool, text(input, 'Username'))
  requireUnconfirmed(user)
  const confirmed = parts.state.transaction(() => {
    parts.codes.remove(user, 'sign-up')
    return change(parts, pool, user, { status: 'CONFIRMED' })
  })
  await callPostConfirmation(parts, pool, confirmed, { clientMetadata: input['ClientMetadata'] })
}

const callPostConfirmation = (parts: Parts, pool: Pool, user: User, more: Omit<TriggerRequest, 'source'>) =>
  parts.triggers.postConfirmation(pool, user, { source: 'PostConfirmation_ConfirmSignUp', ...more })

function requireUnconfirmed(user: User): void {
  if (user.status === 'UNCONFIRMED') return
  throw new AwsError('NotAuthorizedException', `User cannot be confirmed. Current status is ${user.status}`)
}

function resendConfirmationCode(parts: Parts, input: Record<string, any>) {
  const { client, pool } = parts.pools.client(input['ClientId'])
  const name = text(input, 'Username')
  const user = parts.directory.find(pool, name)
  if (!user && client.hidesUserExistence) return { CodeDeliveryDetails: codeDelivery(name) }
  if (!user) throw userNotFound()
  if (user.status !== 'UNCONFIRMED') throw new AwsError('InvalidParameterException', 'User is already confirmed.')
  const CodeDeliveryDetails = pool.verifiesEmail ? sendCode(parts, pool, user, 'sign-up') : undefined
  if (!CodeDeliveryDetails) throw new AwsError('InvalidParameterException', 'Auto verification not turned on.')
  return { CodeDeliveryDetails }
}
