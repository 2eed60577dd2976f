import type { ResourceProvider } from '../assembly/provider.ts'
import type { Cancel, Clock } from '../clock.ts'
import type { AccessControl } from '../iam/types.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { JsonService, Operation } from '../wire/service.ts'
import { reportingCapacity, type SpentCapacity } from './capacity-report.ts'
import { createEngine, type Engine } from './engine.ts'
import { wireOperation, type DynamoOperation } from './operation.ts'
import { operations } from './operations.ts'
import { tableProviders } from './resources.ts'
import type { StreamSource } from './stream-source.ts'
import { streamOperations } from './streams-api.ts'
import type { TableService } from './table-service.ts'
import { sweepExpired } from './time-to-live.ts'

/** DynamoDB deletes expired items within days; a minute lets one see it happen and keeps readers honest. */
const sweepIntervalMs = 60_000

export interface DynamoDbOptions {
  readonly state: State
  readonly clock: Clock
  readonly access: AccessControl
  /** Told what each operation spent. */
  readonly onCapacity?: ((spent: SpentCapacity) => void) | undefined
}

/** The emulated DynamoDB: tables, items and streams in the state file. */
export class DynamoDbService implements TableService {
  readonly wire: JsonService
  readonly streamsWire: JsonService
  readonly providers: ResourceProvider[]
  readonly streams: StreamSource
  readonly #engine: Engine
  #cancelSweep: Cancel | undefined

  constructor({ state, clock, onCapacity }: DynamoDbOptions) {
    this.#engine = createEngine(state, clock)
    this.streams = this.#engine.streams
    const all = wired(operations, this.#engine)
    this.wire = wireOf(onCapacity ? reportingCapacity(all, onCapacity) : all)
    this.streamsWire = streamsWireOf(this.#engine)
    this.providers = tableProviders(this.#engine)
  }

  /** Embedded tables are always there. */
  async connect(): Promise<void> {}

  /**
   * Runs one operation without network or IAM, for unit tests and simulation.
   * @param input in the wire's form; bytes may also be a Uint8Array
   * @throws AwsError whose `name` is the error's code, its `members` those of the error's shape
   */
  async execute(operation: string, input: unknown): Promise<any> {
    const wired = this.wire.operations[operation]
    if (!wired) throw new AwsError('UnknownOperationException', `${operation} is not emulated.`)
    const copy: unknown = JSON.parse(JSON.stringify(input, bytesToBase64))
    const output = await wired.handle(copy, { principal: { kind: 'administrator' }, requestId: operation })
    // A caller must not hold what the wire would have copied.
    return JSON.parse(JSON.stringify(output ?? {}))
  }

  start(): void {
    if (this.#cancelSweep) return
    const sweep = () => {
      sweepExpired(this.#engine)
      this.#cancelSweep = this.#engine.clock.schedule(sweepIntervalMs, sweep)
    }
    this.#cancelSweep = this.#engine.clock.schedule(sweepIntervalMs, sweep)
  }

  stop(): void {
    this.#cancelSweep?.()
    this.#cancelSweep = undefined
  }
}

export const wireOf = (wiredOperations: Readonly<Record<string, Operation>>): JsonService => ({
  targetPrefix: 'DynamoDB_20120810',
  version: '1.0',
  operations: wiredOperations,
})

/** The API of streams, on our own log of them. */
export const streamsWireOf = (engine: Engine): JsonService => ({
  targetPrefix: 'DynamoDBStreams_20120810',
  version: '1.0',
  operations: wired(streamOperations, engine),
})

const wired = (list: readonly DynamoOperation[], engine: Engine): Record<string, Operation> =>
  Object.fromEntries(list.map((operation) => [operation.name, wireOperation(operation, engine)]))

function bytesToBase64(this: any, key: string, value: unknown): unknown {
  const original: unknown = this[key]
  return original instanceof Uint8Array ? Buffer.from(original).toString('base64') : value
}
