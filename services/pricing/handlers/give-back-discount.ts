import { OrderCancelled, OrderPaymentFailed, OrderRejected } from '#services/orders/events.ts'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { ThrottledError } from '#shared/throttle.ts'
import type { Discounts } from '../ports.ts'

export interface GiveBackDependencies {
  readonly discounts: Discounts
  readonly now: () => Date
  readonly backoff: Backoff
}

/** An order that ends unsuccessfully gives back the use of a limited code. */
export const giveBackDiscountHandler = ({ discounts, now, backoff }: GiveBackDependencies) =>
  eventConsumer(
    [OrderCancelled, OrderRejected, OrderPaymentFailed],
    async ({ data }) => {
      const { orderId, discountCode: code, discountUseCounted } = data
      if (code === undefined || !discountUseCounted) return { outcome: 'not-counted' }
      const outcome = await retryWhileContended(
        backoff,
        () => discounts.giveBack({ code, orderId }, now()),
        (each) => each === 'contended',
      )
      if (outcome === 'contended') throw new ThrottledError('Orders keep counting uses of the same discount.')
      return { outcome }
    },
    ({ data }) => data.discountCode ?? data.orderId,
  )
