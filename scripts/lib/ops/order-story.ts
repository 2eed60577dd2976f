import type { StoredEvent } from '#shared/events/envelope.ts'
import type { OrderStatus } from '#services/orders/domain/order.ts'
import type { LogLine } from '../log-lines.ts'

/** Of an item `NOTICE#<event id>`: what became of the mail about an event. */
export interface Mail {
  readonly eventId: string
  readonly status: 'none' | 'sending' | 'sent' | 'no-contact' | 'declined'
  readonly settledAt: string | undefined
}

export interface Facts {
  readonly status: OrderStatus
  readonly trail: readonly Pick<StoredEvent, 'type' | 'metadata'>[]
  readonly reservation: { readonly status: string } | undefined
  /** Of each event of the trail that a customer gets mail about. */
  readonly mails: readonly Mail[]
  /** Ids of the events that the relay has logged as published; its log is kept for a while only. */
  readonly published: ReadonlySet<string>
  /** Names of the consumers that the stage has, without its prefix: `inventory-reserve-stock`. */
  readonly consumers: readonly string[]
}

/** Something that the order's way stands before. */
export interface Wait {
  readonly for: string
  /** Whose work it is, when a consumer's. */
  readonly consumer?: string
}

/** What has to happen next, the order's own way first; nothing: it is at its end, as far as the stage goes. */
export function waitsOf({ status, trail, reservation, mails, published, consumers }: Facts): Wait[] {
  const placed = trail.find(({ type }) => type === 'OrderPlaced')
  const next = nextStep(status, reservation, consumers)
  return [
    ...(next === undefined ? [] : [next]),
    ...(next !== undefined && placed !== undefined && status === 'PLACED' && !published.has(placed.metadata.id)
      ? [{ for: `the event relay to publish ${placed.metadata.id}: its log does not tell of it` }]
      : []),
    ...mails.filter(({ status: mail }) => mail === 'none' || mail === 'sending').map(mailWait),
  ]
}

function nextStep(
  status: OrderStatus,
  reservation: Facts['reservation'],
  consumers: readonly string[],
): Wait | undefined {
  switch (status) {
    case 'PLACED':
      return reservation === undefined
        ? { for: 'the stock to be decided', consumer: 'inventory-reserve-stock' }
        : { for: `the order to take up that its stock is ${reservation.status}`, consumer: 'orders-apply-events' }
    // The services behind these may not be installed, and then the order has come to its end.
    case 'RESERVED':
      return ofService('payments', 'the payment', consumers)
    case 'PAID':
      return ofService('shipping', 'the shipment', consumers)
    case 'SHIPPED':
      return { for: 'the carrier to deliver it' }
    case 'RETURN_REQUESTED':
      return { for: "staff's refund" }
    default:
      return undefined
  }
}

function ofService(service: string, what: string, consumers: readonly string[]): Wait | undefined {
  const consumer = consumers.find((name) => name.startsWith(`${service}-`))
  return consumer === undefined ? undefined : { for: what, consumer }
}

const mailWait = ({ eventId, status }: Mail): Wait => ({
  for: `the mail about ${eventId}${status === 'sending' ? ', which was begun and not confirmed' : ''}`,
  consumer: 'notifications-send-mail',
})

/** The events that the relay says it published, by the lines of its log. */
export function publishedIn(lines: readonly LogLine[]): Set<string> {
  const ids = lines.flatMap(({ message }) => {
    const { message: text, event_id: id } = JSON.parse(message) as { message?: string; event_id?: string }
    return id !== undefined && text?.endsWith(' published') ? [id] : []
  })
  return new Set(ids)
}
