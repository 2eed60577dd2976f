import {
  applyChange,
  countOf,
  isComplete,
  mergeLines,
  previewOf,
  splitRejected,
  withChanges,
  withUnavailableOf,
} from './cart.ts'

const mug = (quantity: number) => ({ sku: 'MUG-1', quantity })
const pan = (quantity: number) => ({ sku: 'PAN-1', quantity })
const full = Array.from({ length: 50 }, (_, index) => ({ sku: `SKU-${index}`, quantity: 1 }))
const euros = (amount: number) => ({ amount, currency: 'EUR' as const })

describe('a change', () => {
  test('adds to the line of the same product', () => {
    expect(applyChange([mug(1)], { kind: 'add', lines: [mug(2), pan(1)] })).toEqual([mug(3), pan(1)])
  })

  test('keeps within 99 pieces of a line and 50 lines', () => {
    const change = { kind: 'add', lines: [mug(60)] } as const
    expect(applyChange([mug(60)], change)).toEqual([mug(99)])
    expect(isComplete([mug(60)], change, [mug(99)])).toBe(false)
    const after = applyChange(full, change)
    expect(after).toEqual(full)
    expect(isComplete(full, change, after)).toBe(false)
    expect(isComplete([], change, [mug(60)])).toBe(true)
  })

  test('sets a quantity, and removes a line at 0', () => {
    expect(applyChange([mug(1), pan(2)], { kind: 'set', sku: 'PAN-1', quantity: 120 })).toEqual([mug(1), pan(99)])
    expect(applyChange([mug(1), pan(2)], { kind: 'set', sku: 'MUG-1', quantity: 0 })).toEqual([pan(2)])
  })

  test('takes out what was ordered, and nothing when it is out already', () => {
    const change = { kind: 'subtract', lines: [mug(1), pan(2)] } as const
    expect(applyChange([mug(3), pan(2)], change)).toEqual([mug(2)])
    expect(applyChange([], change)).toEqual([])
  })

  test('is shown before it is confirmed', () => {
    const item = {
      sku: 'MUG-1',
      name: 'Mug',
      quantity: 1,
      unitPrice: euros(1850),
      lineTotal: euros(1850),
      availability: 'low' as const,
    }
    const cart = { items: [item], subtotal: euros(1850), unavailable: [pan(1)] }
    expect(previewOf(cart, [mug(3), pan(1)])).toEqual({
      items: [{ ...item, quantity: 3, lineTotal: euros(5550) }],
      subtotal: euros(5550),
      unavailable: [pan(1)],
    })
    expect(previewOf(cart, [])).toEqual({ items: [], subtotal: euros(0), unavailable: [] })
  })
})

test('of two lines that cannot be ordered, the one that is removed leaves the page', () => {
  const shown = { items: [], subtotal: euros(0), unavailable: [mug(1), pan(2)] }
  const response = { ...shown, unavailable: [] }
  const removed = withChanges(shown, [{ kind: 'set', sku: 'MUG-1', quantity: 0 }])
  expect(withUnavailableOf(removed, response).unavailable).toEqual([pan(2)])
  expect(withUnavailableOf(shown, { ...response, unavailable: [mug(1)] }).unavailable).toEqual([mug(1), pan(2)])
  expect(withUnavailableOf(undefined, response)).toEqual(response)
})

test('the cart from before sign-in is merged, and a repeated merge changes nothing', () => {
  const merged = mergeLines([mug(3)], [mug(1), pan(2)])
  expect(merged).toEqual([mug(3), pan(2)])
  expect(mergeLines(merged, [mug(1), pan(2)])).toEqual(merged)
  expect(mergeLines(full, [mug(1)])).toEqual(full)
  expect(countOf(merged)).toBe(5)
})

test('lines that the API rejects are told apart from the others', () => {
  const fields = [{ pointer: '/items/1/sku', detail: 'This SKU is not in the catalog.' }]
  expect(splitRejected([mug(1), pan(2)], { status: 422, fields })).toEqual({ accepted: [mug(1)], rejected: [pan(2)] })
  expect(splitRejected([mug(1)], { status: 422, fields: [{ pointer: '/country', detail: '' }] })).toBeUndefined()
  expect(splitRejected([mug(1), pan(2)], { status: 500, fields })).toBeUndefined()
})
