import { createTestTable } from '#test/support/table.ts'
import { noticesContract } from '../ports.contract.ts'
import { noticeTable } from './notice-table.ts'

describe('notices in the table', () => {
  noticesContract(async () => noticeTable(await createTestTable()))
})

test('a mark is kept longer than an archive can replay its event, and holds nothing personal', async () => {
  const table = await createTestTable()
  const notices = noticeTable(table)
  const now = new Date('2026-05-01T10:00:00.000Z')
  await notices.claim('OrderReserved/ord_1/2', { now, leaseMs: 30_000 })
  await notices.settle('OrderReserved/ord_1/2', { status: 'sent', now })
  expect(await table.items()).toEqual([
    {
      PK: 'NOTICE#OrderReserved/ord_1/2',
      SK: 'NOTICE',
      status: 'sent',
      settledAt: now.toISOString(),
      expiresAt: now.getTime() / 1000 + 35 * 24 * 60 * 60,
    },
  ])
})
