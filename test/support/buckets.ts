import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { startBuckets } from '@cartwheel/local/testing'

/** S3 on a free port, which checks signatures and allows every call of the administrator. */
export async function startTestBuckets(...names: string[]) {
  const { endpoint, administrator: client, published, clock, declare, stop } = await startBuckets()
  for (const name of names) {
    const NotificationConfiguration = { EventBridgeConfiguration: { EventBridgeEnabled: true } }
    await declare('AWS::S3::Bucket', name, { BucketName: name, NotificationConfiguration })
  }
  return {
    endpoint,
    client,
    /** The events sent to EventBridge, oldest first. */
    events: published,
    /** Advances S3's clock, which determines the expiration of signatures and forms. */
    advance: (ms: number): void => void clock.advance(ms),
    async keys(bucket: string): Promise<string[]> {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
      return Contents.map(({ Key }) => Key!)
    },
    stop,
  }
}

export type TestBuckets = Awaited<ReturnType<typeof startTestBuckets>>
