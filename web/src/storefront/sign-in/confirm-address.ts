import { UserPoolFailure } from '../../session/failure.ts'
import type { UserPool } from '../../session/user-pool.ts'

/**
 * Responses that come although the address is confirmed: it was confirmed before, in another tab ("Current status is
 * CONFIRMED"), or the pool's trigger failed afterwards, which leaves the user confirmed.
 */
const confirmedAnyway = new Set([
  'NotAuthorizedException',
  'UserLambdaValidationException',
  'UnexpectedLambdaException',
  'InvalidLambdaResponseException',
])

/** @throws UserPoolFailure when the address is not confirmed */
export async function confirmAddress(
  pool: Pick<UserPool, 'confirmSignUp'>,
  email: string,
  code: string,
): Promise<void> {
  try {
    await pool.confirmSignUp(email, code)
  } catch (error) {
    if (!(error instanceof UserPoolFailure) || !confirmedAnyway.has(error.code)) throw error
  }
}
