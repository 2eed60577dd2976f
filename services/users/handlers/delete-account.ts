import { causedBy } from '#shared/events/envelope.ts'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { UserDeleted } from '../events.ts'
import type { AccountRemoval } from '../ports.ts'
import { deleteAccount, type DeleteAccountDependencies } from '../use-cases/delete-account.ts'

/**
 * Deletes the account in the user pool, which ends every session: the queue repeats it until it is done. A profile is only
 * left in a table that was restored to a time before the deletion; it is deleted again, with an event for the other services.
 */
export const deleteAccountHandler = ({
  accounts,
  ...dependencies
}: DeleteAccountDependencies & { readonly accounts: AccountRemoval }) =>
  eventConsumer([UserDeleted], async ({ data: { userId }, metadata }) => {
    const outcome = await deleteAccount(dependencies, { userId, cause: causedBy(metadata) })
    await accounts.remove(userId)
    return { outcome: outcome === 'removed' ? 'removed-from-restored-table' : 'removed' }
  })
