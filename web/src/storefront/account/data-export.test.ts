import { exportAll, type ExportPage } from './data-export.ts'

const order = (orderId: string) => ({ orderId, events: [] })

test('all pages become one document, and a short page is not the end', async () => {
  const profile = { userId: 'ada' } as NonNullable<ExportPage['profile']>
  const pages: Record<string, ExportPage> = {
    first: { profile, cart: { items: [] }, orders: [order('ord_3')], nextCursor: 'b' },
    b: { orders: [], nextCursor: 'c' },
    c: { orders: [order('ord_2'), order('ord_1')] },
  }
  const counts: number[] = []
  const all = await exportAll(
    (cursor) => Promise.resolve(pages[cursor ?? 'first']!),
    (count) => counts.push(count),
  )
  expect(all).toEqual({ profile, cart: { items: [] }, orders: [order('ord_3'), order('ord_2'), order('ord_1')] })
  expect(counts).toEqual([1, 1])
})

test('a page that fails fails the export: half of the data is not everything', async () => {
  const read = (cursor?: string): Promise<ExportPage> =>
    cursor ? Promise.reject(new Error('offline')) : Promise.resolve({ orders: [], nextCursor: 'b' })
  await expect(exportAll(read, () => undefined)).rejects.toThrow('offline')
})
