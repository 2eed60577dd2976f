import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { GetObjectCommand, ListBucketsCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3'
import { unless } from '#scripts/lib/aws-errors.ts'
import type { Deployment } from '#scripts/lib/deployment.ts'
import { itemsIn } from '#scripts/lib/pages.ts'

/**
 * Searches everything that a local system stores, as an administrator. The pipeline's role may not: a deployment on AWS
 * keeps the data of real customers.
 */
export class StoredData {
  readonly #tableName: string
  readonly #dynamodb: DynamoDBClient
  readonly #s3: S3Client
  readonly #logs: CloudWatchLogsClient
  readonly #startTime = Date.now() - 60_000

  constructor({ clientConfiguration, tableName }: Deployment) {
    this.#tableName = tableName
    this.#dynamodb = new DynamoDBClient(clientConfiguration)
    this.#s3 = new S3Client({ ...clientConfiguration, forcePathStyle: true })
    this.#logs = new CloudWatchLogsClient(clientConfiguration)
  }

  close(): void {
    for (const client of [this.#dynamodb, this.#s3, this.#logs]) client.destroy()
  }

  async *items(): AsyncGenerator<Record<string, any>> {
    for await (const { Items = [] } of paginateScan({ client: this.#dynamodb }, { TableName: this.#tableName })) {
      yield* Items
    }
  }

  /** The place of each item, object and new log line that contains one of the texts. */
  async traces(texts: readonly string[]): Promise<string[]> {
    const found: string[] = []
    const search = (place: string, content: unknown) => {
      const text = JSON.stringify(content)
      if (texts.some((each) => text.includes(each))) found.push(`${place}: ${text}`)
    }
    for await (const item of this.items()) search('table', item)
    for await (const object of this.#objects()) search('object', object)
    for await (const line of this.#lines()) search('log', line)
    return found
  }

  async *#objects(): AsyncGenerator<{ Key: string; content: string }> {
    const { Buckets = [] } = await this.#s3.send(new ListBucketsCommand())
    for (const { Name: Bucket } of Buckets) {
      for await (const { Contents = [] } of paginateListObjectsV2({ client: this.#s3 }, { Bucket })) {
        for (const { Key } of Contents) yield { Key: Key!, content: await this.#contentOf(Bucket!, Key!) }
      }
    }
  }

  /** Of an object that is deleted meanwhile: nothing. */
  async #contentOf(Bucket: string, Key: string): Promise<string> {
    const object = await unless('NoSuchKey', this.#s3.send(new GetObjectCommand({ Bucket, Key })))
    return (await object?.Body!.transformToString('latin1')) ?? ''
  }

  async *#lines(): AsyncGenerator<string> {
    const pages = paginateDescribeLogGroups({ client: this.#logs }, {})
    for (const { logGroupName } of await itemsIn(pages, ({ logGroups }) => logGroups)) {
      const request = { logGroupName, startTime: this.#startTime }
      for await (const { events = [] } of paginateFilterLogEvents({ client: this.#logs }, request)) {
        for (const { message } of events) yield message!
      }
    }
  }
}
