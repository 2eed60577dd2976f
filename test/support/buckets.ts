import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { ManualClock } from '@cartwheel/local/clock.ts'
import { KeyRing } from '@cartwheel/local/iam/keys.ts'
import { allowAll } from '@cartwheel/local/iam/types.ts'
import { S3Service } from '@cartwheel/local/s3/service.ts'
import { State } from '@cartwheel/local/state/state.ts'
import { WireServer } from '@cartwheel/local/wire/server.ts'
import { createAuthenticate } from '@cartwheel/local/wire/sigv4.ts'

/** S3 on a free port, which checks signatures and allows every signed call. */
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
  const folder = mkdtempSync(join(tmpdir(), 'buckets-'))
  const state = new State(join(folder, 'state'))
  const clock = new ManualClock(Date.now())
  const keys = new KeyRing()
  const events: Record<string, any>[] = []
  const directory = join(folder, 'objects')
  const publish = (event: object) => void events.push(event)
  const service = new S3Service({
    state,
    clock,
    access: allowAll,
    endpoint: () => server.endpoint,
    keys,
    directory,
    publish,
  })
  const server = new WireServer({ access: allowAll, authenticate: createAuthenticate(keys, clock) })
  server.addRestService(service.wire)
  const endpoint = await server.listen(0)
  const bucketProvider = service.providers.find(({ type }) => type === 'AWS::S3::Bucket')!
  for (const name of names) {
    const properties = {
      BucketName: name,
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    }
    await bucketProvider.create({
      stackName: 'test',
      logicalId: name,
      type: 'AWS::S3::Bucket',
      properties,
      generatedName: name,
    })
  }
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  return {
    endpoint,
    client,
    events,
    advance: (ms) => clock.advance(ms),
    async keys(bucket) {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
      return Contents.map(({ Key }) => Key!)
    },
    async stop() {
      service.stop()
      client.destroy()
      await server.close()
      state.close()
      rmSync(folder, { recursive: true })
    },
  }
}
