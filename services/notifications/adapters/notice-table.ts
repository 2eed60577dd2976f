import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import * as z from 'zod'
import type { Table } from '#shared/dynamodb/table.ts'
import type { Notices } from '../ports.ts'
import { noticeKey } from '../keys.ts'

/** Longer than the archive can replay an event (30 days). */
const keptDays = 35

const NoticeItem = z.object({ status: z.enum(['sending', 'sent', 'simulated', 'no-contact', 'declined']) })

export function noticeTable(table: Table): Notices {
  return {
    async claim(eventId, { now, leaseMs }) {
      try {
        await table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: {
              ...noticeKey(eventId),
              status: 'sending',
              leaseUntil: now.getTime() + leaseMs,
              expiresAt: Math.floor(now.getTime() / 1000) + keptDays * 24 * 60 * 60,
            },
            ConditionExpression: 'attribute_not_exists(PK) OR (#status = :sending AND leaseUntil <= :now)',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: { ':sending': 'sending', ':now': now.getTime() },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        )
        return 'claimed'
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error
        const { status } = NoticeItem.parse(unmarshall(error.Item ?? {}))
        return status === 'sending' ? 'claimed-by-another' : status
      }
    },

    async settle(eventId, { status, now }) {
      await table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: noticeKey(eventId),
          UpdateExpression: 'SET #status = :status, settledAt = :now REMOVE leaseUntil',
          ConditionExpression: 'attribute_exists(PK)',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':status': status, ':now': now.toISOString() },
        }),
      )
    },
  }
}
