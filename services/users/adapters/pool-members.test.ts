import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  AdminAddUserToGroupCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminRemoveUserFromGroupCommand,
  CognitoIdentityProviderClient,
  TooManyRequestsException,
} from '@aws-sdk/client-cognito-identity-provider'
import { startTestUserPool, type TestUserPool } from '#test/support/user-pool.ts'
import { poolMembersContract } from '../ports.contract.ts'
import { poolClientConfiguration, poolMembers } from './pool-members.ts'

let pool: TestUserPool
beforeEach(async () => {
  pool = await startTestUserPool()
})
afterEach(() => pool.stop())

describe('members of the user pool', () => {
  poolMembersContract(async () => {
    const { client, poolId: UserPoolId } = pool
    await pool.declareGroup('staff')
    const member = (userId: string) => ({ UserPoolId, Username: userId, GroupName: 'staff' })
    return {
      members: poolMembers(client),
      poolId: UserPoolId,
      async signUp(email) {
        return (await pool.signUp(email)).userId
      },
      async addToStaff(userId) {
        await client.send(new AdminAddUserToGroupCommand(member(userId)))
      },
      async removeFromStaff(userId) {
        await client.send(new AdminRemoveUserFromGroupCommand(member(userId)))
      },
      async disable(Username) {
        await client.send(new AdminDisableUserCommand({ UserPoolId, Username }))
      },
      async remove(Username) {
        await client.send(new AdminDeleteUserCommand({ UserPoolId, Username }))
      },
    }
  })
})

/** The client of the pool, with a response that replaces the pool's own. */
function responding(operation: string, outputOf: (input: any) => object) {
  pool.client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) =>
        commandName === operation ? { output: outputOf(args.input) as any, response: {} } : await next(args),
    { step: 'initialize' },
  )
  return poolMembers(pool.client)
}

test.each<[string, string[] | undefined, boolean]>([
  ['a software token', ['SOFTWARE_TOKEN_MFA'], true],
  ['no factor', [], false],
  ['none ever set up', undefined, false],
])('a second factor of a user with %s', async (_, UserMFASettingList, hasMfa) => {
  const { userId } = await pool.signUp('mira@example.com')
  const members = responding('AdminGetUserCommand', () => ({ Enabled: true, UserMFASettingList }))
  expect(await members.find(pool.poolId, userId)).toMatchObject({ isEnabled: true, hasMfa })
})

test('groups of every page count', async () => {
  const { userId } = await pool.signUp('mira@example.com')
  const members = responding('AdminListGroupsForUserCommand', ({ NextToken }) =>
    NextToken ? { Groups: [{ GroupName: 'staff' }] } : { Groups: [{ GroupName: 'buyers' }], NextToken: 'more' },
  )
  expect(await members.find(pool.poolId, userId)).toMatchObject({ groups: ['buyers', 'staff'] })
})

test('a throttled call is an error, and not a missing user', async () => {
  const error = new TooManyRequestsException({ $metadata: {}, message: 'Rate exceeded' })
  const members = responding('AdminGetUserCommand', () => {
    throw error
  })
  await expect(members.find(pool.poolId, 'u-1')).rejects.toBe(error)
})

/** The members of a pool that responds as `respond` does, by the client of the function, and the operations it received. */
async function fakePool(respond: (response: ServerResponse, asked: number) => void) {
  const operations: string[] = []
  const server = createServer(({ headers }, response) => {
    const operation = String(headers['x-amz-target']).replace('AWSCognitoIdentityProviderService.', '')
    operations.push(operation)
    respond(response, operations.filter((each) => each === operation).length)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = new CognitoIdentityProviderClient({
    ...poolClientConfiguration,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  onTestEnd.push(() => {
    client.destroy()
    server.closeAllConnections()
    server.close()
  })
  return { members: poolMembers(client), operations }
}

const onTestEnd: (() => void)[] = []
afterEach(() => onTestEnd.splice(0).forEach((stop) => stop()))

const [user, groups] = ['AdminGetUser', 'AdminListGroupsForUser']

test('a pool that does not respond is asked three times, and is an error', async () => {
  const { members, operations } = await fakePool(() => {})
  await expect(members.find('pool-1', 'u-1')).rejects.toMatchObject({ name: 'TimeoutError' })
  expect(operations.toSorted()).toEqual([user, user, user, groups, groups, groups])
})

test('a pool that throttles each call twice has the member', async () => {
  const throttled = { __type: 'TooManyRequestsException', message: 'Rate exceeded' }
  const { members, operations } = await fakePool((response, asked) => {
    response.writeHead(asked > 2 ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify(asked > 2 ? { Enabled: true, Groups: [{ GroupName: 'staff' }] } : throttled))
  })
  expect(await members.find('pool-1', 'u-1')).toEqual({ isEnabled: true, groups: ['staff'], hasMfa: false })
  expect(operations).toHaveLength(6)
})
