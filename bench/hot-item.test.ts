import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { reservations } from '#infra/stage-settings.ts'
import { stageOf } from '#infra/stages.ts'
import { readUnits } from '#scripts/lib/cost/units.ts'
import { capacityOf } from '#scripts/lib/preflight/capacity.ts'
import { silence } from '#test/support/captured-logs.ts'
import { hotItemTable, measureHotItem, sell } from './hot-item.ts'

silence()

const manyWriters = { batchSize: 4, batchWindowSeconds: 0, maxConcurrency: 6 }

describe.each(Object.entries({ ...reservations, manyWriters }))(
  'a sale of one SKU with the settings %s',
  (_, settings) => {
    test.each([1, 2])('sells exactly the stock, and loses no order (seed %i)', async (seed) => {
      const orders = 250
      const pieces = 120
      const result = await sell({ orders, pieces, settings, seed, mixedShare: 0.3, repeatedShare: 0.05 })
      expect(result).toMatchObject({
        held: pieces,
        piecesHeld: pieces,
        rejected: orders - pieces,
        hotStock: { available: 0, reserved: pieces, received: pieces },
        deadLetters: 0,
      })
      // Otherwise this would test nothing but one transaction after the other.
      expect(result.transactions.conflicts).toBeGreaterThan(0)
      if (settings === manyWriters) expect(result.transactions.stale).toBeGreaterThan(0)
    })
  },
)

test('more writers than the settings allow conflict until orders return to the queue, and none is lost', async () => {
  const settings = { batchSize: 1, batchWindowSeconds: 0, maxConcurrency: 40 }
  const result = await sell({ orders: 60, pieces: 50, settings, seed: 1 })
  expect(result.returned).toBeGreaterThan(0)
  expect(result).toMatchObject({ held: 50, rejected: 10, deadLetters: 0, hotStock: { available: 0, reserved: 50 } })
})

test('larger batches sell one SKU faster, the default ones without a delay; docs/capacity.md has the figures', async () => {
  const measured = await measureHotItem()
  const [oneByOne, everyday, flashSale] = measured.map(({ ordersPerSecond }) => ordersPerSecond) as [
    number,
    number,
    number,
  ]
  expect(everyday / oneByOne).toBeGreaterThanOrEqual(7)
  expect(flashSale).toBeGreaterThanOrEqual(2000)
  expect(measured[1]!.singleOrderMs).toBeLessThanOrEqual(measured[0]!.singleOrderMs)

  const calculated = (settings: (typeof reservations)[keyof typeof reservations]) =>
    capacityOf({ ...stageOf('prod'), reservation: settings }, readUnits()).hotItemOrders
  expect(everyday).toBeGreaterThanOrEqual(calculated(reservations.everyday))
  expect(flashSale).toBeGreaterThanOrEqual(calculated(reservations.flashSale))

  // If this fails after a change of the reservation, paste the output of `npm run bench -- hot-item`.
  const page = readFileSync(join(import.meta.dirname, '../docs/capacity.md'), 'utf8')
  const [, printed] = /<!-- hot item -->\n\n```\n([^]*?)\n```/.exec(page) ?? []
  expect(printed).toBe(hotItemTable(measured))
})
