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
import { followed, forwarded } from './operations.ts'
import { RemoteTables } from './remote-tables.ts'
import { ShardPositions } from './shard-positions.ts'
import type { CopyContext } from './stream-copy.ts'
import { StreamFollower } from './stream-follower.ts'

/** Streams older than the retention are dropped now and then; the other side looks after its own. */
const trimIntervalMs = 60_000

/**
 * DynamoDB with its items at another endpoint: DynamoDB Local, say. The catalogue of tables stays here, since IAM's
 * conditions are read from it, and so do the streams: their records are copied from the other side as they come.
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
  readonly #copying: CopyContext
  /** By the name of the table. */
  readonly #followers = new Map<string, StreamFollower>()
  #started = false
  #cancelTrim: (() => void) | undefined

  /** @param options.ownEndpoint where we answer ourselves, which cannot be the other side */
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
    this.#copying = { engine: this.#engine, endpoint: this.#endpoint, positions: new ShardPositions(state), warn }
    this.streams = this.#engine.streams
    this.wire = wireOf(this.#operations())
    this.streamsWire = streamsWireOf(this.#engine)
    this.providers = tableProviders(this.#engine).map((provider) => this.#provider(provider))
  }

  /** @throws Error with a sentence for the person at the terminal when the other side does not answer as DynamoDB does */
  async connect(): Promise<void> {
    const own = new URL(this.#ownEndpoint())
    if (own.port === this.#url.port && ['127.0.0.1', 'localhost', '[::1]'].includes(this.#url.hostname)) {
      throw new Error(
        `${this.#url.origin} is this system's own AWS endpoint; its tables cannot be elsewhere and there.`,
      )
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
        await this.#join(this.#engine.tables.get(created.ref))
        return {
          ...created,
          limitations: [...(created.limitations ?? []), `its items are kept at ${this.#url.origin}`],
        }
      },
    }
  }

  /** Brings the other side to what the catalogue says, and our stream to what the other side's holds. */
  async #join(table: Table): Promise<void> {
    const { streamArn: remoteArn } = await this.#tables.ensure(table)
    this.#leave(table.name)
    const localArn = streamArnOf(table)
    if (remoteArn === undefined || localArn === undefined) return
    const follower = new StreamFollower({ remoteArn, localArn }, this.#copying)
    // What is there before a mapping begins must not reach one that begins at LATEST.
    await follower.catchUp()
    this.#followers.set(table.name, follower)
    if (this.#started) follower.start()
  }

  #leave(tableName: string): void {
    this.#followers.get(tableName)?.stop()
    this.#followers.delete(tableName)
  }

  #operations(): Record<string, Operation> {
    const engine = this.#engine
    const endpoint = this.#endpoint
    const wrote = (tables: readonly string[]) => {
      for (const name of tables) this.#followers.get(name)?.wake()
    }
    const ofItems = itemOperations.map((operation) => [
      operation.name,
      forwarded(operation, { engine, endpoint, wrote }),
    ])
    const ofTables = tableOperations.map((operation) => {
      const follow = this.#follow[operation.name]
      return [operation.name, follow ? followed(operation, engine, follow) : wireOperation(operation, engine)]
    })
    const refused = partiQlOperations.map((operation) => [operation.name, wireOperation(operation, engine)])
    return Object.fromEntries([...ofTables, ...ofItems, ...refused])
  }

  /** What each change of the catalogue takes at the other side. */
  readonly #follow: Readonly<Record<string, (output: any, input: any) => Promise<unknown>>> = {
    CreateTable: async (output) => {
      const table = this.#engine.tables.get(output.TableDescription.TableName)
      try {
        await this.#join(table)
      } catch (error) {
        deleteTable(this.#engine, table)
        throw error
      }
      return output
    },
    DeleteTable: async (output) => {
      const { TableName } = output.TableDescription
      this.#leave(TableName)
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
