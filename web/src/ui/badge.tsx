import type { Availability, OrderStatus } from '../api/types.ts'

export type BadgeLook = 'neutral' | 'info' | 'success' | 'warning' | 'danger'

export const Badge = ({ look = 'neutral', children }: { readonly look?: BadgeLook; readonly children: string }) => (
  <span className={`badge look-${look}`}>{children}</span>
)

interface Label {
  readonly text: string
  readonly look: BadgeLook
}

const availabilities = {
  'in-stock': { text: 'In stock', look: 'success' },
  low: { text: 'Only a few left', look: 'warning' },
  'out-of-stock': { text: 'Out of stock', look: 'danger' },
} as const satisfies Record<Availability, Label>

export const AvailabilityBadge = ({ availability }: { readonly availability: Availability }) => {
  const { text, look } = availabilities[availability]
  return <Badge look={look}>{text}</Badge>
}

const statuses = {
  PLACED: { text: 'Placed', look: 'info' },
  RESERVED: { text: 'Reserved', look: 'info' },
  PAID: { text: 'Paid', look: 'info' },
  SHIPPED: { text: 'Shipped', look: 'info' },
  DELIVERED: { text: 'Delivered', look: 'success' },
  RETURN_REQUESTED: { text: 'Return requested', look: 'warning' },
  REFUNDED: { text: 'Refunded', look: 'neutral' },
  CANCELLED: { text: 'Cancelled', look: 'neutral' },
  REJECTED: { text: 'Out of stock', look: 'danger' },
  PAYMENT_FAILED: { text: 'Payment failed', look: 'danger' },
} as const satisfies Record<OrderStatus, Label>

/** In the order in which an order can have them. */
export const orderStatuses = Object.keys(statuses) as OrderStatus[]

export const statusText = (status: OrderStatus): string => statuses[status].text

export const StatusBadge = ({ status }: { readonly status: OrderStatus }) => {
  const { text, look } = statuses[status]
  return <Badge look={look}>{text}</Badge>
}
