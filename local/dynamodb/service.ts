import type { ResourceProvider } from '../assembly/provider.ts'
import type { Cancel, Clock } from '../clock.ts'
import type { AccessControl } from '../iam/types.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { JsonService, Operation } from '../wire/service.ts'
import type { Engine } from './engine.ts'
import { ItemStore } from './item-store.ts'
import { wireOperation, type DynamoOperation } from './operation.ts'
import { operations } from './operations.ts'
import { RangeStore } from './range-store.ts'
import { tableProviders } from './resources.ts'
import { StreamLog } from './stream-log.ts'
import type { StreamSource } from './stream-source.ts'
import { streamOperations } from './streams-api.ts'
import { Tables } from './tables.ts'
import { sweepExpired } from './time-to-live.ts'
import { TransactionTokens } from './transaction-tokens.ts'

/** DynamoDB deletes expired items within days; a minute lets one see it happen and keeps readers honest. */
const sweepIntervalMs = 60_000

/** The emulated DynamoDB: tables, items and streams in the state file. */
export class DynamoDbService {
  readonly wire: JsonService
  readonly streamsWire: JsonService
  readonly providers: ResourceProvider[]
  readonly streams: StreamSource
  readonly #engine: Engine
  #cancelSweep: Cancel | undefined

  constructor({ state, clock }: { state: State; clock: Clock; access: AccessControl }) {
    const streams = new StreamLog(state, clock)
    this.streams = streams
    this.#engine = {
      state,
      clock,
      tables: new Tables(state, clock),
      items: new ItemStore(state),
      ranges: new RangeStore(state),
      streams,
      tokens: new TransactionTokens(state, clock),
    }
    this.wire = { targetPrefix: 'DynamoDB_20120810', version: '1.0', operations: this.#wired(operations) }
    this.streamsWire = {
      targetPrefix: 'DynamoDBStreams_20120810',
      version: '1.0',
      operations: this.#wired(streamOperations),
    }
    this.providers = tableProviders(this.#engine)
  }

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

  #wired(list: readonly DynamoOperation[]): Record<string, Operation> {
    return Object.fromEntries(list.map((operation) => [operation.name, wireOperation(operation, this.#engine)]))
  }
}

function bytesToBase64(this: any, key: string, value: unknown): unknown {
  const original: unknown = this[key]
  return original instanceof Uint8Array ? Buffer.from(original).toString('base64') : value
}
