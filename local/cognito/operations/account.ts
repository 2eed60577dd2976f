import { AwsError } from '../../wire/aws-error.ts'
import type { User } from '../directory.ts'
import { attributeList, invalid, ofTokenUser, readAttributes, text, type Operations, type Parts } from '../parts.ts'
import { checkPassword, hashPassword, verifyPassword } from '../password.ts'
import type { Pool } from '../pool.ts'

/** Operations on a user's own account, authorized by an access token. */
export function accountOperations(parts: Parts): Operations {
  const { state, directory, codes } = parts
  return {
    GetUser: ofTokenUser(parts, ({ user }) => ({ Username: user.username, UserAttributes: attributeList(user) })),

    UpdateUserAttributes: ofTokenUser(parts, ({ pool, user }, input) => {
      const delivery = updateAttributes(parts, pool, user, readAttributes(input['UserAttributes'], 'user'))
      return { CodeDeliveryDetailsList: delivery ? [delivery] : [] }
    }),

    // The pending address replaces the original.
    VerifyUserAttribute: ofTokenUser(parts, ({ pool, user }, input) => {
      if (input['AttributeName'] !== 'email') throw invalid('Only email can be verified.')
      state.transaction(() => {
        const { email } = codes.use(pool, user, 'verify-email', text(input, 'Code'))
        requireUnusedAddress(parts, pool, user, email)
        directory.setAttributes(pool, user, { email, email_verified: 'true' })
      })
    }),

    ChangePassword: ofTokenUser(parts, async ({ pool, user }, input) => {
      const proposed = text(input, 'ProposedPassword')
      if (!(await verifyPassword(text(input, 'PreviousPassword'), user.passwordHash)))
        throw new AwsError('NotAuthorizedException', 'Incorrect username or password.')
      checkPassword(pool.passwordPolicy, proposed)
      directory.setPassword(pool, user, await hashPassword(proposed))
    }),

    GlobalSignOut: ofTokenUser(parts, ({ pool, user }) => directory.revokeSessions(pool, user)),
  }
}

/**
 * An empty value removes an attribute. A new address must be verified (`AttributesRequireVerificationBeforeUpdate`): "Amazon
 * Cognito doesn't change the value of the attribute until your user responds to the verification message" (API reference,
 * UserAttributeUpdateSettingsType), unless an administrator sets `email_verified` to true.
 * @returns CodeDeliveryDetails of the code that was sent
 * @throws AwsError AliasExistsException when another user signs in with the address
 */
export function updateAttributes(parts: Parts, pool: Pool, user: User, changes: User['attributes']) {
  const { email, ...others } = changes
  const { state, directory, codes } = parts
  return state.transaction(() => {
    if (email !== undefined) {
      // A code for the previous address is no longer valid.
      codes.remove(pool, user, 'verify-email')
      requireUnusedAddress(parts, pool, user, email)
    }
    if (email === undefined || email === user.attributes['email'] || changes['email_verified'] === 'true') {
      directory.setAttributes(pool, user, changes)
      return undefined
    }
    if (!pool.keepsOriginalEmail)
      throw invalid('A new address is emulated only for pools that keep the original one until it is verified.')
    directory.setAttributes(pool, user, others)
    return codes.send(pool, user, 'verify-email', email)
  })
}

function requireUnusedAddress({ directory }: Parts, pool: Pool, { username }: User, email: string): void {
  const owner = directory.find(pool, email)
  if (owner && owner.username !== username)
    throw new AwsError('AliasExistsException', 'An account with the given email already exists.')
}
