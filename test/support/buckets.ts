import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { startBuckets } from '@cartwheel/local/testing'

/** S3 on a free port, which checks signatures and allows every call of the administrator. */
export interface TestBuckets {
  readonly endpoint: string
  readonly client: S3Client
  /** The events sent to EventBridge, oldest first. */
  readonly events: Record<string, any>[]
  /** Advances S3's clock, which determines the expiration of signatures and forms. */
  advance(ms: number): void
  keys(bucket: string): Promise<string[]>
  stop(): Promise<void>
}

export async function startTestBuckets(...names: string[]): Promise<TestBuckets> {
  const { endpoint, administrator: client, published, clock, declare, stop } = await startBuckets()
  for (const name of names) {
    const NotificationConfiguration = { EventBridgeConfiguration: { EventBridgeEnabled: true } }
    await declare('AWS::S3::Bucket', name, { BucketName: name, NotificationConfiguration })
  }
  return {
    endpoint,
    client,
    events: published,
    advance: (ms) => clock.advance(ms),
    async keys(bucket) {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
      return Contents.map(({ Key }) => Key!)
    },
    async stop() {
      client.destroy()
      await stop()
    },
  }
}
