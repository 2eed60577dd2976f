import { TooManyRequestsException } from '@aws-sdk/client-cognito-identity-provider'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { deletionOf } from '../domain/profile.ts'
import { deleteAccountHandler } from './delete-account.ts'

capturedLogs()

const deleted = (userId: string) =>
  deletionOf({ userId, orderCount: 0 }, new Date('2026-05-01T10:00:00.000Z'), { correlationId: 'c', causationId: 'r' })
    .event

test('removes the account of each event; one that fails is delivered again', async () => {
  const removed: string[] = []
  const handler = deleteAccountHandler({
    async remove(userId) {
      if (userId === 'u-2') throw new TooManyRequestsException({ $metadata: {}, message: 'Rate exceeded' })
      removed.push(userId)
    },
  })
  const { batchItemFailures } = await handler(queueEvent(['u-1', 'u-2', 'u-3'].map(deleted)))
  expect(removed).toEqual(['u-1', 'u-3'])
  expect(batchItemFailures).toEqual([{ itemIdentifier: 'm1' }])
})
