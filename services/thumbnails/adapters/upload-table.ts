import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Table } from '#shared/dynamodb/table.ts'
import { eventsAttribute } from '#shared/events/envelope.ts'
import { Upload } from '../domain/upload.ts'
import type { UploadReader, UploadSettler, UploadWriter } from '../ports.ts'
import { uploadKey } from '../keys.ts'

export const uploadTable = (table: Table): UploadReader & UploadWriter & UploadSettler => ({
  /** Consistent: a client asks right after the form was made, and an event must not miss its upload. */
  async find(uploadId) {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: uploadKey(uploadId), ConsistentRead: true }),
    )
    return Item && Upload.parse(Item)
  },

  async create(upload) {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...uploadKey(upload.uploadId), ...upload },
        ConditionExpression: 'attribute_not_exists(PK)',
      }),
    )
  },

  async settle(upload, event) {
    const outcome = upload.status === 'READY' ? { thumbnails: upload.thumbnails } : { reason: upload.reason }
    const fields = Object.entries({
      status: upload.status,
      version: upload.version,
      ...outcome,
      [eventsAttribute]: [event],
    })
    try {
      await table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: uploadKey(upload.uploadId),
          UpdateExpression: `SET ${fields.map(([name]) => `#${name} = :${name}`).join(', ')} REMOVE expiresAt`,
          ConditionExpression: '#status = :pending AND #version = :before',
          ExpressionAttributeNames: Object.fromEntries(fields.map(([name]) => [`#${name}`, name])),
          ExpressionAttributeValues: {
            ...Object.fromEntries(fields.map(([name, value]) => [`:${name}`, value])),
            ':pending': 'PENDING',
            ':before': upload.version - 1,
          },
        }),
      )
      return 'settled'
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'settled-before'
      throw error
    }
  },
})
