import { DeleteObjectsCommand, NoSuchBucket, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3'

/**
 * Deletes all objects of a bucket, a thousand at a time. A bucket that is gone is empty.
 * @returns how many there were
 * @throws Error naming the first object that could not be deleted
 */
export async function emptyBucket(client: S3Client, Bucket: string): Promise<number> {
  let deleted = 0
  try {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
      if (Contents.length === 0) continue
      const Objects = Contents.map(({ Key }) => ({ Key }))
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
      if (Errors[0]) throw new Error(`${Bucket}/${Errors[0].Key} could not be deleted: ${Errors[0].Message}`)
      deleted += Contents.length
    }
  } catch (error) {
    if (!(error instanceof NoSuchBucket)) throw error
  }
  return deleted
}
