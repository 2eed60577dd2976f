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

  /** Goes through the list once. @returns whether no order is missing or kept its customer because it changed meanwhile */
  const handleList = async (event: EventOf<typeof UserDeleted>) => {
    const { orderCount = 0 } = event.data
    let listed = 0
    let changed = 0
    let isComplete = true
    for (let after: ListPosition | undefined; ;) {
      const page = await handlePage(event, after)
      listed += page.orders.length
      changed += page.outcomes.filter((outcome) => outcome === 'saved').length
      isComplete &&= !page.outcomes.includes('stale')
      const last = page.orders.at(-1)
      // The list is an index, which may miss an order of the last second.
      if (!page.more || !last) return { changed, isComplete: isComplete && listed >= orderCount }
      after = listKey(last)
    }
  }

  return eventConsumer([UserDeleted], async (event) => {
    let changed = 0
    const { isComplete } = await retryWhileContended(
      backoff,
      async () => {
        const pass = await handleList(event)
        changed += pass.changed
        return pass
      },
      (pass) => !pass.isComplete,
    )
    if (!isComplete) throw new Error('Orders of the deleted customer kept changing, or are not listed yet.')
    return { outcome: 'anonymised', orders: changed }
  })
}
