import { hold, reject, release, Reservation } from './reservation.ts'
import { holdMs, line, noon, requestOf } from './stock.fixture.ts'

const later = new Date('2026-11-20T13:00:00.000Z')
const request = requestOf('a', line('MUG', 2))
const held = hold(request, { time: noon, holdMs }).reservation
const rejected = reject(request, [{ sku: 'MUG', requested: 2, available: 1 }], noon).reservation
const { heldUntil: _heldUntil, ...ended } = held as Extract<Reservation, { status: 'held' }>

test('given no reservation, when stock is held, then it is held for some time', () => {
  expect(Reservation.parse(held)).toEqual({
    orderId: 'a',
    lines: [line('MUG', 2)],
    status: 'held',
    version: 1,
    createdAt: noon.toISOString(),
    updatedAt: noon.toISOString(),
    heldUntil: '2026-11-20T12:15:00.000Z',
  })
})

test('given a held reservation, when it is released, then it keeps its lines and has no end of the hold', () => {
  const released = { ...ended, status: 'released', version: 2, updatedAt: later.toISOString() }
  expect(release(held, 'a', later)).toEqual(released)
  expect(Reservation.parse(released)).toEqual(released)
})

test('given no reservation, when it is released, then a tombstone without lines remains', () => {
  const tombstone = release(undefined, 'a', noon)
  expect(tombstone).toEqual({ ...ended, status: 'released', lines: [] })
  expect(Reservation.parse(tombstone)).toEqual(tombstone)
})

test.each<Reservation>([rejected, { ...ended, status: 'released' }, { ...ended, status: 'shipped' }])(
  'given a $status reservation, when it is released, then nothing changes',
  (reservation) => {
    expect(release(reservation, 'a', later)).toBeUndefined()
  },
)

test.each([
  ['a held reservation without an end', { ...ended, status: 'held' }],
  ['an unknown status', { ...ended, status: 'reserved' }],
  ['a reservation without a version', { ...held, version: undefined }],
  ['a line without pieces', { ...held, lines: [line('MUG', 0)] }],
])('%s does not match the schema', (_, item) => {
  expect(Reservation.safeParse(item).success).toBe(false)
})
