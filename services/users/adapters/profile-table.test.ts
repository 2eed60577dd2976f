import { noPauses } from '#test/support/backoff.ts'
import { createTestTable } from '#test/support/table.ts'
import { register } from '../domain/profile.ts'
import { countersKey, profileKey } from '../keys.ts'
import { profilesContract } from '../ports.contract.ts'
import { profileTable } from './profile-table.ts'

const registration = register({ userId: 'u-1', email: 'mira@example.com' }, new Date('2026-05-01T10:00:00.000Z'), {
  correlationId: 'c',
  causationId: 'r',
})

describe('profiles in the table', () => {
  profilesContract(async () => profileTable(await createTestTable(), noPauses(20)))
})

test('a profile that does not match its schema is an error', async () => {
  const table = await createTestTable()
  await table.put({ ...profileKey('u-1'), ...registration.profile })
  await table.put({ ...countersKey('u-1'), orderCount: -1 })
  await expect(profileTable(table).find('u-1')).rejects.toThrow('orderCount')
})

test.each([
  ['profile', { ...profileKey('u-1'), ...registration.profile }],
  ['counters', { ...countersKey('u-1'), orderCount: 3 }],
])('a profile whose deletion leaves only the %s to be read is none', async (_, item) => {
  const table = await createTestTable()
  await table.put(item)
  expect(await profileTable(table).find('u-1')).toBeUndefined()
})

test('reads are consistent: a customer may read the profile right after the sign-up', async () => {
  const table = await createTestTable()
  await profileTable(table).find('u-1')
  expect(table.requests('BatchGetItem')).toMatchObject([{ RequestItems: { [table.name]: { ConsistentRead: true } } }])
})

test.each([
  ['profile', { ...profileKey('u-1'), ...registration.profile }],
  ['counters', { ...countersKey('u-1'), orderCount: 3 }],
])('a registration writes nothing when only the %s exist', async (_, item) => {
  const table = await createTestTable()
  await table.put(item)
  expect(await profileTable(table).create(registration)).toBe('exists')
  expect(await table.items()).toEqual([item])
})

test('a conflicting transaction is retried, and then an error', async () => {
  const table = await createTestTable()
  const profiles = profileTable(table, noPauses(2))
  table.conflictNext('TransactWriteItems', 2)
  await expect(profiles.create(registration)).rejects.toThrow('kept writing')
  table.conflictNext('TransactWriteItems', 1)
  expect(await profiles.create(registration)).toBe('created')
})
