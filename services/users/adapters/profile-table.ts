import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { batchGet } from '#shared/dynamodb/batch-get.ts'
import { conditionalWrite } from '#shared/dynamodb/conditional-write.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { transactWrite, type TransactItem, type TransactionOutcome } from '#shared/dynamodb/transact-write.ts'
import { outboxOf } from '#shared/events/outbox.ts'
import { realBackoff, retryWhileContended } from '#shared/retry.ts'
import {
  OrderCounters,
  Profile,
  registeredEventId,
  type Deletion,
  type ProfileChanges,
  type Registration,
} from '../domain/profile.ts'
import { ThrottledError } from '#shared/throttle.ts'
import { countersKey, deletedUserKey, eventKey, profileKey, userMailKey } from '../keys.ts'
import type { Profiles, StoredProfile } from '../ports.ts'

const defaultBackoff = realBackoff({ attempts: 4, baseMs: 25, maxMs: 200 })

export const profileTable = (table: Table, backoff = defaultBackoff): Profiles => {
  /** @throws ThrottledError when other transactions keep writing the same items */
  async function transaction(items: TransactItem[]): Promise<Exclude<TransactionOutcome, { kind: 'conflict' }>> {
    const outcome = await retryWhileContended(
      backoff,
      () => transactWrite(table, items),
      ({ kind }) => kind === 'conflict',
    )
    if (outcome.kind === 'conflict') throw new ThrottledError('Another transaction kept writing the same profile.')
    return outcome
  }

  return {
    /**
     * Consistent: a customer may read the profile right after sign-up. The two items are written and deleted together, but not
     * read together: one alone is read while that happens.
     */
    async find(userId) {
      const items = await batchGet(table, [profileKey(userId), countersKey(userId)], { consistent: true })
      if (items.length < 2) return undefined
      const item = (key: { SK: string }) => items.find(({ SK }) => SK === key.SK)
      return { ...Profile.parse(item(profileKey(userId))), ...OrderCounters.parse(item(countersKey(userId))) }
    },

    async create(registration) {
      const outcome = await transaction(registrationItems(table.name, registration))
      if (outcome.kind === 'committed') return 'created'
      return outcome.failed.has(0) ? 'deleted' : 'exists'
    },

    async changeEmail(profile, email) {
      const { userId, email: before } = profile
      const condition = unchanged(profile)
      const change: TransactItem[] = [
        {
          Update: {
            TableName: table.name,
            Key: profileKey(userId),
            UpdateExpression: 'SET email = :email',
            ...condition,
            ExpressionAttributeValues: { ...condition.ExpressionAttributeValues, ':email': email },
          },
        },
        mailReference(table.name, userId, email),
      ]
      if (before !== undefined && userMailKey(before).PK !== userMailKey(email).PK) {
        const outcome = await transaction([...change, withoutMailReference(table.name, userId, before)])
        if (outcome.kind === 'committed') return 'changed'
        // The former address is another customer's by now, whose reference stays.
        if (outcome.failed.has(0)) return 'stale'
      }
      return (await transaction(change)).kind === 'committed' ? 'changed' : 'stale'
    },

    async change(userId, changes) {
      const update = updateOf(changes)
      const outcome = await conditionalWrite(
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: profileKey(userId),
            ...update,
            ConditionExpression: 'attribute_exists(PK)',
          }),
        ),
      )
      return outcome.ok ? 'changed' : 'absent'
    },

    async changeAvatar(userId, avatar) {
      const outcome = await conditionalWrite(
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: profileKey(userId),
            UpdateExpression: 'SET avatar = :avatar',
            ConditionExpression:
              'attribute_exists(PK) AND (attribute_not_exists(avatar) OR avatar.uploadId < :uploadId)',
            ExpressionAttributeValues: { ':avatar': avatar, ':uploadId': avatar.uploadId },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      )
      if (outcome.ok) return 'changed'
      return 'PK' in outcome.failure ? 'kept' : 'absent'
    },

    async remove(deletion, profile) {
      const items = removalItems(table.name, deletion, profile)
      const { userId } = deletion
      const reference = profile?.email === undefined ? [] : [withoutMailReference(table.name, userId, profile.email)]
      let outcome = await transaction([...items, ...reference])
      // The address is another customer's by now, whose reference stays.
      if (outcome.kind === 'condition-failed' && [...outcome.failed.keys()].join() === String(items.length)) {
        outcome = await transaction(items)
      }
      if (outcome.kind === 'committed') return 'removed'
      return outcome.failed.has(0) ? 'already-removed' : 'stale'
    },
  }
}

function registrationItems(TableName: string, { profile, counters, event }: Registration): TransactItem[] {
  const { userId, email } = profile
  const notDeleted = {
    ConditionCheck: {
      TableName,
      Key: deletedUserKey(userId),
      ConditionExpression: 'attribute_not_exists(PK)',
    },
  }
  const items = [
    { ...profileKey(userId), ...profile },
    { ...countersKey(userId), ...counters },
    { ...eventKey(userId, event.metadata.id), ...outboxOf([event]) },
  ].map((Item) => ({ Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(PK)' } }))
  return [notDeleted, ...items, ...(email === undefined ? [] : [mailReference(TableName, userId, email)])]
}

/** The items of a deletion, the deletion itself and the profile first. */
function removalItems(
  TableName: string,
  deletion: Deletion,
  profile: Pick<StoredProfile, 'email' | 'orderCount'> | undefined,
): TransactItem[] {
  const { userId, event, ...rest } = deletion
  return [
    {
      Put: {
        TableName,
        Item: { ...deletedUserKey(userId), ...rest, ...outboxOf([event]) },
        ConditionExpression: 'attribute_not_exists(PK)',
      },
    },
    { Delete: { TableName, Key: profileKey(userId), ...unchanged(profile) } },
    { Delete: { TableName, Key: countersKey(userId), ...withoutNewOrder(profile) } },
    { Delete: { TableName, Key: eventKey(userId, registeredEventId(userId)) } },
  ]
}

/** The condition that the profile is the one that was read, as far as the reference from its address needs it. */
function unchanged(profile: Pick<Profile, 'email'> | undefined) {
  if (!profile) return { ConditionExpression: 'attribute_not_exists(PK)' }
  if (profile.email === undefined)
    return { ConditionExpression: 'attribute_exists(PK) AND attribute_not_exists(email)' }
  return { ConditionExpression: 'email = :before', ExpressionAttributeValues: { ':before': profile.email } }
}

/** The condition that no order was placed since the counters were read. */
const withoutNewOrder = (counters: Pick<StoredProfile, 'orderCount'> | undefined) =>
  counters
    ? { ConditionExpression: 'orderCount = :count', ExpressionAttributeValues: { ':count': counters.orderCount } }
    : { ConditionExpression: 'attribute_not_exists(PK)' }

/** The user pool lets one account have an address at a time, so that the latest one replaces what an earlier one left. */
const mailReference = (TableName: string, userId: string, email: string): TransactItem => ({
  Put: { TableName, Item: { ...userMailKey(email), userId } },
})

const withoutMailReference = (TableName: string, userId: string, email: string): TransactItem => ({
  Delete: {
    TableName,
    Key: userMailKey(email),
    ConditionExpression: 'attribute_not_exists(PK) OR userId = :userId',
    ExpressionAttributeValues: { ':userId': userId },
  },
})

/**
 * Sets each changed field by its own path, so that concurrent changes of different fields both take effect. A request
 * without changes has no expression.
 */
function updateOf({ notifications = {}, ...fields }: ProfileChanges) {
  const paths = [
    ...Object.entries(fields).map(([name, value]) => ({ path: [name], value })),
    ...Object.entries(notifications).map(([name, value]) => ({ path: ['notifications', name], value })),
  ].filter(({ value }) => value !== undefined)
  if (paths.length === 0) return {}
  const set = paths.filter(({ value }) => value !== null)
  const removed = paths.filter(({ value }) => value === null)
  return {
    UpdateExpression: [
      ...(set.length > 0 ? [`SET ${set.map((each) => `${pathOf(each)} = ${valueOf(each)}`).join(', ')}`] : []),
      ...(removed.length > 0 ? [`REMOVE ${removed.map(pathOf).join(', ')}`] : []),
    ].join(' '),
    ExpressionAttributeNames: Object.fromEntries(paths.flatMap(({ path }) => path.map((name) => [`#${name}`, name]))),
    ...(set.length > 0
      ? { ExpressionAttributeValues: Object.fromEntries(set.map((each) => [valueOf(each), each.value])) }
      : {}),
  }
}

const pathOf = ({ path }: { path: readonly string[] }) => path.map((name) => `#${name}`).join('.')
const valueOf = ({ path }: { path: readonly string[] }) => `:${path.join('_')}`
