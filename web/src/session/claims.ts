import { UserPoolFailure } from './failure.ts'

export interface User {
  readonly userId: string
  readonly email: string
  readonly name: string | undefined
  readonly groups: readonly string[]
}

/** The claims of a token. The page shows them and trusts the API alone, which verifies the signature. @throws UserPoolFailure */
function claimsOf(token: string): Record<string, unknown> {
  try {
    const payload = token.split('.')[1] ?? ''
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.codePointAt(0)!)
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (typeof claims === 'object' && claims !== null) return claims as Record<string, unknown>
  } catch {
    // The message of the parser contains parts of the token.
  }
  throw new UserPoolFailure('BrokenToken', 'The pool issued a token that cannot be read.')
}

/** @returns for how long a new token is valid: by its own times, so that the clock of this device does not matter */
export function lifetimeMsOf(token: string): number {
  const { exp, iat } = claimsOf(token)
  return typeof exp === 'number' && typeof iat === 'number' ? (exp - iat) * 1000 : 0
}

/** @throws UserPoolFailure */
export function userOf(idToken: string): User {
  const { sub, email, name, 'cognito:groups': groups } = claimsOf(idToken)
  if (typeof sub !== 'string') throw new UserPoolFailure('BrokenToken', 'The pool issued a token without a subject.')
  return {
    userId: sub,
    email: typeof email === 'string' ? email : '',
    name: typeof name === 'string' ? name : undefined,
    groups: Array.isArray(groups) ? groups.map(String) : [],
  }
}
