import { AwsError } from '../wire/aws-error.ts'
import type { User } from './directory.ts'
import { change, type Parts } from './parts.ts'
import type { Pool } from './pool.ts'

/** An empty value removes an attribute. @throws AwsError AliasExistsException when another user signs in with the address */
export function updateAttributes(
  parts: Parts,
  pool: Pool,
  user: User,
  changes: Readonly<Record<string, string>>,
): User {
  const email = changes['email']
  const owner = pool.emailIsUsername && email !== undefined ? parts.directory.find(pool, email) : undefined
  if (owner && owner.username !== user.username) {
    throw new AwsError('AliasExistsException', 'An account with the given email already exists.')
  }
  const merged = Object.entries({ ...user.attributes, ...changes }).filter(([, value]) => value !== '')
  return change(parts, pool, user, { attributes: Object.fromEntries(merged) })
}
