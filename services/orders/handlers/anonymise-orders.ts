import { UserDeleted } from '#services/users/events.ts'
import type { EventOf } from '#shared/events/envelope.ts'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { forgetCustomer } from '../domain/change.ts'
import type { OrderStatus } from '../events.ts'
import { listKey, type ListPosition } from '../keys.ts'
import type { OrderChanges, OrderReader } from '../ports.ts'

const pageSize = 25

/**
 * Removes what identifies a deleted customer from their orders, page by page: now from final orders, and from others when
 * they become final. Orders that were handled before are only read, so that an interrupted run continues where it ended.
 */
export function anonymiseOrdersHandler({
  orders,
  finalStatuses,
  now,
  backoff,
}: {
  readonly orders: Pick<OrderReader, 'ofCustomer'> & Pick<OrderChanges, 'save'>
  readonly finalStatuses: readonly OrderStatus[]
  readonly now: () => Date
  readonly backoff: Backoff
}) {
  const handlePage = async (event: EventOf<typeof UserDeleted>, after: ListPosition | undefined) => {
    const page = await orders.ofCustomer(event.data.userId, { size: pageSize, after })
    const outcomes = await Promise.all(
      page.orders.map(async (from) => {
        const order = forgetCustomer(from, event, { time: now(), finalStatuses })
        return order && orders.save({ from, order })
      }),
    )
    return { ...page, outcomes }
  }

  return eventConsumer([UserDeleted], async (event) => {
    let changed = 0
    for (let after: ListPosition | undefined; ;) {
      const page = await retryWhileContended(
        backoff,
        async () => {
          const handled = await handlePage(event, after)
          changed += handled.outcomes.filter((outcome) => outcome === 'saved').length
          return handled
        },
        ({ outcomes }) => outcomes.includes('stale'),
      )
      if (page.outcomes.includes('stale')) throw new Error('An order of the deleted customer kept changing.')
      const last = page.orders.at(-1)
      if (!page.more || !last) return { outcome: 'anonymised', orders: changed }
      after = listKey(last)
    }
  })
}
