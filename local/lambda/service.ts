import type { ResourceProvider } from '../assembly/provider.ts'
import { noMetrics, type MetricSink } from '../cloudwatch/metric.ts'
import { within, type Clock } from '../clock.ts'
import type { StreamLog } from '../dynamodb/stream-log.ts'
import type { AccessControl, Principal } from '../iam/types.ts'
import type { State } from '../state/state.ts'
import type { RestService } from '../wire/service.ts'
import { AsyncInvocations } from './async-invocations.ts'
import type { DestinationServices } from './destination.ts'
import { EventSourceMappings } from './event-source-mappings.ts'
import type { AssetDirectory } from './function-configuration.ts'
import { FunctionRegistry, type ResolvedFunction } from './function-registry.ts'
import { Invoker, type InvokerOptions } from './invoker.ts'
import { lambdaWire } from './operations.ts'
import { lambdaProviders, type DevelopedFunctions } from './resources.ts'

export interface LambdaOptions extends Omit<InvokerOptions, 'metrics'>, DestinationServices {
  /** @default no metrics are recorded */
  readonly metrics?: MetricSink
  readonly state: State
  readonly assetDirectory: AssetDirectory
  /** @default functions run as the templates say */
  readonly developed?: DevelopedFunctions | undefined
  readonly streams: StreamLog
  /** Prints a warning in the terminal, such as a poller without permission to read, or dropped records. */
  readonly warn: (message: string) => void
}

/**
 * How other services invoke a function and wait for its response. An error of the function is returned; denied and throttled calls throw AwsError.
 */
export type Invoke = (
  functionArn: string,
  payload: unknown,
  caller: Principal,
  /** The caller's `x-amzn-trace-id`. */
  traceHeader?: string,
) => Promise<{ payload: unknown; functionError?: string | undefined }>

/**
 * How long a stop waits for running invocations. Most functions need milliseconds; a user who pressed Ctrl-C should
 * not wait longer.
 */
const graceMs = 1500

/** AWS Lambda: functions as child processes, asynchronous invocations and event source mappings. */
export class LambdaService {
  readonly wire: RestService
  readonly providers: readonly ResourceProvider[]
  readonly #access: AccessControl
  readonly #clock: Clock
  readonly #functions = new FunctionRegistry()
  readonly #invoker: Invoker
  readonly #async: AsyncInvocations
  readonly #mappings: EventSourceMappings

  constructor({ metrics = noMetrics, ...options }: LambdaOptions) {
    this.#clock = options.clock
    this.#access = options.access
    this.#invoker = new Invoker({ ...options, metrics })
    const context = { ...options, metrics, functions: this.#functions, invoker: this.#invoker }
    this.#async = new AsyncInvocations(context)
    this.#mappings = new EventSourceMappings(context)
    const parts = { ...context, async: this.#async, mappings: this.#mappings }
    this.wire = lambdaWire(parts)
    this.providers = lambdaProviders(parts)
  }

  /**
   * Replaces the code of a function: the next invocation runs it, and running ones end with the code that they started with.
   * @throws AwsError `ResourceNotFoundException`
   */
  replaceCode(functionName: string, codeDirectory: string): void {
    const { configuration } = this.#functions.resolve(functionName)
    const replacement = { ...configuration, codeDirectory }
    this.#invoker.deploy(replacement, this.#functions.put(replacement))
  }

  /** Whether a debugger can attach to the function, so that time limits of its callers must not apply either. */
  isInspected(functionArn: string): boolean {
    return this.#functions.find(functionArn)?.configuration.development?.inspectPort !== undefined
  }

  get functionNames(): readonly string[] {
    return this.#functions.names
  }

  /** How many execution environments exist. */
  get environments(): number {
    return this.#invoker.environments
  }

  /**
   * Invokes a function and waits for its response. The caller needs `lambda:InvokeFunction`; its trace continues.
   * An error of the function is returned, not thrown.
   * @throws AwsError `ResourceNotFoundException`, `AccessDeniedException`, `RequestEntityTooLargeException`
   */
  async invoke(
    functionArn: string,
    payload: unknown,
    caller: Principal,
    traceId?: string,
  ): Promise<{ payload: unknown; functionError?: 'Unhandled' }> {
    const target = this.#authorized(functionArn, caller)
    const { outcome } = await this.#invoker.invoke(target, { event: JSON.stringify(payload ?? null), traceId })
    return outcome.kind === 'success'
      ? { payload: JSON.parse(outcome.payload) }
      : { payload: outcome.error, functionError: 'Unhandled' }
  }

  /**
   * Queues an event durably, in the caller's transaction if there is one. It is invoked at least once: two retries,
   * then the on-failure destination.
   * @throws AwsError `ResourceNotFoundException`, `AccessDeniedException`, `RequestEntityTooLargeException`
   */
  invokeAsync(functionArn: string, payload: unknown, caller: Principal, traceId?: string): void {
    const { arn } = this.#authorized(functionArn, caller)
    this.#async.enqueue(arn, { event: JSON.stringify(payload ?? null), traceId })
  }

  /** Starts the pollers, the queued asynchronous invocations and an inspected function; call it once all resources exist. */
  start(): void {
    this.#mappings.start()
    this.#async.start()
    for (const name of this.functionNames) this.#invoker.startInspected(this.#functions.resolve(name).configuration)
  }

  /**
   * Stops all pollers, gives running batches a short time to end, and stops the execution environments; unfinished
   * work is repeated after the next start.
   */
  async stop(): Promise<void> {
    const ended = Promise.all([this.#mappings.stop(), this.#async.stop()])
    await within(graceMs, ended, this.#clock)
    await this.#invoker.stop()
    await ended
  }

  #authorized(name: string, caller: Principal): ResolvedFunction {
    const target = this.#functions.resolve(name)
    this.#access.require(caller, [{ action: 'lambda:InvokeFunction', resource: target.arn }])
    return target
  }
}
