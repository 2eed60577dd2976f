import type { AnyEventOf } from '#shared/events/envelope.ts'
import { unreachable } from '#shared/result.ts'
import { OrderRejected, OrderReserved } from '#services/orders/events.ts'
import { UserRegistered } from '#services/users/events.ts'

/** The events that a customer gets mail about. */
export const noticedEvents = [OrderReserved, OrderRejected, UserRegistered]
export type NoticedEvent = AnyEventOf<(typeof noticedEvents)[number]>

export function recipientOf(event: NoticedEvent): string {
  switch (event.type) {
    case 'OrderReserved':
    case 'OrderRejected':
      return event.data.customerId
    case 'UserRegistered':
      return event.data.userId
    default:
      return unreachable(event)
  }
}

/** Mail about orders can be declined; the welcome is part of signing up. */
export const isDeclinable = (event: NoticedEvent): boolean => event.type !== 'UserRegistered'
