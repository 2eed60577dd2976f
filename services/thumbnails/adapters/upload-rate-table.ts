import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { conditionalWrite } from '#shared/dynamodb/conditional-write.ts'
import { rateUpdate } from '#shared/dynamodb/rate-window.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { countRequest, RateWindow } from '#shared/rate-limit.ts'
import { ok } from '#shared/result.ts'
import { ThrottledError } from '#shared/throttle.ts'
import { uploadRateKey } from '../keys.ts'
import type { UploadRates } from '../ports.ts'

const Item = z.object({ rate: RateWindow.optional() })

/** The window is not needed after its minute. */
const lifetimeSeconds = 60 * 60

const attempts = 4

/** One write without a read: the first attempt assumes that the user has created nothing in this minute. */
export const uploadRateTable = (table: Table): UploadRates => ({
  async count(userId, time, limitPerMinute) {
    let before: RateWindow | undefined
    for (let tries = 0; tries < attempts; tries += 1) {
      const counted = countRequest(before, time, limitPerMinute)
      if (!counted.ok) return counted
      const { set, condition, names, values } = rateUpdate('rate', counted.value)
      const expiresAt = Math.floor(time.getTime() / 1000) + lifetimeSeconds
      const outcome = await conditionalWrite(
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: uploadRateKey(userId),
            UpdateExpression: `SET ${set}, expiresAt = :expiresAt`,
            ConditionExpression: condition,
            ExpressionAttributeNames: names,
            ExpressionAttributeValues: { ...values, ':expiresAt': expiresAt },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      )
      if (outcome.ok) return ok(undefined)
      before = Item.parse(outcome.failure).rate
    }
    throw new ThrottledError('Other requests of the same user kept being counted.')
  },
})
