import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { CreatedResource } from '../assembly/provider.ts'
import { systemClock, type Clock } from '../clock.ts'
import { DynamoDbService } from '../dynamodb/service.ts'
import { allowAll, type AccessControl } from '../iam/types.ts'
import { SqsService } from '../sqs/service.ts'
import { createQueue } from '../sqs/testing.ts'
import { State } from '../state/state.ts'
import { declare } from '../wire/testing.ts'
import type { InvocationLine } from './invocation-log.ts'
import { LambdaService, type LambdaOptions } from './service.ts'

const fixtures = fileURLToPath(new URL('./fixtures', import.meta.url))

export const administrator = { kind: 'administrator' } as const

/** A Lambda service with a real queue and table service; it records everything that the service reports. */
export class Bakery {
  readonly state: State
  readonly sqs: SqsService
  readonly dynamodb: DynamoDbService
  readonly lambda: LambdaService
  readonly invocations: InvocationLine[] = []
  /** All log lines in order. */
  readonly logLines: string[] = []
  readonly warnings: string[] = []
  readonly puts: { bucket: string; key: string; body: any }[] = []

  constructor(options: { clock?: Clock; state?: State; access?: AccessControl } & Partial<LambdaOptions> = {}) {
    const { clock = systemClock, access = allowAll } = options
    this.state = options.state ?? new State(':memory:')
    const common = { state: this.state, clock, access }
    this.sqs = new SqsService({ ...common, endpoint: () => 'http://127.0.0.1:4566' })
    this.dynamodb = new DynamoDbService(common)
    this.lambda = new LambdaService({
      iam: {
        createKey: (roleArn, functionName) => ({
          accessKeyId: `key-of-${functionName}`,
          secretAccessKey: `secret-of-${roleArn}`,
          sessionToken: 'token',
        }),
      },
      environment: () => ({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }),
      assetDirectory: ({ S3Key }) => ({ fixtures, zipped: '/assets/code.zip' })[S3Key],
      logs: {
        hasGroup: () => true,
        append: (_group, _stream, messages) => this.logLines.push(...messages.map((each) => each.message)),
      },
      sqs: this.sqs,
      streams: this.dynamodb.streams,
      putObject: (bucket, key, body) => this.puts.push({ bucket, key, body: JSON.parse(body.toString()) }),
      report: (line) => this.invocations.push(line),
      warn: (message) => this.warnings.push(message),
      ...options,
      ...common,
    })
  }

  async create(type: string, properties: Record<string, unknown>): Promise<CreatedResource> {
    return declare(this.lambda.providers, type, 'Thing', properties, 'bakery')
  }

  /** Deploys the function of fixtures/bakery.mjs; `properties` override the defaults. @returns its ARN */
  async deploy(properties: Record<string, unknown> = {}): Promise<string> {
    const created = await this.create('AWS::Lambda::Function', {
      FunctionName: 'bakery',
      Runtime: 'nodejs24.x',
      Handler: 'bakery.handler',
      Role: 'arn:aws:iam::000000000000:role/baker',
      Code: { S3Bucket: 'assets', S3Key: 'fixtures' },
      Timeout: 10,
      MemorySize: 256,
      ...properties,
    })
    return created.attributes!.Arn as string
  }

  queue(name: string, VisibilityTimeout = 30, RedrivePolicy?: object) {
    return createQueue(this.sqs, name, { VisibilityTimeout, ...(RedrivePolicy && { RedrivePolicy }) }).arn
  }

  /** The messages that can be received from a queue now. */
  async messages(queueArn: string) {
    return this.sqs.receive(queueArn, { max: 10, waitMs: 0, visibilityTimeoutSeconds: 0 })
  }

  depth(queueArn: string) {
    const { visible, inFlight } = this.sqs.depths().find((each) => each.arn === queueArn)!
    return { visible, inFlight }
  }

  /** Creates a table with a stream. @returns the stream's ARN */
  async table(): Promise<string> {
    const created = await declare(this.dynamodb.providers, 'AWS::DynamoDB::Table', 'Loaves', {
      TableName: 'loaves',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    })
    return created.attributes!.StreamArn as string
  }

  async putItems(...ids: string[]): Promise<void> {
    for (const id of ids) await this.putItem({ id: { S: id } })
  }

  async putItem(Item: Record<string, object>): Promise<void> {
    await this.dynamodb.execute('PutItem', { TableName: 'loaves', Item })
  }

  async deleteItem(Key: Record<string, object>): Promise<void> {
    await this.dynamodb.execute('DeleteItem', { TableName: 'loaves', Key })
  }

  async stop(): Promise<void> {
    await this.lambda.stop()
    this.sqs.stop()
    this.dynamodb.stop()
  }
}

/** Waits until `condition` is true; real processes need real time. @throws Error after two minutes */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 120_000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not true within two minutes: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** A zombie, which has ended but was not yet reaped by its parent, is not alive. */
export const isAlive = (pid: number): boolean => !['', 'Z'].includes(stateOf(pid))

export const isStopped = (pid: number): boolean => stateOf(pid) === 'T'

const stateOf = (pid: number) =>
  spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
    .stdout.trim()
    .slice(0, 1)
