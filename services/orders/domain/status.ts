/** Every status that an order can have, whichever services are installed. */
export const orderStatuses = [
  'PLACED',
  'RESERVED',
  'REJECTED',
  'PAID',
  'PAYMENT_FAILED',
  'CANCELLED',
  'SHIPPED',
  'DELIVERED',
  'RETURN_REQUESTED',
  'REFUNDED',
] as const
export type OrderStatus = (typeof orderStatuses)[number]

/** The diagram of an order's life: where each status may go. A return of some lines leads back to DELIVERED. */
export const transitions = {
  PLACED: ['RESERVED', 'REJECTED', 'CANCELLED'],
  RESERVED: ['PAID', 'PAYMENT_FAILED', 'CANCELLED'],
  REJECTED: [],
  PAID: ['SHIPPED', 'CANCELLED'],
  PAYMENT_FAILED: [],
  CANCELLED: [],
  SHIPPED: ['DELIVERED', 'RETURN_REQUESTED'],
  DELIVERED: ['RETURN_REQUESTED'],
  RETURN_REQUESTED: ['DELIVERED', 'REFUNDED'],
  REFUNDED: [],
} as const satisfies Record<OrderStatus, readonly OrderStatus[]>

export const canMove = (from: OrderStatus, to: OrderStatus): boolean =>
  (transitions[from] as readonly OrderStatus[]).includes(to)

/**
 * The statuses that an installed service leads on from by itself, within seconds. An order that keeps one of them waits
 * for nobody: something is broken. A service that takes over from a status adds it here.
 */
export const passingStatuses = ['PLACED'] as const satisfies readonly OrderStatus[]

export const isPassing = (status: OrderStatus): boolean => (passingStatuses as readonly OrderStatus[]).includes(status)
