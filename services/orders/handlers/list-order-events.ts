import * as z from 'zod'
import type { StoredEvent } from '#shared/events/envelope.ts'
import { apiHandler } from '#shared/http/api-handler.ts'
import { decodeCursor, encodeCursor } from '#shared/http/page.ts'
import type { OrderReader } from '../ports.ts'
import { listOrderEvents, type TrailEvent } from '../routes.ts'
import { findOrder } from './find-order.ts'

const Cursor = z.strictObject({ seen: z.int().min(1) })

/** A trail is short (a handful of events) and only grows at its end, so that a page can be cut out by position. */
export const listOrderEventsHandler = (orders: OrderReader) =>
  apiHandler(listOrderEvents, async (request) => {
    const { limit, cursor } = request.query
    const seen = decodeCursor(cursor, Cursor)?.seen ?? 0
    const { orderId } = await findOrder(orders, request.parameters.orderId, request.userId)
    const events = await orders.trail(orderId)
    const end = seen + limit
    const items = events.slice(seen, end).map(toTrailEvent)
    return { status: 200, body: { items, ...(end < events.length ? { nextCursor: encodeCursor({ seen: end }) } : {}) } }
  })

const toTrailEvent = ({ source, type, metadata, data }: StoredEvent): z.infer<typeof TrailEvent> => ({
  id: metadata.id,
  type,
  source,
  time: metadata.time,
  data,
})
