import { isDeepStrictEqual } from 'node:util'
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { batchGet } from '#shared/dynamodb/batch-get.ts'
import { conditionalWrite, setFields } from '#shared/dynamodb/conditional-write.ts'
import { mergedQuery } from '#shared/dynamodb/merged-query.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { outboxOf } from '#shared/events/outbox.ts'
import { Upload } from '../domain/upload.ts'
import type { CustomerUploads, UploadReader, UploadRemover, UploadSettler, UploadWriter } from '../ports.ts'
import { ownerPartition, uploadIndexKeys, uploadKey } from '../keys.ts'

export const uploadTable = (table: Table): UploadReader & UploadWriter & UploadSettler => ({
  /** Consistent: a client may read right after creating the upload, and an event must find it. */
  async find(uploadId) {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: uploadKey(uploadId), ConsistentRead: true }),
    )
    return Item && Upload.parse(Item)
  },

  async create(upload) {
    const { uploadId, purpose } = upload
    const outcome = await conditionalWrite(
      table.client.send(
        new PutCommand({
          TableName: table.name,
          Item: { ...uploadKey(uploadId), ...(purpose === 'avatar' ? uploadIndexKeys(upload) : {}), ...upload },
          ConditionExpression: 'attribute_not_exists(PK)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    )
    // The SDK repeats a write whose response was lost, and then finds what its first attempt stored.
    if (!outcome.ok && !isDeepStrictEqual(Upload.parse(outcome.failure), upload)) {
      throw new Error(`The id ${uploadId} is that of another upload.`)
    }
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

export const customerUploadTable = (table: Table): CustomerUploads & UploadRemover => ({
  async ofCustomer(ownerId, { size, after }) {
    const query = { partitions: [ownerPartition(ownerId)], descending: true, limit: size + 1, after } as const
    const entries = await mergedQuery(table, { index: 'GSI1', ...query })
    const page = entries.slice(0, size)
    const items = await batchGet(table, page, { consistent: true })
    const uploads = items.map((item) => Upload.parse(item)).toSorted((a, b) => (a.uploadId > b.uploadId ? -1 : 1))
    return { uploads, ...(entries.length > size ? { after: page.at(-1)!.sortKey } : {}) }
  },

  async remove(uploadId) {
    await table.client.send(new DeleteCommand({ TableName: table.name, Key: uploadKey(uploadId) }))
  },
})
