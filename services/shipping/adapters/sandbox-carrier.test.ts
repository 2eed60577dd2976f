import { createTestTable } from '#test/support/table.ts'
import { carrierContract } from '../ports.contract.ts'
import { sandboxCarrier } from './sandbox-carrier.ts'

carrierContract(async () => {
  let now = new Date('2026-11-20T12:00:00.000Z')
  const carrier = sandboxCarrier(await createTestTable(), { deliveryDelaySeconds: 3, now: () => now })
  const arrive = () => {
    now = new Date(now.getTime() + 3_000)
  }
  return { carrier, arrive }
})

test('the sandbox remembers no address', async () => {
  const table = await createTestTable()
  const carrier = sandboxCarrier(table, { deliveryDelaySeconds: 3, now: () => new Date('2026-11-20T12:00:00.000Z') })
  await carrier.create({
    reference: 'ord_1',
    orderType: 'express',
    address: { name: 'Ada', line1: '1 Lane', city: 'Cork', country: 'IE' },
  })
  expect(await table.items()).toEqual([
    { PK: 'SANDBOXPARCEL#ord_1', SK: 'PARCEL', createdAt: '2026-11-20T12:00:00.000Z', isVoid: false },
  ])
})
