import { InternalErrorException } from '@aws-sdk/client-cognito-identity-provider'
import { startTestUserPool, type TestUserPool } from '#test/support/user-pool.ts'
import { accountLookupContract, accountRemovalContract, accountsContract } from '../ports.contract.ts'
import { poolAccountLookup, poolAccountRemoval, poolAccounts } from './pool-accounts.ts'

describe('accounts in the user pool', () => {
  let pool: TestUserPool
  beforeEach(async () => {
    pool = await startTestUserPool()
  })
  afterEach(() => pool.stop())
  const world = async () => ({ ...pool, accounts: poolAccounts(pool.client) })
  accountsContract(world)
  accountLookupContract(async () => ({
    ...(await world()),
    lookup: poolAccountLookup(pool.client, pool.poolId),
  }))
  accountRemovalContract(async () => ({
    ...(await world()),
    removal: poolAccountRemoval(pool.client, pool.poolId),
  }))
})

test('an unavailable user pool is an error, and not a missing account', async () => {
  const error = new InternalErrorException({ $metadata: {}, message: 'Try again' })
  const unavailable = { send: () => Promise.reject(error) } as never
  await expect(poolAccounts(unavailable).ofToken('token')).rejects.toBe(error)
  await expect(poolAccountLookup(unavailable, 'pool').ofUser('u-1')).rejects.toBe(error)
  await expect(poolAccountRemoval(unavailable, 'pool').remove('u-1')).rejects.toBe(error)
})
