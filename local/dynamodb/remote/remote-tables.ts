import { AwsError } from '../../wire/aws-error.ts'
import type { Engine } from '../engine.ts'
import type { Table } from '../schema.ts'
import { describeTable } from '../table-description.ts'
import type { TableEndpoint } from './endpoint.ts'

interface RemoteIndex {
  readonly IndexName: string
  readonly KeySchema: unknown
  readonly Projection: { ProjectionType?: string; NonKeyAttributes?: readonly string[] }
}

const activeWithinMs = 60_000
const lookAgainAfterMs = 100

/** Brings the tables of the other endpoint to what our catalogue says of them. */
export class RemoteTables {
  readonly #engine: Engine
  readonly #endpoint: TableEndpoint

  constructor(engine: Engine, endpoint: TableEndpoint) {
    this.#engine = engine
    this.#endpoint = endpoint
  }

  /**
   * Makes the table unless it is there, and its indexes, stream and time to live as far as they differ.
   * @returns the ARN that its stream has there, if it has one
   * @throws Error when it is there with another key
   */
  async ensure(table: Table): Promise<{ streamArn?: string }> {
    const existing = await this.find(table.name)
    if (!existing) await this.#call('CreateTable', this.#definition(table))
    else await this.#adapt(table, existing)
    await this.#ensureTimeToLive(table)
    const { LatestStreamArn } = await this.#active(table.name)
    return { streamArn: table.streamViewType === undefined ? undefined : LatestStreamArn }
  }

  /** The table as DescribeTable answers there. */
  async find(name: string): Promise<any> {
    try {
      return (await this.#call('DescribeTable', { TableName: name })).Table
    } catch (error) {
      if (error instanceof AwsError && error.name === 'ResourceNotFoundException') return undefined
      throw error
    }
  }

  async remove(name: string): Promise<void> {
    if (await this.find(name)) await this.#call('DeleteTable', { TableName: name })
  }

  /** Follows a changed setting. */
  async #ensureTimeToLive({ name: TableName, timeToLiveAttribute: wanted }: Table): Promise<void> {
    const { TimeToLiveDescription } = await this.#call('DescribeTimeToLive', { TableName })
    const { TimeToLiveStatus: status, AttributeName: current } = TimeToLiveDescription ?? {}
    const actual = status === 'ENABLED' || status === 'ENABLING' ? current : undefined
    if (actual === wanted) return
    const set = (AttributeName: string, Enabled: boolean) =>
      this.#call('UpdateTimeToLive', { TableName, TimeToLiveSpecification: { AttributeName, Enabled } })
    if (actual !== undefined) await set(actual, false)
    if (wanted !== undefined) await set(wanted, true)
  }

  #definition(table: Table): Record<string, unknown> {
    const { TableName, AttributeDefinitions, KeySchema, ...rest } = describeTable(this.#engine, table)
    return {
      TableName,
      AttributeDefinitions,
      KeySchema,
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: rest.GlobalSecondaryIndexes?.map(indexDefinition),
      LocalSecondaryIndexes: rest.LocalSecondaryIndexes?.map(indexDefinition),
      StreamSpecification: rest.StreamSpecification,
    }
  }

  async #adapt(table: Table, existing: any): Promise<void> {
    const wanted = describeTable(this.#engine, table)
    requireSame(table.name, 'key', keyOf(wanted), keyOf(existing))
    const localIndexes = (indexes?: readonly RemoteIndex[]) => JSON.stringify([...shapesOf(indexes)].toSorted())
    requireSame(
      table.name,
      'local indexes',
      localIndexes(wanted.LocalSecondaryIndexes),
      localIndexes(existing.LocalSecondaryIndexes),
    )
    const { AttributeDefinitions } = wanted
    const update = async (change: object) => {
      await this.#call('UpdateTable', { TableName: table.name, ...change })
      await this.#active(table.name)
    }
    const now = shapesOf(existing.GlobalSecondaryIndexes)
    const later = shapesOf(wanted.GlobalSecondaryIndexes)
    for (const [IndexName, shape] of now) {
      if (later.get(IndexName) !== shape) await update({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] })
    }
    for (const index of wanted.GlobalSecondaryIndexes ?? []) {
      if (now.get(index.IndexName) === later.get(index.IndexName)) continue
      await update({ AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: indexDefinition(index) }] })
    }
    const stream = existing.StreamSpecification?.StreamEnabled ? existing.StreamSpecification.StreamViewType : undefined
    if (stream === table.streamViewType) return
    if (stream !== undefined) await update({ StreamSpecification: { StreamEnabled: false } })
    if (wanted.StreamSpecification) await update({ StreamSpecification: wanted.StreamSpecification })
  }

  /** Waits until table and indexes can be used. */
  async #active(name: string): Promise<any> {
    const { clock } = this.#engine
    for (const untilMs = clock.now() + activeWithinMs; ;) {
      const table = await this.find(name)
      const indexes: { IndexStatus?: string }[] = table?.GlobalSecondaryIndexes ?? []
      if (table?.TableStatus === 'ACTIVE' && indexes.every(({ IndexStatus = 'ACTIVE' }) => IndexStatus === 'ACTIVE'))
        return table
      if (clock.now() > untilMs) throw new Error(`The table ${name} did not become active at its endpoint.`)
      await new Promise<void>((resolve) => clock.schedule(lookAgainAfterMs, resolve))
    }
  }

  #call(operation: string, input: unknown): Promise<any> {
    return this.#endpoint.call('DynamoDB', operation, input)
  }
}

const indexDefinition = ({ IndexName, KeySchema, Projection }: RemoteIndex) => ({ IndexName, KeySchema, Projection })

/** Each key attribute with its type. */
function keyOf(description: { KeySchema: any[]; AttributeDefinitions: any[] }): string {
  const typeOf = (name: string) =>
    description.AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType
  return description.KeySchema.map(({ AttributeName }) => `${AttributeName}: ${typeOf(AttributeName)}`).join(', ')
}

/** What makes an index another one, by its name. */
const shapesOf = (indexes: readonly RemoteIndex[] | undefined): Map<string, string> =>
  new Map(
    (indexes ?? []).map(({ IndexName, KeySchema, Projection }) => [
      IndexName,
      JSON.stringify([
        (KeySchema as any[]).map(({ AttributeName, KeyType }) => [AttributeName, KeyType]),
        Projection.ProjectionType,
        (Projection.NonKeyAttributes ?? []).toSorted(),
      ]),
    ]),
  )

function requireSame(table: string, what: string, wanted: string, actual: string): void {
  if (wanted === actual) return
  throw new Error(
    `The table ${table} exists at its endpoint with another ${what} (${actual}) than the template's (${wanted}); ` +
      'delete it there, or give it another name.',
  )
}
