import { compareLeftovers, leftovers } from './leftovers.ts'

const inventory = (kinds: Record<string, string[]>) => new Map(Object.entries(kinds))

test('a resource that existed before is not a leftover', () => {
  const before = inventory({ bucket: ['cdk-assets'], table: [] })
  const after = inventory({ bucket: ['cdk-assets', 'images'], table: ['orders'] })
  expect(leftovers(before, after)).toEqual(['bucket images', 'table orders'])
  expect(leftovers(after, after)).toEqual([])
})

test('equal names of different kinds are different resources', () => {
  expect(leftovers(inventory({ table: ['shop'] }), inventory({ table: ['shop'], bucket: ['shop'] }))).toEqual([
    'bucket shop',
  ])
})

test('all resources of a kind that was not listed before are leftovers', () => {
  expect(leftovers(inventory({}), inventory({ queue: ['orders'] }))).toEqual(['queue orders'])
})

test('resources are kept as expected, stray or lost', () => {
  expect(compareLeftovers(['table orders', 'queue orders'], ['table orders', 'user pool shop'])).toEqual({
    kept: ['table orders'],
    stray: ['queue orders'],
    lost: ['user pool shop'],
  })
})
