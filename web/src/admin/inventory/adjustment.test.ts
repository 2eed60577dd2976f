import { adjustmentOf, emptyAdjustment } from './adjustment.ts'

const stock = { sku: 'MUG-1', available: 8, reserved: 1, shipped: 0, received: 9 }

test.each([
  [{ pieces: '24' }, { request: { add: 24 }, available: 32, action: 'Add 24 pieces' }],
  [{ pieces: ' -2 ' }, { request: { add: -2 }, available: 6, action: 'Remove 2 pieces' }],
  [{ pieces: '−1' }, { request: { add: -1 }, available: 7, action: 'Remove 1 piece' }],
  [{ pieces: '-20' }, { request: { add: -20 }, available: -12, action: 'Remove 20 pieces' }],
  [
    { kind: 'set' as const, pieces: '0' },
    { request: { set: 0 }, available: 0, action: 'Set to 0 pieces' },
  ],
  [
    { pieces: '0', threshold: '3', reason: 'Fewer buyers' },
    { request: { add: 0, reason: 'Fewer buyers', lowStockThreshold: 3 }, available: 8, action: 'Save' },
  ],
])('%j is sent', (fields, expected) => {
  expect(adjustmentOf({ ...emptyAdjustment, ...fields }, stock)).toEqual({ ok: true, ...expected })
})

test.each([
  { pieces: '' },
  { pieces: '1.5' },
  { pieces: '1e3' },
  { pieces: '0x10' },
  { kind: 'set' as const, pieces: '-1' },
  { pieces: '1', threshold: '-1' },
  { pieces: '1', threshold: 'x' },
])('%j is no adjustment', (fields) => {
  expect(adjustmentOf({ ...emptyAdjustment, ...fields }, stock).ok).toBe(false)
})
