import { TooManyRequestsException } from '@aws-sdk/client-cognito-identity-provider'
import { noPauses } from '#test/support/backoff.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { createTestTable } from '#test/support/table.ts'
import { profileTable } from '../adapters/profile-table.ts'
import { deletionOf, register } from '../domain/profile.ts'
import { deletedUserKey } from '../keys.ts'
import { deleteAccountHandler } from './delete-account.ts'

capturedLogs()

const now = new Date('2026-05-01T10:00:00.000Z')
const cause = { correlationId: 'c', causationId: 'r' }
const deletion = (userId: string) => deletionOf({ userId, orderCount: 0 }, now, cause)

async function start() {
  const table = await createTestTable()
  const profiles = profileTable(table)
  const removed: string[] = []
  const accounts = {
    async remove(userId: string) {
      if (userId === 'u-2') throw new TooManyRequestsException({ $metadata: {}, message: 'Rate exceeded' })
      removed.push(userId)
    },
  }
  const handler = deleteAccountHandler({ profiles, accounts, now: () => now, backoff: noPauses(3) })
  const deliver = (userIds: string[]) => handler(queueEvent(userIds.map((userId) => deletion(userId).event)))
  return { table, profiles, removed, deliver }
}

test('removes the account of each event; one that fails is delivered again', async () => {
  const { table, profiles, removed, deliver } = await start()
  const userIds = ['u-1', 'u-2', 'u-3']
  for (const userId of userIds) await profiles.remove(deletion(userId), undefined)
  const before = await table.items()
  const { batchItemFailures } = await deliver(userIds)
  expect(removed).toEqual(['u-1', 'u-3'])
  expect(batchItemFailures).toEqual([{ itemIdentifier: 'm1' }])
  expect(await table.items()).toEqual(before)
})

test('an event that is replayed on a table restored to before it removes the profile again, with an event', async () => {
  const { table, profiles, removed, deliver } = await start()
  await profiles.create(register({ userId: 'u-1', email: 'mira@example.com', name: 'Mira Novak' }, now, cause))
  for (let delivery = 0; delivery < 2; delivery += 1) expect((await deliver(['u-1'])).batchItemFailures).toEqual([])
  expect(removed).toEqual(['u-1', 'u-1'])
  const items = await table.items()
  expect(items).toMatchObject([
    { ...deletedUserKey('u-1'), events: [{ type: 'UserDeleted', data: { userId: 'u-1' } }] },
  ])
  expect(JSON.stringify(items)).not.toMatch(/mira/i)
})
