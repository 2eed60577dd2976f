import { createHash } from 'node:crypto'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { conditionalWrite } from '#shared/dynamodb/conditional-write.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { failed, ok } from '#shared/result.ts'
import { codeRateKey } from './keys.ts'
import type { CodeRates } from './totals.ts'

/** Limits attempts, so that codes cannot be guessed. */
export const codesPerMinute = 10

/**
 * One write counts and checks. The item does not name who tried: addresses are personal data, and with the minute in
 * the hash, the items of one source cannot be linked. A function that uses it needs a grant of the attributes.
 */
export const codeRateTable = (table: Table): CodeRates => ({
  async count(source, now) {
    const minute = now.toISOString().slice(0, 16)
    const hash = createHash('sha256').update(`${minute} ${source}`).digest('base64url')
    const endsAt = Date.parse(`${minute}:00Z`) / 1000 + 60
    const counted = await conditionalWrite(
      table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: codeRateKey(hash, minute),
          UpdateExpression: 'SET #expiresAt = :expiresAt ADD #tries :one',
          ConditionExpression: 'attribute_not_exists(#tries) OR #tries < :limit',
          ExpressionAttributeNames: { '#tries': 'tries', '#expiresAt': 'expiresAt' },
          ExpressionAttributeValues: { ':one': 1, ':limit': codesPerMinute, ':expiresAt': endsAt },
        }),
      ),
    )
    return counted.ok ? ok(undefined) : failed({ retryAfterSeconds: Math.ceil(endsAt - now.getTime() / 1000) })
  },
})
