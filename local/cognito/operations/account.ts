import { AwsError } from '../../wire/aws-error.ts'
import type { Operation } from '../../wire/service.ts'
import { readAttributes, rejectImmutable } from '../attributes.ts'
import { codeMismatch } from '../codes.ts'
import { text } from '../input.ts'
import { codeDelivery } from '../messages.ts'
import { change, removeUser, sendCode, unauthenticated, userNotFound, type Parts } from '../parts.ts'
import { checkPassword, hashPassword, verifyPassword } from '../password.ts'
import { attributeList } from '../user-view.ts'
import { sendVerificationCode, updateAttributes, verifyEmail } from '../update-attributes.ts'

type Input = Record<string, any>

/** Operations on a user's own account, authorized by an access token or, for a forgotten password, by a code. */
export const accountOperations = (parts: Parts): Record<string, Operation> => ({
  GetUser: unauthenticated(async (input) => {
    const { user } = await parts.tokens.userOf(text(input, 'AccessToken'))
    return { Username: user.username, UserAttributes: attributeList(user) }
  }),
  UpdateUserAttributes: unauthenticated((input) => updateUserAttributes(parts, input)),
  GetUserAttributeVerificationCode: unauthenticated(async (input) => {
    const { pool, user } = await parts.tokens.userOf(text(input, 'AccessToken'))
    requireEmail(input)
    return { CodeDeliveryDetails: sendVerificationCode(parts, pool, user) }
  }),
  VerifyUserAttribute: unauthenticated((input) => verifyUserAttribute(parts, input)),
  ChangePassword: unauthenticated((input) => changePassword(parts, input)),
  DeleteUser: unauthenticated(async (input) =>
    removeUser(parts, (await parts.tokens.userOf(text(input, 'AccessToken'))).user),
  ),
  GlobalSignOut: unauthenticated(async (input) =>
    parts.sessions.revokeAll((await parts.tokens.userOf(text(input, 'AccessToken'))).user),
  ),
  ForgotPassword: unauthenticated((input) => forgotPassword(parts, input)),
  ConfirmForgotPassword: unauthenticated((input) => confirmForgotPassword(parts, input)),
})

async function updateUserAttributes(parts: Parts, input: Input) {
  const { pool, user } = await parts.tokens.userOf(text(input, 'AccessToken'))
  const changes = readAttributes(pool, input['UserAttributes'], 'user')
  rejectImmutable(pool, changes)
  const delivery = updateAttributes(parts, pool, user, changes, 'user')
  return { CodeDeliveryDetailsList: delivery ? [delivery] : [] }
}

function requireEmail(input: Input): void {
  if (input['AttributeName'] !== 'email') throw new AwsError('InvalidParameterException', 'Only email can be verified.')
}

async function verifyUserAttribute(parts: Parts, input: Input) {
  const { pool, user } = await parts.tokens.userOf(text(input, 'AccessToken'))
  requireEmail(input)
  parts.state.transaction(() => {
    parts.codes.check(user, 'verify-email', input['Code'])
    parts.codes.remove(user, 'verify-email')
    verifyEmail(parts, pool, user)
  })
}

async function changePassword(parts: Parts, input: Input) {
  const { pool, user } = await parts.tokens.userOf(text(input, 'AccessToken'))
  const proposed = text(input, 'ProposedPassword')
  if (!(await verifyPassword(text(input, 'PreviousPassword'), user.passwordHash))) {
    throw new AwsError('NotAuthorizedException', 'Incorrect username or password.')
  }
  checkPassword(pool.passwordPolicy, proposed)
  change(parts, pool, user, { passwordHash: await hashPassword(proposed), passwordSetAtMs: parts.clock.now() })
}

function forgotPassword(parts: Parts, input: Input) {
  const { client, pool } = parts.pools.client(input['ClientId'])
  const name = text(input, 'Username')
  const user = parts.directory.find(pool, name)
  if (!user && client.hidesUserExistence) return { CodeDeliveryDetails: codeDelivery(name) }
  if (!user) throw userNotFound()
  if (!user.enabled) throw new AwsError('NotAuthorizedException', 'User is disabled.')
  if (pool.onlyAdministratorsRecover)
    throw new AwsError('NotAuthorizedException', 'Contact administrator to reset password.')
  if (user.status === 'FORCE_CHANGE_PASSWORD') {
    throw new AwsError('NotAuthorizedException', 'User password cannot be reset in the current state.')
  }
  if (user.attributes['email_verified'] !== 'true') {
    const message = 'Cannot reset password for the user as there is no registered/verified email or phone_number'
    throw new AwsError('InvalidParameterException', message)
  }
  return { CodeDeliveryDetails: sendCode(parts, pool, user, 'forgot-password') }
}

async function confirmForgotPassword(parts: Parts, input: Input) {
  const { client, pool } = parts.pools.client(input['ClientId'])
  const password = text(input, 'Password')
  const code = text(input, 'ConfirmationCode')
  const user = parts.directory.find(pool, text(input, 'Username'))
  if (!user) throw client.hidesUserExistence ? codeMismatch() : userNotFound()
  parts.codes.check(user, 'forgot-password', code)
  checkPassword(pool.passwordPolicy, password)
  const passwordHash = await hashPassword(password)
  const recovered = parts.state.transaction(() => {
    // Another request may have used the code while the password was hashed.
    parts.codes.check(user, 'forgot-password', code)
    parts.codes.remove(user, 'forgot-password')
    return change(parts, pool, user, { passwordHash, passwordSetAtMs: parts.clock.now(), status: 'CONFIRMED' })
  })
  await parts.triggers.postConfirmation(pool, recovered, {
    source: 'PostConfirmation_ConfirmForgotPassword',
    clientId: client.clientId,
    clientMetadata: input['ClientMetadata'],
  })
}
