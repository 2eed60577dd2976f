import type { ResourceProvider } from '../assembly/provider.ts'
import type { Chaos } from '../chaos.ts'
import type { Cancel, Clock } from '../clock.ts'
import type { AccessControl } from '../iam/types.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { JsonService } from '../wire/service.ts'
import { reportingCapacity, type SpentCapacity } from './capacity-report.ts'
import { createEngine, type Engine } from './engine.ts'
import type { StreamLog } from './stream-log.ts'
import { withFaults } from './faulty-operations.ts'
import { wireOperation, type DynamoOperation } from './operation.ts'
import { operations } from './operations.ts'
import { tableProviders } from './resources.ts'
import { streamOperations } from './streams-api.ts'
import { sweepExpired } from './time-to-live.ts'

/** DynamoDB deletes expired items within days. With a minute, deletion is observable and readers must handle expired items. */
const sweepIntervalMs = 60_000

export interface DynamoDbOptions {
  readonly state: State
  readonly clock: Clock
  readonly access: AccessControl
  /** Receives the capacity that each operation consumed. */
  readonly onCapacity?: ((spent: SpentCapacity) => void) | undefined
  /** @default no faults */
  readonly chaos?: Chaos
}

/** The emulated DynamoDB: tables, items and streams in the state file. */
export class DynamoDbService {
  readonly wire: JsonService
  readonly streamsWire: JsonService
  readonly providers: ResourceProvider[]
  readonly streams: StreamLog
  readonly #engine: Engine
  #cancelSweep: Cancel | undefined

  constructor({ state, clock, onCapacity, chaos }: DynamoDbOptions) {
    this.#engine = createEngine(state, clock, chaos)
    this.streams = this.#engine.streams
    const reported = onCapacity ? reportingCapacity(operations, onCapacity) : operations
    const { recent } = this.#engine
    const served = chaos && recent ? withFaults(reported, chaos, recent) : reported
    this.wire = this.#jsonService('DynamoDB_20120810', served)
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

function bytesToBase64(this: any, key: string, value: unknown): unknown {
  const original: unknown = this[key]
  return original instanceof Uint8Array ? Buffer.from(original).toString('base64') : value
}
