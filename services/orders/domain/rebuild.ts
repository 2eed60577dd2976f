import * as z from 'zod'
import { OrderState, Refund, type Pieces } from '../events.ts'
import { mergePieces, type Order } from './order.ts'
import { ownSource, trailOf } from './trail.ts'

/** An order event as it was published. */
export interface PublishedEvent {
  readonly type: string
  readonly metadata: { readonly id: string; readonly time: string }
  readonly data: unknown
}

/** What events do not contain: the address, and who requested or caused a change. */
export type RebuiltOrder = Omit<Order, 'shippingAddress' | 'trail' | 'customerDeleted' | 'fingerprint'>

const RefundOfEvent = z.object({ refund: Refund })

/**
 * Rebuilds an order from its published events, in any order and with duplicates: the latest event has the order's state,
 * and all of them together what was delivered and sent back.
 * @throws Error when there is none, or one is missing
 */
export function rebuild(published: readonly PublishedEvent[]): RebuiltOrder {
  const byVersion = new Map(published.map((event) => [versionOf(event), event]))
  const events = [...byVersion.entries()].toSorted(([a], [b]) => a - b).map(([, event]) => event)
  const missing = events.findIndex((event, index) => versionOf(event) !== index + 1)
  if (events.length === 0 || missing !== -1) throw new Error(`The event of version ${missing + 1 || 1} is missing.`)

  let deliveredAt: string | undefined
  let returned: Pieces[] = []
  let refundRequest: Order['refundRequest']
  for (const event of events) {
    if (event.type === 'OrderDelivered') {
      if (OrderState.parse(event.data).reason !== 'return-rejected') deliveredAt = event.metadata.time
    } else if (event.type === 'RefundRequested') {
      refundRequest = { ...RefundOfEvent.parse(event.data).refund, version: versionOf(event) }
    } else if (event.type === 'OrderRefunded') {
      refundRequest = undefined
      returned = mergePieces([...returned, ...RefundOfEvent.parse(event.data).refund.items])
    }
  }
  const latest = events.at(-1)!
  return {
    ...OrderState.parse(latest.data),
    version: events.length,
    updatedAt: latest.metadata.time,
    ...(deliveredAt === undefined ? {} : { deliveredAt }),
    ...(returned.length === 0 ? {} : { returned }),
    ...(refundRequest === undefined ? {} : { refundRequest }),
  }
}

/** The last part of the id. */
const versionOf = ({ metadata }: PublishedEvent): number => Number(metadata.id.split('/').at(-1))

/** The order as it was at an earlier version, with the address of now. */
export function atVersion(order: Order, version: number): RebuiltOrder & Pick<Order, 'shippingAddress'> {
  const own = trailOf(order).filter(({ source }) => source === ownSource)
  const events = own.slice(0, version).map(({ id, time, ...event }) => ({ ...event, metadata: { id, time } }))
  return { ...rebuild(events), shippingAddress: order.shippingAddress }
}
