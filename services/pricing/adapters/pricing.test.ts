import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { createTestTable } from '#test/support/table.ts'
import { codeRateTable } from '../code-rate-table.ts'
import { discountKey } from '../keys.ts'
import { discountsContract, priceListContract, codeRatesContract } from '../ports.contract.ts'
import { priceTable } from '../price-table.ts'
import { discountTable } from './discount-table.ts'

const noon = new Date('2026-11-20T12:00:00.000Z')

async function world() {
  const table = await createTestTable()
  return {
    table,
    discounts: discountTable(table),
    countUse: async (code: string) => {
      const ExpressionAttributeValues = { ':one': 1 }
      const update = { UpdateExpression: 'ADD uses :one', ExpressionAttributeValues }
      await table.client.send(new UpdateCommand({ TableName: table.name, Key: discountKey(code), ...update }))
    },
  }
}

describe('prices in the table', () => {
  priceListContract(async () => {
    const table = await createTestTable()
    return {
      prices: priceTable(table),
      addProduct: ({ sku, amount, status }) =>
        table.put({
          PK: `PRODUCT#${sku}`,
          SK: 'PRODUCT',
          sku,
          name: `The ${sku}`,
          status,
          price: { amount, currency: 'EUR' },
        }),
      addDiscount: (discount) => table.put({ ...discountKey(discount.code), ...discount }),
    }
  })
})

describe('discounts in the table', () => {
  discountsContract(world)

  test('the marker of a use that was given back outlives the archive of events by five days', async () => {
    const { table, discounts, countUse } = await world()
    await countUse('WELCOME')
    await discounts.giveBack({ code: 'WELCOME', orderId: 'ord_1' }, noon)
    const marker = (await table.items()).find(({ SK }) => SK === 'GIVENBACK#ord_1')
    expect(marker).toMatchObject({ PK: 'DISCOUNT#WELCOME', expiresAt: noon.getTime() / 1000 + 35 * 24 * 60 * 60 })
  })

  test('a conflict with another transaction can be retried', async () => {
    const { table, discounts, countUse } = await world()
    await countUse('WELCOME')
    table.conflictNext('TransactWriteItems', 1)
    const use = { code: 'WELCOME', orderId: 'ord_1' }
    expect(await discounts.giveBack(use, noon)).toBe('contended')
    expect(await discounts.giveBack(use, noon)).toBe('given-back')
  })
})

describe('code rates in the table', () => {
  codeRatesContract(async () => codeRateTable(await createTestTable()))

  test('hold no source, and expire with their minute', async () => {
    const table = await createTestTable()
    await codeRateTable(table).count('192.0.2.1', noon)
    const [item] = await table.items()
    expect(JSON.stringify(item)).not.toContain('192.0.2')
    expect(item).toMatchObject({ SK: '2026-11-20T12:00', expiresAt: noon.getTime() / 1000 + 60 })
  })
})
