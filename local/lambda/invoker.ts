import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { Chaos } from '../chaos.ts'
import type { Clock } from '../clock.ts'
import type { AccessControl } from '../iam/types.ts'
import type { LogStore } from '../logs/log-store.ts'
import { AwsError } from '../wire/aws-error.ts'
import { EnvironmentPool, stopping } from './environment-pool.ts'
import { ExecutionEnvironment, type InitPhase } from './execution-environment.ts'
import { environmentVariables, type FunctionConfiguration } from './function-configuration.ts'
import { ProcessReaper } from './process-reaper.ts'
import { FunctionLogs, invocationTrace, sendTrace, type FunctionMetrics } from './function-telemetry.ts'
import { InvocationLog, type InvocationLine } from './invocation-log.ts'
import type { Outcome } from './outcome.ts'

/** IAM: issues the keys with which a function signs its requests. */
interface KeyIssuer {
  createKey(
    roleArn: string,
    functionName: string,
  ): { accessKeyId: string; secretAccessKey: string; sessionToken: string }
}

export interface InvokerOptions {
  readonly clock: Clock
  readonly access: AccessControl
  readonly iam: KeyIssuer
  readonly environment: () => Record<string, string>
  readonly logs: Pick<LogStore, 'append' | 'hasGroup'>
  readonly report: (line: InvocationLine) => void
  readonly metrics: FunctionMetrics
  /** @default no environment ends before its idle timeout */
  readonly chaos?: Chaos
  /** How many environments may exist before an idle one is stopped for another. @default 50 */
  readonly maxEnvironments?: number
  /**
   * How many environments one function may have. Functions mostly wait for this machine's cores, so that more processes
   * than a few per core only use memory. @default two per core
   */
  readonly maxEnvironmentsPerFunction?: number
  /** How much memory all environments may use before an idle one is stopped for another. @default 1 GiB */
  readonly memoryBudgetMb?: number
  /** @default 5 minutes */
  readonly idleMs?: number
  /** The same for an environment that is not the only one of its function. @default 5 seconds, at most `idleMs` */
  readonly surplusIdleMs?: number
  /** How many environments may initialize concurrently. @default the number of cores, at least 2 */
  readonly startsAtOnce?: number
}

/** The largest event of an invocation that its caller waits for. Source: "Lambda quotas", invocation payload. */
export const eventLimitBytes = 6 * 1024 * 1024

/** One invocation. */
export interface InvokeRequest {
  /** JSON text. */
  readonly event: string
  /** With the qualifier of the call, as in the function's context. */
  readonly invokedFunctionArn?: string
  readonly requestId?: string
  /** The caller's trace header; without one, a new trace starts. */
  readonly traceId?: string | undefined
}

export interface Invoked {
  readonly outcome: Outcome
  readonly requestId: string
}

/** Runs invocations: concurrency limits, environments, logs, metrics and the report of each. */
export class Invoker {
  readonly #options: InvokerOptions
  readonly #pool: EnvironmentPool
  readonly #reaper = new ProcessReaper()
  readonly #logs = new WeakMap<ExecutionEnvironment, InvocationLog>()
  /** One key per function: its environments share a session. */
  readonly #keys = new Map<string, ReturnType<KeyIssuer['createKey']>>()
  readonly #running = new Map<string, number>()
  #stopped = false

  constructor(options: InvokerOptions) {
    this.#options = options
    const { idleMs = 5 * 60_000, surplusIdleMs = Math.min(5000, idleMs) } = options
    this.#pool = new EnvironmentPool({
      clock: options.clock,
      start: (configuration, phase) => this.#startEnvironment(configuration, phase),
      idleMs,
      surplusIdleMs,
      startsAtOnce: options.startsAtOnce ?? Math.max(2, availableParallelism()),
      maxEnvironments: options.maxEnvironments ?? 50,
      maxPerFunction: options.maxEnvironmentsPerFunction ?? 2 * availableParallelism(),
      memoryBudgetMb: options.memoryBudgetMb ?? 1024,
      ends: () => options.chaos?.hits('execution environments ended') ?? false,
    })
  }

  /** How many execution environments exist: starting, idle and busy. */
  get environments(): number {
    return this.#pool.size
  }

  /**
   * @returns the outcome of the function; an error of the function is an outcome, not an exception
   * @throws AwsError `TooManyRequestsException` when the function is at its limit, `ServiceException`
   *   on shutdown
   */
  async invoke(configuration: FunctionConfiguration, request: InvokeRequest): Promise<Invoked> {
    if (this.#stopped) throw stopping()
    const invokedArn = request.invokedFunctionArn ?? configuration.arn
    this.#enter(configuration, invokedArn)
    try {
      const invoked = await this.#run(configuration, request)
      if (this.#stopped) throw stopping()
      this.#options.metrics.add('Errors', invoked.outcome.kind === 'error' ? 1 : 0, invokedArn)
      return invoked
    } finally {
      this.#leave(configuration)
    }
  }

  /**
   * Registers a function, or replaces an earlier configuration of it.
   * @throws Error when no keys can be issued for its role
   */
  deploy(configuration: FunctionConfiguration, before?: FunctionConfiguration): void {
    this.#keys.set(configuration.name, this.#options.iam.createKey(configuration.roleArn, configuration.name))
    if (before) this.#pool.retire(before)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#pool.stop()
    this.#reaper.stop()
  }

  #enter({ name, reservedConcurrency }: FunctionConfiguration, invokedArn: string): void {
    const { metrics } = this.#options
    const running = this.#running.get(name) ?? 0
    const isThrottled = running >= (reservedConcurrency ?? Infinity)
    metrics.add('Throttles', isThrottled ? 1 : 0, invokedArn)
    if (isThrottled) {
      const members = { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' }
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', { statusCode: 429, members })
    }
    this.#running.set(name, running + 1)
    metrics.add('Invocations', 1, invokedArn)
  }

  #leave({ name }: FunctionConfiguration): void {
    this.#running.set(name, this.#running.get(name)! - 1)
  }

  async #run(configuration: FunctionConfiguration, request: InvokeRequest): Promise<Invoked> {
    const requestId = request.requestId ?? randomUUID()
    const time = this.#options.clock.now()
    const acquired = await this.#pool.acquire(configuration)
    const { environment } = acquired
    const log = this.#logs.get(environment)!
    log.start(requestId)
    const { init } = acquired
    // The second attempt to initialize is a part of the invocation.
    const usedMs = init?.phase === 'invoke' ? init.durationMs : 0
    const initMs = init?.phase === 'init' ? init.durationMs : undefined
    const startedMs = performance.now() - usedMs
    const outcome: Outcome =
      acquired.kind === 'init-error'
        ? { kind: 'error', error: withRequestId(acquired.error, requestId) }
        : await environment.invoke(
            {
              requestId,
              event: request.event,
              invokedFunctionArn: request.invokedFunctionArn ?? configuration.arn,
              traceId: invocationTrace(request.traceId, configuration.activeTracing, time),
            },
            usedMs,
          )
    const durationMs = performance.now() - startedMs
    const error = outcome.kind === 'error' ? outcome.error : undefined
    const { memoryMb } = configuration
    const peakMemoryMb = environment.peakMemoryMb
    const shown = log.end({ requestId, durationMs, initMs, memoryMb, peakMemoryMb, error })
    if (configuration.activeTracing) sendTrace(configuration, this.#options.access)
    if (acquired.kind === 'environment') this.#pool.release(environment)
    this.#options.report({
      time,
      functionName: configuration.name,
      durationMs,
      cold: init !== undefined,
      ...shown,
      ...(error && { error: `${error.errorType}: ${error.errorMessage}` }),
      maxMemoryMb: peakMemoryMb,
      requestId,
    })
    return { outcome, requestId }
  }

  #startEnvironment(configuration: FunctionConfiguration, initPhase: InitPhase): ExecutionEnvironment {
    const { clock, logs, access } = this.#options
    const sink = new FunctionLogs({ configuration, logs, access })
    const log = new InvocationLog({ logging: configuration.logging, sink, clock })
    const environment = new ExecutionEnvironment({
      configuration,
      initPhase,
      variables: environmentVariables({
        configuration,
        logStream: log.stream,
        keys: this.#keys.get(configuration.name)!,
        additions: this.#options.environment(),
      }),
      clock,
      reaper: this.#reaper,
      onLine: (line) => log.line(line),
    })
    this.#logs.set(environment, log)
    void environment.ready.then((result) => {
      if (result.kind === 'error' && !this.#stopped)
        log.initFailed({ phase: initPhase, durationMs: result.initMs, errorType: result.error.errorType })
    })
    void environment.closed.then(() => log.flush())
    return environment
  }
}

/** An initialization error has no request id; the invocation that waited for it adds its own. */
function withRequestId<T extends { errorMessage: string }>(error: T, requestId: string): T {
  if (!error.errorMessage.startsWith('Error: ')) return error
  return { ...error, errorMessage: `RequestId: ${requestId} ${error.errorMessage}` }
}
