import { compareLeftovers, leftovers } from './leftovers.ts'

const inventory = (kinds: Record<string, string[]>) => new Map(Object.entries(kinds))

test('what was there before is not left over', () => {
  const before = inventory({ bucket: ['cdk-assets'], table: [] })
  const after = inventory({ bucket: ['cdk-assets', 'pictures'], table: ['orders'] })
  expect(leftovers(before, after)).toEqual(['bucket pictures', 'table orders'])
  expect(leftovers(after, after)).toEqual([])
})

test('equal names of different kinds are different resources', () => {
  expect(leftovers(inventory({ table: ['shop'] }), inventory({ table: ['shop'], bucket: ['shop'] }))).toEqual([
    'bucket shop',
  ])
})

test('a kind that was not looked at before counts whole', () => {
  expect(leftovers(inventory({}), inventory({ queue: ['orders'] }))).toEqual(['queue orders'])
})

test('what is left is kept on purpose, stray, or lost', () => {
  expect(compareLeftovers(['table orders', 'queue orders'], ['table orders', 'user pool shop'])).toEqual({
    kept: ['table orders'],
    stray: ['queue orders'],
    lost: ['user pool shop'],
  })
})
