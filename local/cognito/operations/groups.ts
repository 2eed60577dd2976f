import { AwsError } from '../../wire/aws-error.ts'
import type { Operation } from '../../wire/service.ts'
import { text } from '../input.ts'
import { administrative, requireUser, type Parts } from '../parts.ts'
import { groupView } from '../user-view.ts'

type Input = Record<string, any>

export const groupOperations = (parts: Parts): Record<string, Operation> => ({
  CreateGroup: administrative('CreateGroup', (input) => createGroup(parts, input)),
  ListGroups: administrative('ListGroups', (input) => {
    const { poolId } = parts.pools.pool(input['UserPoolId'])
    return { Groups: parts.groups.list(poolId).map((group) => groupView(poolId, group)) }
  }),
  AdminAddUserToGroup: administrative('AdminAddUserToGroup', (input) => {
    const { user, groupName } = member(parts, input)
    parts.groups.join(user, groupName)
  }),
  AdminRemoveUserFromGroup: administrative('AdminRemoveUserFromGroup', (input) => {
    const { user, groupName } = member(parts, input)
    parts.groups.leave(user, groupName)
  }),
  AdminListGroupsForUser: administrative('AdminListGroupsForUser', (input) => {
    const pool = parts.pools.pool(input['UserPoolId'])
    const user = requireUser(parts, pool, text(input, 'Username'))
    return { Groups: parts.groups.of(user).map((group) => groupView(pool.poolId, group)) }
  }),
})

function createGroup(parts: Parts, input: Input) {
  const { poolId } = parts.pools.pool(input['UserPoolId'])
  const name = text(input, 'GroupName')
  if (parts.groups.find(poolId, name))
    throw new AwsError('GroupExistsException', 'A group with the name already exists.')
  const group = {
    name,
    description: input['Description'],
    precedence: input['Precedence'],
    createdAtMs: parts.clock.now(),
  }
  parts.groups.put(poolId, group)
  return { Group: groupView(poolId, group) }
}

function member(parts: Parts, input: Input) {
  const pool = parts.pools.pool(input['UserPoolId'])
  const user = requireUser(parts, pool, text(input, 'Username'))
  const groupName = text(input, 'GroupName')
  if (!parts.groups.find(pool.poolId, groupName)) throw new AwsError('ResourceNotFoundException', 'Group not found.')
  return { user, groupName }
}
