import { createTestTable } from '#test/support/table.ts'
import { contactsContract } from '../ports.contract.ts'
import { contactTable } from './contact-table.ts'

/** As users keep a profile, with more than a contact. */
const profile = (userId: string) => ({ PK: `USER#${userId}`, SK: 'PROFILE', userId, orderCount: 3 })

describe('contacts in the table', () => {
  contactsContract(async () => {
    const table = await createTestTable()
    return {
      contacts: contactTable(table),
      register: (userId, { email, name, orderMails }) =>
        table.put({ ...profile(userId), email, name, notifications: { orderMails } }),
    }
  })
})

test('a profile without an address is broken, not unknown', async () => {
  const table = await createTestTable()
  await table.put({ ...profile('u-1'), notifications: { orderMails: true } })
  await expect(contactTable(table).find('u-1')).rejects.toThrow()
})
