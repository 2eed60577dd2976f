import type { CreatedResource, ResourceProvider } from '../../assembly/provider.ts'
import type { Clock } from '../../clock.ts'
import type { State } from '../../state/state.ts'
import type { JsonService, Operation } from '../../wire/service.ts'
import { createEngine, type Engine } from '../engine.ts'
import { wireOperation } from '../operation.ts'
import { itemOperations, tableOperations } from '../operations.ts'
import { partiQlOperations } from '../operations/partiql.ts'
import { tableProviders } from '../resources.ts'
import { streamArnOf, tableNameOf, type Table } from '../schema.ts'
import { streamsWireOf, wireOf } from '../service.ts'
import type { StreamSource } from '../stream-source.ts'
import { deleteTable } from '../table-lifecycle.ts'
import type { TableService } from '../table-service.ts'
import { HttpEndpoint } from './endpoint.ts'
import { forwardOperation, mirrorOperation } from './operations.ts'
import { RemoteTables } from './remote-tables.ts'
import { ShardPositions } from './shard-positions.ts'
import type { CopyContext } from './stream-copy.ts'
import { StreamFollower } from './stream-follower.ts'

/** How often expired records of the local streams are deleted. */
const trimIntervalMs = 60_000

/**
 * DynamoDB with its items at another endpoint, such as DynamoDB Local. The table definitions are local, since IAM
 * conditions are evaluated with them, and so are the streams, to which the records of the remote streams are copied.
 */
export class RemoteDynamoDb implements TableService {
  readonly wire: JsonService
  readonly streamsWire: JsonService
  readonly providers: ResourceProvider[]
  readonly streams: StreamSource
  readonly #url: URL
  readonly #ownEndpoint: () => string
  readonly #engine: Engine
  readonly #endpoint: HttpEndpoint
  readonly #tables: RemoteTables
  readonly #copyContext: CopyContext
  /** By table name. */
  readonly #followers = new Map<string, StreamFollower>()
  #started = false
  #cancelTrim: (() => void) | undefined

  /** @param options.ownEndpoint this system's endpoint, which cannot be the remote one */
  constructor(options: {
    state: State
    clock: Clock
    url: URL
    ownEndpoint: () => string
    warn: (sentence: string) => void
  }) {
    const { state, clock, url, warn } = options
    this.#url = url
    this.#ownEndpoint = options.ownEndpoint
    this.#engine = createEngine(state, clock)
    this.#endpoint = new HttpEndpoint(url, clock)
    this.#tables = new RemoteTables(this.#engine, this.#endpoint)
    this.#copyContext = { engine: this.#engine, endpoint: this.#endpoint, positions: new ShardPositions(state), warn }
    this.streams = this.#engine.streams
    this.wire = wireOf(this.#operations())
    this.streamsWire = streamsWireOf(this.#engine)
    this.providers = tableProviders(this.#engine).map((provider) => this.#provider(provider))
  }

  /** @throws Error with a readable message when the remote endpoint does not respond like DynamoDB */
  async connect(): Promise<void> {
    const own = new URL(this.#ownEndpoint())
    if (own.port === this.#url.port && ['127.0.0.1', 'localhost', '[::1]'].includes(this.#url.hostname)) {
      throw new Error(`${this.#url.origin} is this system's own AWS endpoint; use another DynamoDB endpoint.`)
    }
    await this.#endpoint.call('DynamoDB', 'ListTables', { Limit: 1 })
  }

  start(): void {
    if (this.#started) return
    this.#started = true
    for (const follower of this.#followers.values()) follower.start()
    const trim = () => {
      this.#engine.streams.trim(new Set(this.#engine.tables.all().flatMap((table) => streamArnOf(table) ?? [])))
      this.#cancelTrim = this.#engine.clock.schedule(trimIntervalMs, trim)
    }
    this.#cancelTrim = this.#engine.clock.schedule(trimIntervalMs, trim)
  }

  stop(): void {
    this.#cancelTrim?.()
    for (const follower of this.#followers.values()) follower.stop()
  }

  #provider(provider: ResourceProvider): ResourceProvider {
    return {
      ...provider,
      create: async (resource): Promise<CreatedResource> => {
        const created = await provider.create(resource)
        await this.#attach(this.#engine.tables.get(created.ref))
        return {
          ...created,
          limitations: [...(created.limitations ?? []), `its items are stored at ${this.#url.origin}`],
        }
      },
    }
  }

  /** Updates the remote table to its local definition, and copies its stream. */
  async #attach(table: Table): Promise<void> {
    const { streamArn: remoteArn } = await this.#tables.ensure(table)
    this.#detach(table.name)
    const localArn = streamArnOf(table)
    if (remoteArn === undefined || localArn === undefined) return
    const follower = new StreamFollower({ remoteArn, localArn }, this.#copyContext)
    // Existing records must be copied before a mapping starts, which may do so at LATEST.
    await follower.catchUp()
    this.#followers.set(table.name, follower)
    if (this.#started) follower.start()
  }

  #detach(tableName: string): void {
    this.#followers.get(tableName)?.stop()
    this.#followers.delete(tableName)
  }

  #operations(): Record<string, Operation> {
    const engine = this.#engine
    const endpoint = this.#endpoint
    const onWrite = (tables: readonly string[]) => {
      for (const name of tables) this.#followers.get(name)?.wake()
    }
    const ofItems = itemOperations.map((operation) => [
      operation.name,
      forwardOperation(operation, { engine, endpoint, onWrite }),
    ])
    const ofTables = tableOperations.map((operation) => {
      const mirror = this.#mirrors[operation.name]
      return [operation.name, mirror ? mirrorOperation(operation, engine, mirror) : wireOperation(operation, engine)]
    })
    const partiQl = partiQlOperations.map((operation) => [operation.name, wireOperation(operation, engine)])
    return Object.fromEntries([...ofTables, ...ofItems, ...partiQl])
  }

  /** The remote part of each operation on table definitions. */
  readonly #mirrors: Readonly<Record<string, (output: any, input: any) => Promise<unknown>>> = {
    CreateTable: async (output) => {
      const table = this.#engine.tables.get(output.TableDescription.TableName)
      try {
        await this.#attach(table)
      } catch (error) {
        deleteTable(this.#engine, table)
        throw error
      }
      return output
    },
    DeleteTable: async (output) => {
      const { TableName } = output.TableDescription
      this.#detach(TableName)
      await this.#tables.remove(TableName)
      return output
    },
    UpdateTimeToLive: async (output, input) => {
      await this.#tables.ensure(this.#engine.tables.get(String(tableNameOf(input.TableName))))
      return output
    },
    DescribeTable: async ({ Table }) => {
      const { ItemCount, TableSizeBytes } = (await this.#tables.find(Table.TableName)) ?? {}
      return { Table: { ...Table, ItemCount, TableSizeBytes } }
    },
  }
}
