import { AwsError } from '../../wire/aws-error.ts'
import { codeDelivery, codeMismatch } from '../codes.ts'
import type { User } from '../directory.ts'
import {
  ofTokenUser,
  readAttributes,
  text,
  unauthenticated,
  type Input,
  type Operations,
  type Parts,
} from '../parts.ts'
import { checkPassword, hashPassword, verifyPassword } from '../password.ts'
import type { Pool } from '../pool.ts'

/** Operations on a user's own account, authorized by an access token or, for a forgotten password, by a code. */
export const accountOperations = (parts: Parts): Operations => ({
  GetUser: ofTokenUser(parts, (_, user) => ({ Username: user.username, UserAttributes: attributeList(user) })),
  UpdateUserAttributes: ofTokenUser(parts, (pool, user, input) => {
    const delivery = updateAttributes(parts, pool, user, readAttributes(input['UserAttributes'], 'user'))
    return { CodeDeliveryDetailsList: delivery ? [delivery] : [] }
  }),
  VerifyUserAttribute: ofTokenUser(parts, (pool, user, input) => verifyEmail(parts, pool, user, input)),
  ChangePassword: ofTokenUser(parts, (pool, user, input) => changePassword(parts, pool, user, input)),
  GlobalSignOut: ofTokenUser(parts, (_, user) => parts.sessions.revokeAll(user)),
  ForgotPassword: unauthenticated((input) => forgotPassword(parts, input)),
  ConfirmForgotPassword: unauthenticated((input) => confirmForgotPassword(parts, input)),
})

export const attributeList = (user: User) => Object.entries(user.attributes).map(([Name, Value]) => ({ Name, Value }))

/**
 * An empty value removes an attribute. A new address must be verified (`AttributesRequireVerificationBeforeUpdate`): "Amazon
 * Cognito doesn't change the value of the attribute until your user responds to the verification message" (API reference,
 * UserAttributeUpdateSettingsType), unless an administrator sets `email_verified` to true.
 * @returns CodeDeliveryDetails of the code that was sent
 * @throws AwsError AliasExistsException when another user signs in with the address
 */
export function updateAttributes(parts: Parts, pool: Pool, user: User, changes: User['attributes']) {
  const { email, ...others } = changes
  return parts.state.transaction(() => {
    if (email !== undefined) parts.codes.setPendingEmail(user, undefined)
    if (email === undefined || email === user.attributes['email'] || changes['email_verified'] === 'true') {
      if (email !== undefined) requireUnusedAddress(parts, pool, user, email)
      parts.directory.setAttributes(pool, user, changes)
      return undefined
    }
    if (!pool.keepsOriginalEmail) {
      const message = 'A new address is emulated only for pools that keep the original one until it is verified.'
      throw new AwsError('InvalidParameterException', message)
    }
    requireUnusedAddress(parts, pool, user, email)
    parts.directory.setAttributes(pool, user, others)
    parts.codes.setPendingEmail(user, email)
    return parts.codes.send(pool, user, 'verify-email', email)
  })
}

function requireUnusedAddress(parts: Parts, pool: Pool, user: User, email: string): void {
  const owner = parts.directory.find(pool, email)
  if (owner && owner.username !== user.username)
    throw new AwsError('AliasExistsException', 'An account with the given email already exists.')
}

/** The pending address replaces the original. */
function verifyEmail(parts: Parts, pool: Pool, user: User, input: Input) {
  if (input['AttributeName'] !== 'email') throw new AwsError('InvalidParameterException', 'Only email can be verified.')
  parts.state.transaction(() => {
    parts.codes.check(user, 'verify-email', input['Code'])
    const email = parts.codes.pendingEmail(user)!
    requireUnusedAddress(parts, pool, user, email)
    parts.codes.setPendingEmail(user, undefined)
    parts.directory.setAttributes(pool, user, { email, email_verified: 'true' })
  })
}

async function changePassword(parts: Parts, pool: Pool, user: User, input: Input) {
  const proposed = text(input, 'ProposedPassword')
  if (!(await verifyPassword(text(input, 'PreviousPassword'), user.passwordHash))) {
    throw new AwsError('NotAuthorizedException', 'Incorrect username or password.')
  }
  checkPassword(pool.passwordPolicy, proposed)
  parts.directory.setPassword(pool, user, await hashPassword(proposed))
}

function forgotPassword(parts: Parts, input: Input) {
  const { pool } = parts.pools.client(input['ClientId'])
  const name = text(input, 'Username')
  const user = parts.directory.find(pool, name)
  if (!user) return { CodeDeliveryDetails: codeDelivery(name) }
  if (!user.enabled) throw new AwsError('NotAuthorizedException', 'User is disabled.')
  if (user.status === 'FORCE_CHANGE_PASSWORD') {
    throw new AwsError('NotAuthorizedException', 'User password cannot be reset in the current state.')
  }
  if (user.attributes['email_verified'] !== 'true') {
    const message = 'Cannot reset password for the user as there is no registered/verified email or phone_number'
    throw new AwsError('InvalidParameterException', message)
  }
  return { CodeDeliveryDetails: parts.codes.send(pool, user, 'forgot-password') }
}

async function confirmForgotPassword(parts: Parts, input: Input) {
  const { client, pool } = parts.pools.client(input['ClientId'])
  const password = text(input, 'Password')
  const code = text(input, 'ConfirmationCode')
  const user = parts.directory.find(pool, text(input, 'Username'))
  if (!user) throw codeMismatch()
  parts.codes.check(user, 'forgot-password', code)
  checkPassword(pool.passwordPolicy, password)
  const passwordHash = await hashPassword(password)
  const recovered = parts.state.transaction(() => {
    // Another request may have used the code while the password was hashed.
    parts.codes.check(user, 'forgot-password', code)
    parts.codes.remove(user, 'forgot-password')
    return parts.directory.setPassword(pool, user, passwordHash, 'CONFIRMED')
  })
  await parts.postConfirmation(pool, recovered, {
    source: 'PostConfirmation_ConfirmForgotPassword',
    clientId: client.clientId,
    clientMetadata: input['ClientMetadata'],
  })
}
