import { extendHold, hold, reject, release, Reservation, ship, takeBack, type HeldReservation } from './reservation.ts'
import { cancellationOf, holdMs, line, noon, requestOf } from './stock.fixture.ts'

const later = new Date('2026-11-20T13:00:00.000Z')
const request = requestOf('a', line('MUG', 2))
const held = hold(request, { time: noon, holdMs }).reservation as HeldReservation
const rejected = reject(request, [{ sku: 'MUG', requested: 2, available: 1 }], noon).reservation
const { heldUntil: _heldUntil, ...ended } = held

test('given no reservation, when stock is held, then it is held for some time', () => {
  expect(Reservation.parse(held)).toEqual({
    orderId: 'a',
    lines: [line('MUG', 2)],
    status: 'held',
    version: 1,
    correlationId: 'correlation-of-a',
    createdAt: noon.toISOString(),
    updatedAt: noon.toISOString(),
    heldUntil: '2026-11-20T12:15:00.000Z',
  })
})

test('given a held reservation, when it is released, then it keeps its lines, and StockReleased is published', () => {
  const released = { ...ended, status: 'released', version: 2, updatedAt: later.toISOString() }
  const change = release(held, cancellationOf('a'), later)!
  expect(change.reservation).toEqual(released)
  expect(change.events).toMatchObject([
    {
      type: 'StockReleased',
      metadata: { id: 'StockReleased/a/2', ...cancellationOf('a').cause },
      data: { orderId: 'a', lines: [line('MUG', 2)], reason: 'cancelled' },
    },
  ])
  expect(Reservation.parse(released)).toEqual(released)
})

test('given no reservation, when it is released, then a tombstone without lines remains', () => {
  const { reservation, events } = release(undefined, cancellationOf('a'), noon)!
  expect(reservation).toEqual({ ...ended, status: 'released', lines: [] })
  expect(events).toEqual([])
  expect(Reservation.parse(reservation)).toEqual(reservation)
})

test.each<Reservation>([rejected, { ...ended, status: 'released' }, { ...ended, status: 'shipped' }])(
  'given a $status reservation, when it is released, then nothing changes',
  (reservation) => {
    expect(release(reservation, cancellationOf('a'), later)).toBeUndefined()
  },
)

test('given shipped pieces, when some come back, then each is taken back once, and none more than was shipped', () => {
  const shipped = ship(held, later)
  const back = (from: typeof shipped, eventId: string, quantity: number) =>
    takeBack(from, { eventId, lines: [line('MUG', quantity), line('TEA', 1)] }, later)
  const first = back(shipped, 'first', 1)!
  expect(first.lines).toEqual([line('MUG', 1)])
  expect(back(first.reservation, 'first', 1)).toBeUndefined()
  const second = back(first.reservation, 'second', 5)!
  expect(second.lines).toEqual([line('MUG', 1)])
  expect(back(second.reservation, 'third', 1)!.lines).toEqual([])
  expect(Reservation.parse(second.reservation)).toEqual(second.reservation)
  expect(second.reservation).toMatchObject({ status: 'shipped', version: 4 })
})

test('given a held reservation, when its hold is extended, then only the end of the hold changes', () => {
  const changed = { version: 2, updatedAt: later.toISOString(), heldUntil: '2026-11-20T13:15:00.000Z' }
  expect(extendHold(held, later, holdMs)).toEqual({ ...held, ...changed })
})

test.each([
  ['a held reservation without an end', { ...ended, status: 'held' }],
  ['an unknown status', { ...ended, status: 'reserved' }],
  ['a reservation without a version', { ...held, version: undefined }],
  ['a line without pieces', { ...held, lines: [line('MUG', 0)] }],
])('%s does not match the schema', (_, item) => {
  expect(Reservation.safeParse(item).success).toBe(false)
})
