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

const activeTimeoutMs = 60_000
const pollIntervalMs = 100

/** Creates and updates the tables of the remote endpoint to match the local table definitions. */
export class RemoteTables {
  readonly #engine: Engine
  readonly #endpoint: TableEndpoint

  constructor(engine: Engine, endpoint: TableEndpoint) {
    this.#engine = engine
    this.#endpoint = endpoint
  }

  /**
   * Creates the table if it does not exist, or updates its indexes, stream and time to live where they differ.
   * @returns the remote ARN of its stream, if it has one
   * @throws Error when the table exists with another key
   */
  async ensure(table: Table): Promise<{ streamArn?: string }> {
    const existing = await this.find(table.name)
    if (!existing) await this.#call('CreateTable', this.#definition(table))
    else await this.#adapt(table, existing)
    await this.#ensureTimeToLive(table)
    const { LatestStreamArn } = await this.#active(table.name)
    return { streamArn: table.streamViewType === undefined ? undefined : LatestStreamArn }
  }

  /** The table as the remote DescribeTable returns it. */
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

  async #ensureTimeToLive({ name: TableName, timeToLiveAttribute: desired }: Table): Promise<void> {
    const { TimeToLiveDescription } = await this.#call('DescribeTimeToLive', { TableName })
    const { TimeToLiveStatus: status, AttributeName: current } = TimeToLiveDescription ?? {}
    const actual = status === 'ENABLED' || status === 'ENABLING' ? current : undefined
    if (actual === desired) return
    const set = (AttributeName: string, Enabled: boolean) =>
      this.#call('UpdateTimeToLive', { TableName, TimeToLiveSpecification: { AttributeName, Enabled } })
    if (actual !== undefined) await set(actual, false)
    if (desired !== undefined) await set(desired, true)
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
    const desired = describeTable(this.#engine, table)
    requireSame(table.name, 'key', keyOf(desired), keyOf(existing))
    const localIndexes = (indexes?: readonly RemoteIndex[]) => JSON.stringify([...definitionsOf(indexes)].toSorted())
    requireSame(
      table.name,
      'local indexes',
      localIndexes(desired.LocalSecondaryIndexes),
      localIndexes(existing.LocalSecondaryIndexes),
    )
    const { AttributeDefinitions } = desired
    const update = async (change: object) => {
      await this.#call('UpdateTable', { TableName: table.name, ...change })
      await this.#active(table.name)
    }
    const now = definitionsOf(existing.GlobalSecondaryIndexes)
    const later = definitionsOf(desired.GlobalSecondaryIndexes)
    for (const [IndexName, definition] of now) {
      if (later.get(IndexName) !== definition)
        await update({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] })
    }
    for (const index of desired.GlobalSecondaryIndexes ?? []) {
      if (now.get(index.IndexName) === later.get(index.IndexName)) continue
      await update({ AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: indexDefinition(index) }] })
    }
    const stream = existing.StreamSpecification?.StreamEnabled ? existing.StreamSpecification.StreamViewType : undefined
    if (stream === table.streamViewType) return
    if (stream !== undefined) await update({ StreamSpecification: { StreamEnabled: false } })
    if (desired.StreamSpecification) await update({ StreamSpecification: desired.StreamSpecification })
  }

  /** Waits until the table and its indexes are ACTIVE. */
  async #active(name: string): Promise<any> {
    const { clock } = this.#engine
    for (const untilMs = clock.now() + activeTimeoutMs; ;) {
      const table = await this.find(name)
      const indexes: { IndexStatus?: string }[] = table?.GlobalSecondaryIndexes ?? []
      if (table?.TableStatus === 'ACTIVE' && indexes.every(({ IndexStatus = 'ACTIVE' }) => IndexStatus === 'ACTIVE'))
        return table
      if (clock.now() > untilMs) throw new Error(`The table ${name} did not become active at its endpoint.`)
      await new Promise<void>((resolve) => clock.schedule(pollIntervalMs, resolve))
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

/** The definition of each index, by name, in a comparable form. */
const definitionsOf = (indexes: readonly RemoteIndex[] | undefined): Map<string, string> =>
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

function requireSame(table: string, property: string, desired: string, actual: string): void {
  if (desired === actual) return
  throw new Error(
    `The table ${table} exists at its endpoint with another ${property} (${actual}) than the template's (${desired}); ` +
      'delete it there, or give it another name.',
  )
}
