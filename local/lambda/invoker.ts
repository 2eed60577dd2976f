import { randomBytes, randomUUID } from 'node:crypto'
import type { Chaos } from '../chaos.ts'
import type { MetricSink } from '../cloudwatch/metric.ts'
import type { SessionKey } from '../iam/keys.ts'
import { AwsError } from '../wire/aws-error.ts'
import { EnvironmentPool, stopping, type PoolLimits } from './environment-pool.ts'
import { ExecutionEnvironment } from './execution-environment.ts'
import { environmentVariables, isAllowed, type FunctionConfiguration } from './function-configuration.ts'
import type { ResolvedFunction } from './function-registry.ts'
import { InvocationLog, type InvocationLine, type LogOptions } from './invocation-log.ts'
import type { Outcome } from './outcome.ts'
import { ProcessReaper } from './process-reaper.ts'

export interface InvokerOptions extends LogOptions {
  /** Issues the keys with which a function signs its requests. */
  readonly iam: { createKey(roleArn: string, functionName: string): SessionKey }
  /** Environment variables that direct the SDK to the local endpoint. */
  readonly environment: () => Record<string, string>
  readonly report: (line: InvocationLine) => void
  readonly metrics: MetricSink
  /** @default no environment ends before its idle timeout */
  readonly chaos?: Chaos
  readonly limits?: PoolLimits
}

/** The largest event of an invocation that its caller waits for. Source: "Lambda quotas", invocation payload. */
export const eventLimitBytes = 6 * 1024 * 1024

/** One invocation. */
export interface InvokeRequest {
  /** JSON text. */
  readonly event: string
  readonly requestId?: string
  /** The caller's trace header; without one, a new trace starts. */
  readonly traceId?: string | undefined
}

export interface Invoked {
  readonly outcome: Outcome
  readonly requestId: string
}

/** The permissions to send Lambda's segments of a traced invocation. They are not stored, but IAM reports a denial. */
const traceRequests = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'].map((action) => ({ action, resource: '*' }))

/** Runs invocations: environments, logs, metrics and the report of each. */
export class Invoker {
  readonly #options: InvokerOptions
  readonly #pool: EnvironmentPool
  readonly #reaper = new ProcessReaper()
  readonly #logs = new WeakMap<ExecutionEnvironment, InvocationLog>()
  /** One key per function: its environments share a session. */
  readonly #keys = new Map<string, SessionKey>()
  #stopped = false

  constructor(options: InvokerOptions) {
    this.#options = options
    this.#pool = new EnvironmentPool({
      clock: options.clock,
      start: (configuration) => this.#startEnvironment(configuration),
      ends: () => options.chaos?.hits('execution environments ended') ?? false,
      limits: options.limits,
    })
  }

  /** How many execution environments exist: starting, idle and busy. */
  get environments(): number {
    return this.#pool.size
  }

  /**
   * @returns the outcome of the function; an error of the function is an outcome, not an exception
   * @throws AwsError `RequestEntityTooLargeException`, `ServiceException` on shutdown
   */
  async invoke(target: ResolvedFunction, request: InvokeRequest): Promise<Invoked> {
    requireSize(request.event, eventLimitBytes)
    if (this.#stopped) throw stopping()
    const { metrics } = this.#options
    addMetric(metrics, 'Invocations', 1, target.arn)
    addMetric(metrics, 'Throttles', 0, target.arn)
    const invoked = await this.#run(target, request)
    if (this.#stopped) throw stopping()
    addMetric(metrics, 'Errors', invoked.outcome.kind === 'error' ? 1 : 0, target.arn)
    return invoked
  }

  /**
   * Registers a function, or replaces an earlier configuration of it.
   * @throws Error when no keys can be issued for its role
   */
  deploy(configuration: FunctionConfiguration, before?: FunctionConfiguration): void {
    this.#keys.set(configuration.name, this.#options.iam.createKey(configuration.roleArn, configuration.name))
    // Processes that end leave their debugger's port to the next one.
    if (before) void this.#pool.retire(before).then(() => this.startInspected(configuration))
  }

  /** Starts a function that a debugger can attach to before its first call; others start with theirs. */
  startInspected(configuration: FunctionConfiguration): void {
    if (configuration.development?.inspectPort !== undefined && !this.#stopped) this.#pool.startEarly(configuration)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#pool.stop()
    this.#reaper.stop()
  }

  async #run({ configuration, arn }: ResolvedFunction, request: InvokeRequest): Promise<Invoked> {
    const { event, traceId, requestId = randomUUID() } = request
    const time = this.#options.clock.now()
    const { environment, initMs, error: initError } = await this.#pool.acquire(configuration)
    const log = this.#logs.get(environment)!
    log.start(requestId)
    const startedMs = performance.now()
    const outcome: Outcome = initError
      ? { kind: 'error', error: withRequestId(initError, requestId) }
      : await environment.invoke({
          requestId,
          event,
          invokedFunctionArn: arn,
          traceId: invocationTrace(traceId, configuration.activeTracing, time),
        })
    const durationMs = performance.now() - startedMs
    const error = outcome.kind === 'error' ? outcome.error : undefined
    const { peakMemoryMb } = environment
    const shown = log.end(requestId, { durationMs, initMs, peakMemoryMb, error })
    if (configuration.activeTracing) isAllowed(configuration, this.#options.access, traceRequests)
    if (!initError) this.#pool.release(environment)
    this.#options.report({
      time,
      functionName: configuration.name,
      durationMs,
      cold: initMs !== undefined,
      ...shown,
      ...(error && { error: `${error.errorType}: ${error.errorMessage}` }),
      maxMemoryMb: peakMemoryMb,
      requestId,
    })
    return { outcome, requestId }
  }

  #startEnvironment(configuration: FunctionConfiguration): ExecutionEnvironment {
    const log = new InvocationLog(configuration, this.#options)
    const environment = new ExecutionEnvironment({
      configuration,
      variables: environmentVariables({
        configuration,
        logStream: log.stream,
        keys: this.#keys.get(configuration.name)!,
        additions: this.#options.environment(),
      }),
      clock: this.#options.clock,
      reaper: this.#reaper,
      onLine: (line) => log.line(line),
    })
    this.#logs.set(environment, log)
    void environment.closed.then(() => log.flush())
    return environment
  }
}

/** @throws AwsError `RequestEntityTooLargeException` */
export function requireSize(event: string, limitBytes: number): void {
  if (Buffer.byteLength(event) <= limitBytes) return
  const message = `Request must be smaller than ${limitBytes} bytes for the InvokeFunction operation`
  throw new AwsError('RequestEntityTooLargeException', message, { statusCode: 413 })
}

/** An initialization error has no request id; the invocation that waited for it adds its own. */
function withRequestId<T extends { errorMessage: string }>(error: T, requestId: string): T {
  if (!error.errorMessage.startsWith('Error: ')) return error
  return { ...error, errorMessage: `RequestId: ${requestId} ${error.errorMessage}` }
}

/**
 * The trace header of one invocation, which a function reads from `_X_AMZN_TRACE_ID`. It continues the caller's
 * trace, if there is one; the parent is Lambda's own segment, and the caller's sampling decision applies if it made
 * one.
 * @param callers `Root=1-…` and other fields of the caller's trace header
 */
export function invocationTrace(callers: string | undefined, activeTracing: boolean, nowMs: number): string {
  const root = /(?:^|;) *Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)/.exec(callers ?? '')?.[1] ?? newRoot(nowMs)
  const sampled = /(?:^|;) *Sampled=([01])(?:;|$)/.exec(callers ?? '')?.[1] ?? (activeTracing ? '1' : '0')
  return `Root=${root};Parent=${randomBytes(8).toString('hex')};Sampled=${sampled}`
}

/** An X-Ray trace id starts with the second in which the trace started. */
function newRoot(nowMs: number): string {
  const second = Math.floor(nowMs / 1000).toString(16)
  return `1-${second.padStart(8, '0')}-${randomBytes(12).toString('hex')}`
}

/**
 * Publishes a metric of Lambda for a function, and for the qualified name that was invoked.
 * @param invokedArn the function's ARN with the qualifier of the call
 */
export function addMetric(
  sink: MetricSink,
  name: 'Invocations' | 'Errors' | 'Throttles' | 'IteratorAge',
  value: number,
  invokedArn: string,
): void {
  const Resource = invokedArn.slice(invokedArn.indexOf(':function:') + ':function:'.length)
  const FunctionName = Resource.split(':', 1)[0]!
  sink.add({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName } }, value)
  sink.add({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName, Resource } }, value)
}
