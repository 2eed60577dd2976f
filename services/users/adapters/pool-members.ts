import {
  AdminGetUserCommand,
  paginateAdminListGroupsForUser,
  UserNotFoundException,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import type { PoolMembers } from '../ports.ts'

/**
 * For the client of the staff authorizer. A call is repeated twice, after up to 0.5 and 1 seconds when it was throttled: its
 * quotas are per second. Three attempts without a response fit into the function's timeout even after the issuer's
 * configuration and keys took their longest: the authorizer then fails with a logged reason, where a function that is out of
 * time has none.
 */
export const poolClientConfiguration = {
  requestHandler: { ...clientConfiguration.requestHandler, requestTimeout: 1_000 },
  maxAttempts: 3,
} as const

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
