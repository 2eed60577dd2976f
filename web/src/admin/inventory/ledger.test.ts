import type { Movement } from '../../api/types.ts'
import { addsUp, ledgerOf, movementText } from './ledger.ts'

const movement = (type: Movement['type'], available: number, reserved = 0, shipped = 0) =>
  ({ sku: 'MUG-1', type, available, reserved, shipped }) as Movement

/** Newest first. */
const movements = [movement('shipped', 0, -2, 2), movement('reserved', -2, 2), movement('adjusted', 10)]
const stock = { sku: 'MUG-1', available: 8, reserved: 0, shipped: 2, received: 10 }

test('each movement has the stock after it', () => {
  expect(ledgerOf(stock, movements, true).map(({ after }) => after)).toEqual([
    { available: 8, reserved: 0, shipped: 2 },
    { available: 8, reserved: 2, shipped: 0 },
    { available: 10, reserved: 0, shipped: 0 },
  ])
})

test('the newest movements alone are subtracted from the stock', () => {
  const [newest, next] = ledgerOf(stock, movements.slice(0, 2), false)
  expect([newest!.after.available, next!.after.reserved]).toEqual([8, 2])
})

test('a whole ledger adds up to the stock, except while the last movement is not recorded', () => {
  expect(addsUp(stock, movements)).toBe(true)
  expect(addsUp(stock, movements.slice(1))).toBe(false)
})

test.each([
  [movement('adjusted', 10), '10 pieces added'],
  [movement('adjusted', -1), '1 piece removed'],
  [movement('adjusted', 0), 'Low-stock threshold changed'],
  [{ ...movement('adjusted', 0), version: 1 }, 'Stock created without pieces'],
  [movement('reserved', -2, 2), '2 pieces reserved'],
  [movement('released', 2, -2), '2 pieces released again'],
  [movement('shipped', 0, -1, 1), '1 piece shipped'],
  [movement('returned', 1, 0, -1), '1 piece returned to stock'],
])('%j is “%s”', (each, text) => {
  expect(movementText(each)).toBe(text)
})
