import { InternalErrorException } from '@aws-sdk/client-cognito-identity-provider'
import { startTestUserPool, type TestUserPool } from '#test/support/user-pool.ts'
import { accountsContract } from '../ports.contract.ts'
import { poolAccounts } from './pool-accounts.ts'

describe('accounts in the user pool', () => {
  let pool: TestUserPool
  beforeEach(async () => {
    pool = await startTestUserPool()
  })
  afterEach(() => pool.stop())
  accountsContract(async () => ({ ...pool, accounts: poolAccounts(pool.client) }))
})

test('an unavailable user pool is an error, and not a missing account', async () => {
  const error = new InternalErrorException({ $metadata: {}, message: 'Try again' })
  await expect(poolAccounts({ send: () => Promise.reject(error) } as never).ofToken('token')).rejects.toBe(error)
})
