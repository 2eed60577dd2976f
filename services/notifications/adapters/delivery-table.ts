import { randomUUID } from 'node:crypto'
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { daySeconds, recognizedDays } from '#shared/days.ts'
import { conditionalWrite, setFields } from '#shared/dynamodb/conditional-write.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { noticeKey, textKey } from '../keys.ts'
import type { Channel, Deliveries } from '../ports.ts'

const keyOf = (eventId: string, channel: Channel) => (channel === 'email' ? noticeKey(eventId) : textKey(eventId))

const Item = z.object({
  status: z.enum(['sending', 'sent', 'simulated', 'refused', 'no-contact', 'declined', 'suppressed']),
  claimId: z.string().optional(),
})

export const deliveryTable = (table: Table): Deliveries => ({
  async claim(eventId, { channel, now, leaseMs }) {
    const claimId = randomUUID()
    const claimed = await conditionalWrite(
      table.client.send(
        new PutCommand({
          TableName: table.name,
          Item: {
            ...keyOf(eventId, channel),
            status: 'sending',
            claimId,
            leaseUntil: now.getTime() + leaseMs,
            expiresAt: Math.floor(now.getTime() / 1000) + recognizedDays * daySeconds,
          },
          ConditionExpression: 'attribute_not_exists(PK) OR (#status = :sending AND leaseUntil <= :now)',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':sending': 'sending', ':now': now.getTime() },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    )
    if (claimed.ok) return 'claimed'
    const { status, claimId: stored } = Item.parse(claimed.failure)
    // The SDK repeats a write whose response was lost, and then finds what its first attempt stored.
    if (stored === claimId) return 'claimed'
    return status === 'sending' ? 'claimed-by-another' : 'settled'
  },

  async settle(eventId, { channel, outcome, time }) {
    const settled = setFields({ ...outcome, settledAt: time.toISOString() })
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: keyOf(eventId, channel),
        ...settled,
        UpdateExpression: `${settled.UpdateExpression} REMOVE leaseUntil, claimId`,
        ConditionExpression: 'attribute_exists(PK)',
      }),
    )
  },
})
