import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { conditionalWrite, setFields } from '#shared/dynamodb/conditional-write.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { outboxOf } from '#shared/events/outbox.ts'
import { Upload } from '../domain/upload.ts'
import type { UploadReader, UploadSettler, UploadWriter } from '../ports.ts'
import { uploadKey } from '../keys.ts'

export const uploadTable = (table: Table): UploadReader & UploadWriter & UploadSettler => ({
  /** Consistent: a client may read right after creating the upload, and an event must find it. */
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
    const verdict = upload.status === 'READY' ? { thumbnails: upload.thumbnails } : { reason: upload.reason }
    const set = setFields({
      status: upload.status,
      version: upload.version,
      ...verdict,
      ...outboxOf([event]),
      expiresAt: undefined,
    })
    const outcome = await conditionalWrite(
      table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: uploadKey(upload.uploadId),
          ...set,
          ConditionExpression: '#status = :pending',
          ExpressionAttributeValues: { ...set.ExpressionAttributeValues, ':pending': 'PENDING' },
        }),
      ),
    )
    return outcome.ok ? 'settled' : 'already-settled'
  },
})
