import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { batchGet } from '#shared/dynamodb/batch-get.ts'
import { setFields } from '#shared/dynamodb/conditional-write.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { transactWrite } from '#shared/dynamodb/transact-write.ts'
import { outboxOf } from '#shared/events/outbox.ts'
import { realBackoff, retryWhileContended } from '#shared/retry.ts'
import { OrderCounters, Profile, type Registration } from '../domain/profile.ts'
import { ThrottledError } from '#shared/throttle.ts'
import { countersKey, eventKey, profileKey } from '../keys.ts'
import type { Profiles } from '../ports.ts'

const defaultBackoff = realBackoff({ attempts: 4, baseMs: 25, maxMs: 200 })

export const profileTable = (table: Table, backoff = defaultBackoff): Profiles => ({
  /** Consistent: a customer may read the profile right after sign-up. */
  async find(userId) {
    const items = await batchGet(table, [profileKey(userId), countersKey(userId)], { consistent: true })
    if (items.length === 0) return undefined
    const item = (key: { SK: string }) => items.find(({ SK }) => SK === key.SK)
    return { ...Profile.parse(item(profileKey(userId))), ...OrderCounters.parse(item(countersKey(userId))) }
  },

  async create(registration) {
    const outcome = await retryWhileContended(
      backoff,
      () => transactWrite(table, registrationItems(table.name, registration)),
      ({ kind }) => kind === 'conflict',
    )
    if (outcome.kind === 'conflict') throw new ThrottledError('Another transaction kept writing the same profile.')
    return outcome.kind === 'committed' ? 'created' : 'exists'
  },

  async changeEmail(userId, email) {
    const changed = setFields({ email })
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: profileKey(userId),
        ...changed,
        ConditionExpression: 'attribute_exists(PK)',
      }),
    )
  },
})

function registrationItems(TableName: string, { profile, counters, event }: Registration) {
  const ConditionExpression = 'attribute_not_exists(PK)'
  return [
    { ...profileKey(profile.userId), ...profile },
    { ...countersKey(profile.userId), ...counters },
    { ...eventKey(profile.userId, event.metadata.id), ...outboxOf([event]) },
  ].map((Item) => ({ Put: { TableName, Item, ConditionExpression } }))
}
