import type { Group } from './groups.ts'
import type { User } from './directory.ts'
import { seconds } from './input.ts'

export const attributeList = (user: User) => Object.entries(user.attributes).map(([Name, Value]) => ({ Name, Value }))

/** A user in the format of ListUsers and AdminCreateUser. */
export const userView = (user: User) => ({
  Username: user.username,
  Attributes: attributeList(user),
  UserCreateDate: seconds(user.createdAtMs),
  UserLastModifiedDate: seconds(user.modifiedAtMs),
  Enabled: user.enabled,
  UserStatus: user.status,
})

export const groupView = (poolId: string, group: Group) => ({
  GroupName: group.name,
  UserPoolId: poolId,
  Description: group.description,
  Precedence: group.precedence,
  CreationDate: seconds(group.createdAtMs),
  LastModifiedDate: seconds(group.createdAtMs),
})
