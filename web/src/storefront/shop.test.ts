import { stageNames, stageOf } from '#infra/stages.ts'
import { categories } from '#services/catalog/domain/product.ts'
import { returnDays } from '#services/orders/domain/change.ts'
import { shop } from './shop.ts'

test('the shop is in the time zone of the stages, whose reports are about its days', () => {
  expect(new Set(stageNames.map((name) => stageOf(name).timeZone))).toEqual(new Set([shop.timeZone]))
})

test('the shop shows all categories of the catalog', () => {
  expect(shop.categories.map(({ slug }) => slug).toSorted()).toEqual(categories.toSorted())
})

test('the shop promises as many days to return items as the orders service allows', () => {
  expect(shop.returnDays).toBe(returnDays)
})
