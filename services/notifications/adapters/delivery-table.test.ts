import { createTestTable } from '#test/support/table.ts'
import { deliveriesContract } from '../ports.contract.ts'
import { deliveryTable } from './delivery-table.ts'

describe('deliveries in the table', () => {
  deliveriesContract(async () => deliveryTable(await createTestTable()))
})

test('a claim that the SDK repeats after a lost response is a claim, and excludes others', async () => {
  const table = await createTestTable()
  table.loseNextResponse('PutItem')
  const claim = () =>
    deliveryTable(table).claim('OrderReserved/ord_1/2', { channel: 'email', now: new Date(0), leaseMs: 30_000 })
  expect([await claim(), await claim()]).toEqual(['claimed', 'claimed-by-another'])
})

test('a delivery is stored longer than the archive can replay its event, without personal data', async () => {
  const table = await createTestTable()
  const deliveries = deliveryTable(table)
  const now = new Date('2026-05-01T10:00:00.000Z')
  await deliveries.claim('OrderReserved/ord_1/2', { channel: 'email', now, leaseMs: 30_000 })
  await deliveries.settle('OrderReserved/ord_1/2', { channel: 'email', outcome: { status: 'sent' }, time: now })
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

test('the reason of a refusal is stored, for staff', async () => {
  const table = await createTestTable()
  const deliveries = deliveryTable(table)
  const now = new Date('2026-05-01T10:00:00.000Z')
  await deliveries.claim('OrderReserved/ord_1/2', { channel: 'email', now, leaseMs: 30_000 })
  await deliveries.settle('OrderReserved/ord_1/2', {
    channel: 'email',
    outcome: { status: 'refused', reason: 'bad-request' },
    time: now,
  })
  expect(await table.items()).toMatchObject([{ status: 'refused', reason: 'bad-request' }])
})
