import { AwsError } from '../../wire/aws-error.ts'
import type { User } from '../directory.ts'
import { administrative, readAttributes, text, type Input, type Operations, type Parts } from '../parts.ts'
import { checkPassword, hashPassword } from '../password.ts'
import type { Pool } from '../pool.ts'
import { attributeList, updateAttributes } from './account.ts'
import { newUser, requireUnconfirmed } from './sign-up.ts'

/** Operations that IAM authorizes. */
export function administrationOperations(parts: Parts): Operations {
  const onUser = (handle: (pool: Pool, user: User, input: Input) => unknown) => (pool: Pool, input: Input) =>
    handle(pool, parts.directory.get(pool, text(input, 'Username')), input)
  const handlers: Record<string, (pool: Pool, input: Input) => unknown> = {
    AdminCreateUser: (pool, input) => createUser(parts, pool, input),
    AdminGetUser: onUser((_, user) => ({ ...userView(user), UserAttributes: attributeList(user) })),
    AdminConfirmSignUp: onUser((pool, user, input) => confirmSignUp(parts, pool, user, input)),
    AdminSetUserPassword: onUser((pool, user, input) => setPassword(parts, pool, user, input)),
    AdminUpdateUserAttributes: onUser((pool, user, input) => {
      updateAttributes(parts, pool, user, readAttributes(input['UserAttributes'], 'administrator'))
    }),
    AdminUserGlobalSignOut: onUser((_, user) => parts.sessions.revokeAll(user)),
    AdminDisableUser: onUser((pool, user) => {
      parts.sessions.revokeAll(user)
      parts.directory.change(pool, user, { enabled: false })
    }),
    AdminDeleteUser: onUser((_, user) => {
      parts.state.transaction(() => {
        parts.codes.removeAll(user)
        parts.sessions.revokeAll(user)
        parts.directory.delete(user)
      })
    }),
    AdminAddUserToGroup: onUser((pool, user, input) => parts.directory.join(user, groupName(pool, input))),
    AdminRemoveUserFromGroup: onUser((pool, user, input) => parts.directory.leave(user, groupName(pool, input))),
    AdminListGroupsForUser: onUser((pool, user) => ({
      Groups: parts.directory.groupsOf(pool, user).map(({ name, description, precedence }) => ({
        GroupName: name,
        UserPoolId: pool.poolId,
        Description: description,
        Precedence: precedence,
      })),
    })),
  }
  return Object.fromEntries(
    Object.entries(handlers).map(([action, handle]) => [action, administrative(action, parts, handle)]),
  )
}

/** AWS JSON has times in seconds since the epoch. */
const userView = (user: User) => ({
  Username: user.username,
  UserCreateDate: user.createdAtMs / 1000,
  UserLastModifiedDate: user.modifiedAtMs / 1000,
  Enabled: user.enabled,
  UserStatus: user.status,
})

async function createUser(parts: Parts, pool: Pool, input: Input) {
  if (input['MessageAction'] !== 'SUPPRESS')
    throw new AwsError('InvalidParameterException', 'Invitations are not emulated: set MessageAction to SUPPRESS.')
  const attributes = readAttributes(input['UserAttributes'], 'administrator')
  const draft = newUser(parts, pool, text(input, 'Username'), attributes)
  const user: User = { ...draft, passwordHash: await temporaryHash(pool, input), status: 'FORCE_CHANGE_PASSWORD' }
  parts.state.transaction(() => {
    parts.directory.requireAvailable(pool, user.attributes['email']!)
    parts.directory.put(pool, user)
  })
  return { User: { ...userView(user), Attributes: attributeList(user) } }
}

/** Without a temporary password, the user has none that is known. */
async function temporaryHash(pool: Pool, input: Input): Promise<string | null> {
  if (input['TemporaryPassword'] === undefined) return null
  const password = text(input, 'TemporaryPassword')
  checkPassword(pool.passwordPolicy, password)
  return hashPassword(password)
}

async function confirmSignUp(parts: Parts, pool: Pool, user: User, input: Input) {
  requireUnconfirmed(user)
  const confirmed = parts.state.transaction(() => {
    parts.codes.remove(user, 'sign-up')
    return parts.directory.change(pool, user, { status: 'CONFIRMED' })
  })
  const clientMetadata = input['ClientMetadata']
  await parts.postConfirmation(pool, confirmed, { source: 'PostConfirmation_ConfirmSignUp', clientMetadata })
}

async function setPassword(parts: Parts, pool: Pool, user: User, input: Input) {
  const password = text(input, 'Password')
  checkPassword(pool.passwordPolicy, password)
  const status = input['Permanent'] === true ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD'
  parts.directory.setPassword(pool, user, await hashPassword(password), status)
}

function groupName({ groups }: Pool, input: Input): string {
  const name = text(input, 'GroupName')
  if (!groups.has(name)) throw new AwsError('ResourceNotFoundException', 'Group not found.')
  return name
}
