import { randomBytes } from 'node:crypto'
import type { Cancel, Clock } from '../clock.ts'
import type { AccessControl } from '../iam/types.ts'
import { parsedJson } from '../json.ts'
import type { LogStore } from '../logs/log-store.ts'
import { arn } from '../assembly/provider.ts'
import { isAllowed, logLevels, type FunctionConfiguration, type LogLevel } from './function-configuration.ts'
import { timedOut, type FunctionError } from './outcome.ts'

/** One invocation as it is reported to the terminal. */
export interface InvocationLine {
  /** Start of the invocation, milliseconds since the epoch. */
  readonly time: number
  readonly functionName: string
  readonly durationMs: number
  /** True when the invocation had to start an execution environment. */
  readonly cold: boolean
  /** Distinct values of `correlation_id` in the invocation's JSON log lines, in order of appearance. */
  readonly correlationIds: string[]
  /**
   * The distinct `message`s of those lines and of lines with an error, including that error, in order of appearance.
   */
  readonly messages: string[]
  /** `errorType: errorMessage` */
  readonly error?: string
  /** The most serious level of those lines, if it is more than information. */
  readonly level?: 'warn' | 'error'
  /** Where the error, or the first one that was logged, was thrown: the first line of its stack trace in the app's own code. */
  readonly place?: string
  readonly maxMemoryMb: number
  readonly requestId: string
}

type Logged = Pick<InvocationLine, 'level' | 'place'> & { correlationIds: Set<string>; messages: Set<string> }

/** The longest that a line of a running function is buffered. */
const flushMs = 200

export interface LogOptions {
  readonly logs: Pick<LogStore, 'append' | 'hasGroup'>
  readonly access: AccessControl
  readonly clock: Clock
}

/**
 * The log stream of one execution environment: the function's output between Lambda's own lines, as far as the levels of
 * the JSON format allow them, written with the permissions of the function's role. It also collects the correlation ids
 * that the running invocation logged, and their messages.
 */
export class InvocationLog {
  readonly stream: string
  readonly #configuration: FunctionConfiguration
  readonly #options: LogOptions
  readonly #isJson: boolean
  #buffer: { timestampMs: number; message: string }[] = []
  #logged: Logged = { correlationIds: new Set(), messages: new Set() }
  #streamExists = false
  #cancelFlush: Cancel | undefined

  constructor(configuration: FunctionConfiguration, options: LogOptions) {
    this.#configuration = configuration
    this.#options = options
    this.#isJson = configuration.logging.format === 'JSON'
    // 2026/11/20/[$LATEST]0c1…
    const day = this.#now().slice(0, 10).replaceAll('-', '/')
    this.stream = `${day}/[$LATEST]${randomBytes(16).toString('hex')}`
  }

  /** A line that the function wrote. */
  line(message: string): void {
    const fields = fieldsOf(message)
    if (this.#isJson && !isLogged(levelOf(fields), this.#configuration.logging.applicationLevel)) return
    collect(fields, this.#logged)
    this.#write(message)
  }

  start(requestId: string): void {
    this.#logged = { correlationIds: new Set(), messages: new Set() }
    const version = '$LATEST'
    this.#writeOwn('INFO', 'start', { requestId, version }, `START RequestId: ${requestId} Version: ${version}`)
  }

  /** Closes an invocation. @returns what the terminal shows of its log */
  end(
    requestId: string,
    report: {
      durationMs: number
      initMs?: number | undefined
      peakMemoryMb: number
      error?: FunctionError | undefined
    },
  ): Pick<InvocationLine, 'correlationIds' | 'messages' | 'level' | 'place'> {
    const { durationMs, initMs, peakMemoryMb, error } = report
    const isTimeout = error?.errorType === timedOut
    const ended = {
      requestId,
      status: isTimeout ? 'timeout' : error ? 'error' : 'success',
      ...(error && { errorType: error.errorType }),
    }
    const metrics = {
      durationMs: rounded(durationMs),
      billedDurationMs: Math.ceil(durationMs + (initMs ?? 0)),
      memorySizeMB: this.#configuration.memoryMb,
      maxMemoryUsedMB: peakMemoryMb,
      ...(initMs !== undefined && { initDurationMs: rounded(initMs) }),
    }
    const text = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${metrics.billedDurationMs} ms`,
      `Memory Size: ${metrics.memorySizeMB} MB`,
      `Max Memory Used: ${peakMemoryMb} MB`,
      ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
      ...(error ? ['Status: error', `Error Type: ${error.errorType}`] : []),
    ]
    if (isTimeout && !this.#isJson)
      this.#write(`${this.#now()} ${requestId} ${error.errorMessage.replace(/^.*Error: /, '')}`)
    // The levels are those of the Lambda Developer Guide, "System log level event mapping".
    const done = { ...ended, metrics: { durationMs: metrics.durationMs } }
    this.#writeOwn(error ? 'WARN' : 'DEBUG', 'runtimeDone', done, `END RequestId: ${requestId}`)
    this.#writeOwn(error ? 'WARN' : 'INFO', 'report', { ...ended, metrics }, text.join('\t'))
    this.flush()
    const { correlationIds, messages, ...logged } = this.#logged
    const place = placeOf(error?.trace ?? []) ?? logged.place
    return {
      ...logged,
      ...(place !== undefined && { place }),
      correlationIds: [...correlationIds],
      messages: [...messages],
    }
  }

  /** Writes the buffered lines. Those that the role may not write are lost, as on AWS. */
  flush(): void {
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    const lines = this.#buffer
    if (lines.length === 0) return
    this.#buffer = []
    const { group } = this.#configuration.logging
    const { logs } = this.#options
    const stream = `${group}:log-stream:${this.stream}`
    if (!logs.hasGroup(group) && !this.#may('CreateLogGroup', group)) return
    this.#streamExists ||= this.#may('CreateLogStream', stream)
    if (this.#streamExists && this.#may('PutLogEvents', stream)) logs.append(group, this.stream, lines)
  }

  #may(operation: string, resource: string): boolean {
    const request = { action: `logs:${operation}`, resource: arn('logs', `log-group:${resource}`) }
    return isAllowed(this.#configuration, this.#options.access, [request])
  }

  #now(): string {
    return new Date(this.#options.clock.now()).toISOString()
  }

  #write(message: string): void {
    this.#buffer.push({ timestampMs: this.#options.clock.now(), message })
    this.#cancelFlush ??= this.#options.clock.schedule(flushMs, () => this.flush())
  }

  /** A line of Lambda itself; only the JSON format has levels. */
  #writeOwn(level: LogLevel, name: string, record: object, text: string): void {
    if (!this.#isJson) return this.#write(text)
    if (!isLogged(level, this.#configuration.logging.systemLevel)) return
    this.#write(JSON.stringify({ time: this.#now(), type: `platform.${name}`, record }))
  }
}

const rounded = (milliseconds: number): number => Number(milliseconds.toFixed(3))

/** Whether a line of a level is logged where another level is configured. */
const isLogged = (level: LogLevel, configured: LogLevel): boolean =>
  logLevels.indexOf(level) >= logLevels.indexOf(configured)

/**
 * The level of a line that a function wrote. "If the level value field is invalid or missing, Lambda will assign the log
 * output the level INFO" ("Log-level filtering").
 */
function levelOf(fields: Record<string, any>): LogLevel {
  const level = String(fields['level']).toUpperCase()
  return logLevels.find((known) => known === level) ?? 'INFO'
}

/**
 * Reads the fields that the Powertools Logger writes, for the terminal: every JSON line counts that has a correlation
 * id, or an error, which may be logged before the id is known.
 */
function collect(fields: Record<string, any>, logged: { -readonly [Name in keyof Logged]: Logged[Name] }): void {
  const { correlation_id: correlationId, message, error, level } = fields
  const failure = isErrorField(error) ? error : undefined
  if (typeof correlationId === 'string') logged.correlationIds.add(correlationId)
  else if (!failure) return
  if (typeof message === 'string')
    logged.messages.add(failure ? `${message}: ${failure.name}: ${failure.message}` : message)
  if (['ERROR', 'FATAL', 'CRITICAL'].includes(level)) logged.level = 'error'
  else if (level === 'WARN') logged.level ??= 'warn'
  if (failure) logged.place ??= placeOf([failure.stack].flat().flatMap((text) => String(text).split('\n')))
}

const isErrorField = (error: unknown): error is { name: string; message: string; stack?: string | string[] } =>
  typeof error === 'object' && error !== null && 'name' in error && 'message' in error

/** Of a JSON line; any other has none. */
const fieldsOf = (line: string): Record<string, any> => (line.startsWith('{') && parsedJson(line)) || {}

/**
 * The first line of a stack trace in the app's own code, such as `at lend (services/desk/lend.ts:12:9)`; files below the
 * working directory are relative to it.
 */
export function placeOf(stack: readonly string[]): string | undefined {
  const frames = stack.filter(
    (line) => /^\s*at .*:\d+/.test(line) && !/node:|node_modules|lambda\/runtime\//.test(line),
  )
  const frame = frames.find((line) => /\.[cm]?tsx?:/.test(line)) ?? frames[0]
  return frame?.trim().replace('file://', '').replace(`${process.cwd()}/`, '')
}
