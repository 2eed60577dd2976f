import { OrderPlaced } from '#services/orders/events.ts'
import { UserDeleted } from '#services/users/events.ts'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { subtract, type PlacedOrder } from '../domain/cart.ts'
import type { Carts } from '../ports.ts'

export interface UpdateCartDependencies {
  readonly carts: Carts
  readonly now: () => Date
  readonly backoff: Backoff
}

/** Ordered pieces leave the cart, and a customer who deletes their account leaves none. */
export const updateCartHandler = ({ carts, now, backoff }: UpdateCartDependencies) => {
  async function subtractOrder(userId: string, order: PlacedOrder) {
    const cart = await carts.find(userId, now())
    const next = cart && subtract(cart, order)
    return next ? carts.change(userId, next) : 'unchanged'
  }

  return eventConsumer(
    [OrderPlaced, UserDeleted],
    async (event) => {
      if (event.type === 'UserDeleted') {
        await carts.close(event.data.userId, now())
        return { outcome: 'closed' }
      }
      const { customerId, items, placedAt } = event.data
      const order = { eventId: event.metadata.id, placedAt, items }
      const outcome = await retryWhileContended(
        backoff,
        () => subtractOrder(customerId, order),
        (each) => each === 'stale',
      )
      if (outcome === 'stale') throw new Error('The customer keeps changing the cart.')
      return { outcome }
    },
    ({ data }) => ('customerId' in data ? data.customerId : data.userId),
  )
}
