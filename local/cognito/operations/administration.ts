import { AwsError } from '../../wire/aws-error.ts'
import type { User } from '../directory.ts'
import {
  attributeList,
  invalid,
  ofPool,
  readAttributes,
  text,
  type Input,
  type Operations,
  type Parts,
} from '../parts.ts'
import { checkPassword, hashPassword } from '../password.ts'
import { groupsOf, type Pool } from '../pool.ts'
import { updateAttributes } from './account.ts'
import { newUser, requireUnconfirmed } from './sign-up.ts'

/** Operations that IAM authorizes. */
export function administrationOperations(parts: Parts): Operations {
  const { state, directory, codes, postConfirmation } = parts
  const onUser: Record<string, (pool: Pool, user: User, input: Input) => unknown> = {
    AdminGetUser: (_, user) => ({ ...userView(user), UserAttributes: attributeList(user) }),

    async AdminConfirmSignUp(pool, user, input) {
      requireUnconfirmed(user)
      codes.remove(pool, user, 'sign-up')
      const confirmed = directory.change(pool, user, () => ({ status: 'CONFIRMED' }))
      await postConfirmation(pool, confirmed, 'ConfirmSignUp', input['ClientMetadata'])
    },

    async AdminSetUserPassword(pool, user, input) {
      const status = input['Permanent'] === true ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD'
      directory.setPassword(pool, user, await checkedHash(pool, text(input, 'Password')), status)
    },

    AdminUpdateUserAttributes(pool, user, input) {
      updateAttributes(parts, pool, user, readAttributes(input['UserAttributes'], 'administrator'))
    },

    AdminUserGlobalSignOut: (pool, user) => directory.revokeSessions(pool, user),

    AdminDisableUser(pool, user) {
      directory.revokeSessions(pool, user)
      directory.change(pool, user, () => ({ enabled: false }))
    },

    AdminDeleteUser: (_, user) => directory.delete(user),

    AdminAddUserToGroup(pool, user, input) {
      const name = groupName(pool, input)
      directory.change(pool, user, ({ groups }) => ({ groups: [...new Set([...groups, name])] }))
    },

    AdminRemoveUserFromGroup(pool, user, input) {
      const name = groupName(pool, input)
      directory.change(pool, user, ({ groups }) => ({ groups: groups.filter((each) => each !== name) }))
    },

    AdminListGroupsForUser: ({ poolId, ...pool }, user) => ({
      Groups: groupsOf({ poolId, ...pool }, user.groups).map(({ name, description, precedence }) => ({
        GroupName: name,
        UserPoolId: poolId,
        Description: description,
        Precedence: precedence,
      })),
    }),
  }
  const operations = Object.entries(onUser).map(([action, handle]) => [
    action,
    ofPool(parts, action, (pool, input) => handle(pool, directory.get(pool, text(input, 'Username')), input)),
  ])
  return {
    ...Object.fromEntries(operations),

    AdminCreateUser: ofPool(parts, 'AdminCreateUser', async (pool, input) => {
      if (input['MessageAction'] !== 'SUPPRESS')
        throw invalid('Invitations are not emulated: set MessageAction to SUPPRESS.')
      const attributes = readAttributes(input['UserAttributes'], 'administrator')
      const draft = newUser(parts, pool, text(input, 'Username'), attributes)
      // Without a temporary password, the user has none that is known.
      const isGiven = input['TemporaryPassword'] !== undefined
      const passwordHash = isGiven ? await checkedHash(pool, text(input, 'TemporaryPassword')) : null
      const user: User = { ...draft, passwordHash, status: 'FORCE_CHANGE_PASSWORD' }
      state.transaction(() => {
        directory.requireAvailable(pool, user.attributes['email']!)
        directory.put(pool, user)
      })
      return { User: { ...userView(user), Attributes: attributeList(user) } }
    }),
  }
}

/** AWS JSON has times in seconds since the epoch. */
const userView = (user: User) => ({
  Username: user.username,
  UserCreateDate: user.createdAtMs / 1000,
  UserLastModifiedDate: user.modifiedAtMs / 1000,
  Enabled: user.enabled,
  UserStatus: user.status,
})

function checkedHash({ passwordPolicy }: Pool, password: string): Promise<string> {
  checkPassword(passwordPolicy, password)
  return hashPassword(password)
}

function groupName({ groups }: Pool, input: Input): string {
  const name = text(input, 'GroupName')
  if (!groups.has(name)) throw new AwsError('ResourceNotFoundException', 'Group not found.')
  return name
}
