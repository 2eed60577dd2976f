import { canMove, isPassing, orderStatuses, passingStatuses, transitions, type OrderStatus } from './status.ts'

/** The diagram of the design, arrow by arrow. */
const arrows: [OrderStatus, OrderStatus][] = [
  ['PLACED', 'RESERVED'],
  ['PLACED', 'REJECTED'],
  ['PLACED', 'CANCELLED'],
  ['RESERVED', 'PAID'],
  ['RESERVED', 'PAYMENT_FAILED'],
  ['RESERVED', 'CANCELLED'],
  ['PAID', 'SHIPPED'],
  ['PAID', 'CANCELLED'],
  ['SHIPPED', 'DELIVERED'],
  ['SHIPPED', 'RETURN_REQUESTED'],
  ['DELIVERED', 'RETURN_REQUESTED'],
  ['RETURN_REQUESTED', 'DELIVERED'],
  ['RETURN_REQUESTED', 'REFUNDED'],
]

test('an order moves along the arrows of the diagram and nowhere else', () => {
  const allowed = orderStatuses.flatMap((from) =>
    orderStatuses.filter((to) => canMove(from, to)).map((to) => [from, to]),
  )
  expect(allowed.toSorted()).toEqual(arrows.toSorted())
})

test('every status but the first can be reached, and nothing leads back to the first', () => {
  const reached = new Set(Object.values(transitions).flat() as OrderStatus[])
  expect(orderStatuses.filter((status) => !reached.has(status))).toEqual(['PLACED'])
})

test('no status that is passed through is an end', () => {
  for (const status of passingStatuses) expect(transitions[status]).not.toEqual([])
  expect(orderStatuses.filter(isPassing)).toEqual(passingStatuses)
})
