import type { ResourceProvider } from '../assembly/provider.ts'
import type { Cancel } from '../clock.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { JsonService } from '../wire/service.ts'
import { createEngine, type Engine, type EngineOptions } from './engine.ts'
import { withFaults } from './faulty-operations.ts'
import { wireOperation, type DynamoOperation } from './operation.ts'
import { query, scan } from './operations/query-scan.ts'
import { batchGetItem, getItem } from './operations/read-items.ts'
import { tableOperations } from './operations/tables.ts'
import { transactGetItems, transactWriteItems } from './operations/transactions.ts'
import { batchWriteItem, deleteItem, putItem, updateItem } from './operations/write-items.ts'
import { tableProviders } from './resources.ts'
import { streamArnOf, type Table } from './schema.ts'
import type { StreamLog } from './stream-log.ts'
import { streamOperations } from './streams-api.ts'
import { commitWrite, plannedWrite } from './writes.ts'

const itemOperations: readonly DynamoOperation[] = [
  putItem,
  getItem,
  updateItem,
  deleteItem,
  query,
  scan,
  batchGetItem,
  batchWriteItem,
  transactGetItems,
  transactWriteItems,
]

/** DynamoDB deletes expired items within days. With a minute, deletion is observable and readers must handle expired items. */
const sweepIntervalMs = 60_000

/** The emulated DynamoDB: tables, items and streams in the state file. */
export class DynamoDbService {
  readonly wire: JsonService
  readonly streamsWire: JsonService
  readonly providers: ResourceProvider[]
  readonly streams: StreamLog
  readonly #engine: Engine
  #cancelSweep: Cancel | undefined

  constructor(options: EngineOptions) {
    this.#engine = createEngine(options)
    this.streams = this.#engine.streams
    const served = this.#engine.recent ? itemOperations.map(withFaults) : itemOperations
    this.wire = this.#jsonService('DynamoDB_20120810', [...tableOperations, ...served])
    this.streamsWire = this.#jsonService('DynamoDBStreams_20120810', streamOperations)
    this.providers = tableProviders(this.#engine)
  }

  #jsonService(targetPrefix: string, served: readonly DynamoOperation[]): JsonService {
    const wired = served.map((operation) => [operation.name, wireOperation(operation, this.#engine)])
    return { targetPrefix, version: '1.0', operations: Object.fromEntries(wired) }
  }

  /**
   * Runs one operation without network or IAM, for unit tests and simulation.
   * @param input in wire format; bytes may also be a Uint8Array
   * @throws AwsError whose `name` is the error's code, its `members` those of the error's shape
   */
  async execute(operation: string, input: unknown): Promise<any> {
    const target = this.wire.operations[operation]
    if (!target) throw new AwsError('UnknownOperationException', `${operation} is not emulated.`)
    const copy: unknown = JSON.parse(JSON.stringify(input, bytesToBase64))
    const output = await target.handle(copy, { principal: { kind: 'administrator' }, requestId: operation })
    // Copied, as over the wire, so that the caller cannot change stored values.
    return JSON.parse(JSON.stringify(output ?? {}))
  }

  start(): void {
    this.stop()
    this.#cancelSweep = this.#engine.clock.schedule(sweepIntervalMs, () => {
      sweepExpired(this.#engine)
      this.start()
    })
  }

  stop(): void {
    this.#cancelSweep?.()
  }
}

function bytesToBase64(this: any, key: string, value: unknown): unknown {
  const original: unknown = this[key]
  return original instanceof Uint8Array ? Buffer.from(original).toString('base64') : value
}

/** DynamoDB ignores items whose expiry is more than five years in the past. */
const oldestExpirySeconds = 5 * 365 * 24 * 60 * 60
const batchSize = 100

/** Deletes expired items, with stream records of the DynamoDB service, and expired stream records and tokens. */
function sweepExpired(engine: Engine): void {
  for (const table of engine.tables.all()) {
    if (table.timeToLiveAttribute === undefined) continue
    while (deleteBatch(engine, table) === batchSize);
  }
  engine.streams.trim(new Set(engine.tables.all().flatMap((table) => streamArnOf(table) ?? [])))
  engine.tokens.trim()
}

function deleteBatch(engine: Engine, table: Table): number {
  const nowSeconds = engine.clock.now() / 1000
  const range = { fromSeconds: nowSeconds - oldestExpirySeconds, beforeSeconds: nowSeconds }
  return engine.state.transaction(() => {
    const expired = engine.items.expired(table, range, batchSize)
    for (const stored of expired) {
      commitWrite(engine, plannedWrite(table, { location: stored, key: stored.item }, stored, undefined), true)
    }
    return expired.length
  })
}
