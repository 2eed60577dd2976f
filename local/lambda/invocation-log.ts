import { randomBytes } from 'node:crypto'
import type { Cancel, Clock } from '../clock.ts'
import type { LogStore } from '../logs/log-store.ts'
import { placeOf, type FunctionError } from './outcome.ts'

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

/** The longest that a line of a running function is buffered. */
const flushMs = 200

interface Report {
  readonly requestId: string
  readonly durationMs: number
  readonly initMs?: number
  readonly memoryMb: number
  readonly peakMemoryMb: number
  readonly error?: FunctionError
}

/**
 * The log stream of one execution environment: the function's output between Lambda's own lines, as far as the levels of
 * the JSON format allow them. It also collects the correlation ids that the running invocation logged, and their messages.
 */
export class InvocationLog {
  readonly stream: string
  readonly #logging: LoggingConfiguration
  readonly #sink: Pick<LogStore, 'append'>
  readonly #clock: Clock
  #buffer: { timestampMs: number; message: string }[] = []
  #correlationIds = new Set<string>()
  #messages = new Set<string>()
  #level: InvocationLine['level']
  #place: string | undefined
  #cancelFlush: Cancel | undefined

  constructor(options: { logging: LoggingConfiguration; sink: Pick<LogStore, 'append'>; clock: Clock }) {
    this.#logging = options.logging
    this.#sink = options.sink
    this.#clock = options.clock
    this.stream = streamName(options.clock.now())
  }

  /** A line that the function wrote. */
  line(message: string): void {
    const { format, applicationLevel } = this.#logging
    if (format === 'JSON' && !isLogged(logLevelOf(message), applicationLevel)) return
    const { correlationId, text, level, place } = parseLogLine(message)
    if (correlationId !== undefined) this.#correlationIds.add(correlationId)
    if (text !== undefined) this.#messages.add(text)
    if (this.#level !== 'error') this.#level = level ?? this.#level
    this.#place ??= place
    this.#write(message)
  }

  #write(message: string): void {
    this.#buffer.push({ timestampMs: this.#clock.now(), message })
    this.#cancelFlush ??= this.#clock.schedule(flushMs, () => this.flush())
  }

  /** Lambda reports an initialization only when it failed. */
  initFailed({ phase, durationMs, errorType }: { phase: string; durationMs: number; errorType: string }): void {
    const status = errorType === timedOut ? 'timeout' : 'error'
    if (this.#logging.format === 'JSON') {
      const metrics = { durationMs: rounded(durationMs) }
      this.#platform('WARN', 'initReport', { initializationType: 'on-demand', phase, status, errorType, metrics })
    } else {
      const fields = [`Init Duration: ${durationMs.toFixed(2)} ms`, `Phase: ${phase}`, `Status: ${status}`]
      if (status === 'error') fields.push(`Error Type: ${errorType}`)
      this.#write(`INIT_REPORT ${fields.join('\t')}`)
    }
  }

  start(requestId: string): void {
    this.#correlationIds.clear()
    this.#messages.clear()
    this.#level = undefined
    this.#place = undefined
    if (this.#logging.format === 'JSON') this.#platform('INFO', 'start', { requestId, version: '$LATEST' })
    else this.#write(`START RequestId: ${requestId} Version: $LATEST`)
  }

  /** Closes an invocation. @returns what the terminal shows of its log */
  end(report: Report): Pick<InvocationLine, 'correlationIds' | 'messages' | 'level' | 'place'> {
    if (this.#logging.format === 'JSON') this.#platformReport(report)
    else this.#textReport(report)
    this.flush()
    const level = this.#level
    const place = placeOf(report.error?.trace ?? []) ?? this.#place
    return {
      correlationIds: [...this.#correlationIds],
      messages: [...this.#messages],
      ...(level !== undefined && { level }),
      ...(place !== undefined && { place }),
    }
  }

  #textReport({ requestId, durationMs, initMs, memoryMb, peakMemoryMb, error }: Report): void {
    if (error?.errorType === timedOut) {
      const when = new Date(this.#clock.now()).toISOString()
      this.#write(`${when} ${requestId} ${error.errorMessage.replace(/^.*Error: /, '')}`)
    }
    this.#write(`END RequestId: ${requestId}`)
    const fields = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${billedMs(durationMs, initMs)} ms`,
      `Memory Size: ${memoryMb} MB`,
      `Max Memory Used: ${peakMemoryMb} MB`,
    ]
    if (initMs !== undefined) fields.push(`Init Duration: ${initMs.toFixed(2)} ms`)
    if (error) fields.push('Status: error', `Error Type: ${error.errorType}`)
    this.#write(fields.join('\t'))
  }

  /** The levels are those of the Lambda Developer Guide, "System log level event mapping". */
  #platformReport({ requestId, durationMs, initMs, memoryMb, peakMemoryMb, error }: Report): void {
    const status = error === undefined ? 'success' : error.errorType === timedOut ? 'timeout' : 'error'
    const ended = { requestId, status, ...(error && { errorType: error.errorType }) }
    this.#platform(error ? 'WARN' : 'DEBUG', 'runtimeDone', { ...ended, metrics: { durationMs: rounded(durationMs) } })
    const metrics = {
      durationMs: rounded(durationMs),
      billedDurationMs: billedMs(durationMs, initMs),
      memorySizeMB: memoryMb,
      maxMemoryUsedMB: peakMemoryMb,
      ...(initMs !== undefined && { initDurationMs: rounded(initMs) }),
    }
    this.#platform(error ? 'WARN' : 'INFO', 'report', { ...ended, metrics })
  }

  /** A line of Lambda itself in the JSON format. */
  #platform(level: LogLevel, name: string, record: object): void {
    if (!isLogged(level, this.#logging.systemLevel)) return
    this.#write(JSON.stringify({ time: new Date(this.#clock.now()).toISOString(), type: `platform.${name}`, record }))
  }

  /** Writes the buffered lines. */
  flush(): void {
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    if (this.#buffer.length === 0) return
    this.#sink.append(this.#logging.group, this.stream, this.#buffer)
    this.#buffer = []
  }
}

const timedOut = 'Sandbox.Timedout'
const rounded = (milliseconds: number): number => Number(milliseconds.toFixed(3))
const billedMs = (durationMs: number, initMs = 0): number => Math.ceil(durationMs + initMs)

/** `2026/11/20/[$LATEST]0c1…` */
function streamName(nowMs: number): string {
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '/')
  return `${day}/[$LATEST]${randomBytes(16).toString('hex')}`
}

/**
 * Reads the fields that the Powertools Logger writes, for the terminal: every JSON line counts that has a correlation
 * id, or an error, which may be logged before the id is known.
 */
function parseLogLine(line: string): ParsedLine {
  if (!line.startsWith('{') || !/"(correlation_id|error)"/.test(line)) return {}
  try {
    const { correlation_id: correlationId, message, error, level } = JSON.parse(line)
    const failure = isErrorField(error) ? error : undefined
    const isKnown = typeof correlationId === 'string'
    if (!isKnown && !failure) return {}
    const place = failure && placeOf([failure.stack].flat().flatMap((text) => String(text).split('\n')))
    return {
      ...(isKnown && { correlationId }),
      ...(typeof message === 'string' && {
        text: failure ? `${message}: ${failure.name}: ${failure.message}` : message,
      }),
      ...(level === 'WARN' && { level: 'warn' }),
      ...(['ERROR', 'FATAL', 'CRITICAL'].includes(level) && { level: 'error' }),
      ...(place !== undefined && { place }),
    }
  } catch {
    // A line that only looks like JSON is plain text.
    return {}
  }
}

interface ParsedLine extends Pick<InvocationLine, 'level' | 'place'> {
  readonly correlationId?: string
  readonly text?: string
}

const isErrorField = (error: unknown): error is { name: string; message: string; stack?: string | string[] } =>
  typeof error === 'object' && error !== null && 'name' in error && 'message' in error

/** Levels in the order of their detail, the most detailed first. */
const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const
export type LogLevel = (typeof levels)[number]

/**
 * Where and how a function logs. Only the JSON format has levels: "To use log-level filtering, your function must be
 * configured to use the JSON log format"; both are INFO by default (Lambda Developer Guide, "Log-level filtering").
 */
export interface LoggingConfiguration {
  readonly group: string
  readonly format: 'Text' | 'JSON'
  /** Of Lambda's own lines. */
  readonly systemLevel: LogLevel
  /** Of the lines that the function writes. */
  readonly applicationLevel: LogLevel
}

const members = new Set(['LogGroup', 'LogFormat', 'SystemLogLevel', 'ApplicationLogLevel'])

/** @param fail throws an Error that names the function */
export function readLogging(
  config: Record<string, any>,
  functionName: string,
  fail: (problem: string) => never,
): LoggingConfiguration {
  const unknown = Object.keys(config).find((name) => !members.has(name))
  if (unknown !== undefined) fail(`sets LoggingConfig.${unknown}, which is not emulated`)
  const { LogGroup = `/aws/lambda/${functionName}`, LogFormat = 'Text' } = config
  if (LogFormat !== 'Text' && LogFormat !== 'JSON') fail(`has the LogFormat ${LogFormat}; it must be Text or JSON`)
  const level = (name: string, allowed: readonly LogLevel[]): LogLevel => {
    const value = config[name] ?? 'INFO'
    if (config[name] !== undefined && LogFormat !== 'JSON') fail(`has a ${name}, which requires the LogFormat JSON`)
    if (!allowed.includes(value)) fail(`has the ${name} ${value}; it must be one of ${allowed.join(', ')}`)
    return value
  }
  return {
    group: LogGroup,
    format: LogFormat,
    systemLevel: level('SystemLogLevel', ['DEBUG', 'INFO', 'WARN']),
    applicationLevel: level('ApplicationLogLevel', levels),
  }
}

/** Whether a line of a level is logged where another level is configured. */
const isLogged = (level: LogLevel, configured: LogLevel): boolean => levels.indexOf(level) >= levels.indexOf(configured)

/**
 * The level of a line that a function wrote. "If the level value field is invalid or missing, Lambda will assign the log
 * output the level INFO" ("Log-level filtering").
 */
function logLevelOf(line: string): LogLevel {
  if (!line.startsWith('{')) return 'INFO'
  try {
    const level = String(JSON.parse(line).level).toUpperCase()
    return levels.find((known) => known === level) ?? 'INFO'
  } catch {
    // A line that only looks like JSON is plain text.
    return 'INFO'
  }
}
