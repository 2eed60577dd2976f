import { createTestTable } from '#test/support/table.ts'
import { profilesContract } from '../ports.contract.ts'
import { profileTable } from './profile-table.ts'

describe('profiles in the table', () => {
  profilesContract(async () => profileTable(await createTestTable()))
})

test('a profile that is not one is found out when it is read', async () => {
  const table = await createTestTable()
  await table.put({ PK: 'USER#u-1', SK: 'PROFILE', userId: 'u-1', orderCount: -1 })
  await expect(profileTable(table).find('u-1')).rejects.toThrow('orderCount')
})
