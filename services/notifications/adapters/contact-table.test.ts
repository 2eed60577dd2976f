import { profileKey } from '#services/users/keys.ts'
import { createTestTable } from '#test/support/table.ts'
import { contactsContract } from '../ports.contract.ts'
import { contactTable } from './contact-table.ts'

/** A profile has more attributes than the contact. */
const profile = (userId: string) => ({ ...profileKey(userId), userId, registeredAt: '2026-05-01T10:00:00.000Z' })

describe('contacts in the table', () => {
  contactsContract(async () => {
    const table = await createTestTable()
    return {
      contacts: contactTable(table),
      register: (userId, { preferences, ...contact }) =>
        table.put({ ...profile(userId), ...contact, notifications: preferences }),
    }
  })
})

test('the read is consistent: the welcome is sent right after the sign-up', async () => {
  const table = await createTestTable()
  await contactTable(table).find('u-1')
  expect(table.requests('BatchGetItem')).toMatchObject([{ RequestItems: { [table.name]: { ConsistentRead: true } } }])
})

test('a profile without an email address has no contact', async () => {
  const table = await createTestTable()
  await table.put({ ...profile('u-1'), notifications: { email: true, sms: false } })
  expect(await contactTable(table).find('u-1')).toBeUndefined()
})
