import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { UserDeleted } from '../events.ts'
import type { AccountRemoval } from '../ports.ts'

/** Deletes the account in the user pool, which ends every session: the queue repeats it until it is done. */
export const deleteAccountHandler = (accounts: AccountRemoval) =>
  eventConsumer([UserDeleted], async ({ data }) => {
    await accounts.remove(data.userId)
    return { outcome: 'removed' }
  })
