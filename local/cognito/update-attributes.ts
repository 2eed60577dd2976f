import { AwsError } from '../wire/aws-error.ts'
import type { Attributes, User } from './directory.ts'
import { change, sendCode, type Parts } from './parts.ts'
import type { Pool } from './pool.ts'

/**
 * An empty value removes an attribute. A new address that a user sets must be verified. Where the pool keeps the original
 * (`AttributesRequireVerificationBeforeUpdate`), "Amazon Cognito doesn't change the value of the attribute until your user
 * responds to the verification message" (API reference, UserAttributeUpdateSettingsType), unless an administrator sets
 * `email_verified` to true.
 * @returns CodeDeliveryDetails of the code that was sent
 * @throws AwsError AliasExistsException when another user signs in with the address
 */
export function updateAttributes(
  parts: Parts,
  pool: Pool,
  user: User,
  changes: Attributes,
  by: 'user' | 'administrator',
) {
  const { email, ...others } = changes
  return parts.state.transaction(() => {
    if (email !== undefined) parts.codes.setPendingEmail(user, undefined)
    if (!email || email === user.attributes['email']) return void put(parts, pool, user, changes)
    requireUnusedAddress(parts, pool, user, email)
    if (pool.keepsOriginalEmail && changes['email_verified'] !== 'true') {
      const changed = put(parts, pool, user, others)
      parts.codes.setPendingEmail(user, email)
      return sendCode(parts, pool, withEmail(changed, email), 'verify-email')
    }
    if (by === 'administrator') return void put(parts, pool, user, changes)
    const changed = put(parts, pool, user, { ...changes, email_verified: 'false' })
    return pool.verifiesEmail ? sendCode(parts, pool, changed, 'verify-email') : undefined
  })
}

/** Marks the address as verified: the pending one, which replaces the original now, or the current one. */
export function verifyEmail(parts: Parts, pool: Pool, user: User): void {
  const email = parts.codes.pendingEmail(user)
  if (email !== undefined) requireUnusedAddress(parts, pool, user, email)
  parts.codes.setPendingEmail(user, undefined)
  put(parts, pool, user, { ...(email === undefined ? {} : { email }), email_verified: 'true' })
}

/** Sends a code to the pending address, or else to the current one. */
export function sendVerificationCode(parts: Parts, pool: Pool, user: User) {
  const email = parts.codes.pendingEmail(user)
  return sendCode(parts, pool, email === undefined ? user : withEmail(user, email), 'verify-email')
}

const withEmail = (user: User, email: string): User => ({ ...user, attributes: { ...user.attributes, email } })

function put(parts: Parts, pool: Pool, user: User, changes: Attributes): User {
  const merged = Object.entries({ ...user.attributes, ...changes }).filter(([, value]) => value !== '')
  return change(parts, pool, user, { attributes: Object.fromEntries(merged) })
}

function requireUnusedAddress(parts: Parts, pool: Pool, user: User, email: string): void {
  const owner = pool.emailIsUsername ? parts.directory.find(pool, email) : undefined
  if (owner && owner.username !== user.username) {
    throw new AwsError('AliasExistsException', 'An account with the given email already exists.')
  }
}
