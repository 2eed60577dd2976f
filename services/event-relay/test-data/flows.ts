import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { randomUUID } from 'node:crypto'
import type { Flow, Visit } from '#test/least-privilege/flow.ts'

/** The stored record of an item; the bucket may hold others. */
async function keyOfRecord({ s3 }: Visit['aws'], { Bucket, about }: { Bucket: string; about: string }) {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
  for (const { Key } of Contents) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
    if ((await Body!.transformToString()).includes(about)) return Key
  }
  return undefined
}

export const flows: readonly Flow[] = [
  {
    name: 'a record that cannot be published is stored in the bucket',
    leavesWork: true,
    async run({ aws, output, awaited }) {
      const Bucket = output('UnpublishedBucketName')
      const PK = `NONSENSE#${randomUUID()}`
      const Item = { PK: { S: PK }, SK: { S: 'IT' }, events: { L: [{ S: 'no event' }] }, eventId: { S: PK } }
      await aws.dynamodb.send(new PutItemCommand({ TableName: output('TableName'), Item }))
      const Key = await awaited('the record in the bucket', () => keyOfRecord(aws, { Bucket, about: PK }))
      await aws.s3.send(new DeleteObjectCommand({ Bucket, Key }))
    },
  },
]
