import { randomUUID } from 'node:crypto'
import { codeDelivery, codeMismatch, expiredCode } from '../codes.ts'
import type { User } from '../directory.ts'
import { PasswordResets } from '../lockout.ts'
import { invalid, isEmailAddress, ofClient, readAttributes, text, type Operations, type Parts } from '../parts.ts'
import { checkPassword, hashPassword } from '../password.ts'
import type { Pool } from '../pool.ts'
import { notAuthorized } from '../tokens.ts'

/** Operations that a code authorizes. Their errors do not reveal whether a user exists. */
export function signUpOperations(parts: Parts): Operations {
  const { state, clock, directory, codes, postConfirmation } = parts
  const resets = new PasswordResets(clock)
  return {
    SignUp: ofClient(parts, async ({ pool }, input) => {
      const password = text(input, 'Password')
      const draft = newUser(parts, pool, text(input, 'Username'), readAttributes(input['UserAttributes'], 'user'))
      checkPassword(pool.passwordPolicy, password)
      const user = { ...draft, passwordHash: await hashPassword(password) }
      const CodeDeliveryDetails = state.transaction(() => {
        // Another sign-up may have used the address while the password was hashed.
        directory.requireAvailable(pool, user.attributes['email']!)
        return codes.send(pool, directory.put(pool, user), 'sign-up')
      })
      return { UserConfirmed: false, UserSub: user.username, CodeDeliveryDetails }
    }),

    ConfirmSignUp: ofClient(parts, async ({ pool, client }, input) => {
      const code = text(input, 'ConfirmationCode')
      const user = directory.find(pool, text(input, 'Username'))
      if (!user) throw expiredCode()
      requireUnconfirmed(user)
      const confirmed = state.transaction(() => {
        codes.use(pool, user, 'sign-up', code)
        directory.setAttributes(pool, user, { email_verified: 'true' })
        return directory.change(pool, user, () => ({ status: 'CONFIRMED' }))
      })
      await postConfirmation(pool, confirmed, 'ConfirmSignUp', input['ClientMetadata'], client)
    }),

    ResendConfirmationCode: ofClient(parts, ({ pool }, input) => {
      const name = text(input, 'Username')
      const user = directory.find(pool, name)
      if (!user?.enabled) return { CodeDeliveryDetails: codeDelivery(name) }
      if (user.status !== 'UNCONFIRMED') throw invalid('User is already confirmed.')
      return { CodeDeliveryDetails: codes.send(pool, user, 'sign-up') }
    }),

    ForgotPassword: ofClient(parts, ({ pool }, input) => {
      const name = text(input, 'Username')
      const user = directory.find(pool, name)
      resets.count(`${pool.poolId} ${user?.username ?? name}`)
      if (!user?.enabled) return { CodeDeliveryDetails: codeDelivery(name) }
      if (user.status === 'FORCE_CHANGE_PASSWORD')
        throw notAuthorized('User password cannot be reset in the current state.')
      const isVerified = user.attributes['email_verified'] === 'true'
      return { CodeDeliveryDetails: isVerified ? codes.send(pool, user, 'forgot-password') : codeDelivery(name) }
    }),

    ConfirmForgotPassword: ofClient(parts, async ({ pool, client }, input) => {
      const password = text(input, 'Password')
      const code = text(input, 'ConfirmationCode')
      const name = text(input, 'Username')
      const user = directory.find(pool, name)
      resets.count(`${pool.poolId} ${user?.username ?? name}`)
      if (!user?.enabled) throw codeMismatch()
      codes.check(pool, user, 'forgot-password', code)
      checkPassword(pool.passwordPolicy, password)
      const passwordHash = await hashPassword(password)
      const recovered = state.transaction(() => {
        // Another request may have used the code while the password was hashed.
        codes.use(pool, user, 'forgot-password', code)
        return directory.setPassword(pool, user, passwordHash, 'CONFIRMED')
      })
      await postConfirmation(pool, recovered, 'ConfirmForgotPassword', input['ClientMetadata'], client)
    }),
  }
}

/** @throws AwsError for an existing address, or one that is not valid */
export function newUser({ directory, clock }: Parts, pool: Pool, email: string, given: User['attributes']): User {
  if (!isEmailAddress(email)) throw invalid('Username should be an email.')
  directory.requireAvailable(pool, email)
  const sub = randomUUID()
  const nowMs = clock.now()
  return {
    poolId: pool.poolId,
    username: sub,
    attributes: { ...given, email, sub },
    passwordHash: null,
    passwordSetAtMs: nowMs,
    status: 'UNCONFIRMED',
    enabled: true,
    groups: [],
    codes: {},
    sessionEpoch: 0,
    revokedSessions: [],
    createdAtMs: nowMs,
    modifiedAtMs: nowMs,
  }
}

export function requireUnconfirmed({ status }: User): void {
  if (status !== 'UNCONFIRMED') throw notAuthorized(`User cannot be confirmed. Current status is ${status}`)
}
