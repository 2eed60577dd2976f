import {
  AdminGetUserCommand,
  paginateAdminListGroupsForUser,
  UserNotFoundException,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import type { PoolMembers } from '../ports.ts'

/** Reads the pool with the function's own permissions. Both calls accept the `sub` of a token as the user's name. */
export const poolMembers = (client: CognitoIdentityProviderClient): PoolMembers => ({
  async find(UserPoolId, userId) {
    const user = { UserPoolId, Username: userId }
    try {
      const [{ Enabled, UserMFASettingList = [] }, groups] = await Promise.all([
        client.send(new AdminGetUserCommand(user)),
        groupsOf(client, user),
      ])
      return { isEnabled: Enabled === true, groups, hasMfa: UserMFASettingList.length > 0 }
    } catch (error) {
      if (error instanceof UserNotFoundException) return undefined
      throw error
    }
  },
})

async function groupsOf(
  client: CognitoIdentityProviderClient,
  user: { readonly UserPoolId: string; readonly Username: string },
): Promise<string[]> {
  const groups: string[] = []
  for await (const { Groups = [] } of paginateAdminListGroupsForUser({ client }, user)) {
    groups.push(...Groups.map(({ GroupName }) => GroupName!))
  }
  return groups
}
