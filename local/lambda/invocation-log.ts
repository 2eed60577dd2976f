import { randomBytes } from 'node:crypto'
import type { Cancel, Clock } from '../clock.ts'
import type { FunctionError } from './outcome.ts'
import type { LogSink } from './ports.ts'

/** The longest that a line of a running function is buffered. */
const flushMs = 200

/** `LogType: Tail` returns the last 4 KB. */
const tailLength = 4096

/**
 * The log stream of one execution environment: the function's output between Lambda's START, END and REPORT lines.
 * It also collects the correlation ids that the running invocation logged, and their messages.
 */
export class InvocationLog {
  readonly group: string
  readonly stream: string
  readonly #sink: Pick<LogSink, 'append'>
  readonly #clock: Clock
  #buffer: { timestampMs: number; message: string }[] = []
  #correlationIds = new Set<string>()
  #messages = new Set<string>()
  #tail = ''
  #cancelFlush: Cancel | undefined

  constructor(options: { group: string; sink: Pick<LogSink, 'append'>; clock: Clock }) {
    this.group = options.group
    this.#sink = options.sink
    this.#clock = options.clock
    this.stream = streamName(options.clock.now())
  }

  line(message: string): void {
    const { correlationId, text } = parseLogLine(message)
    if (correlationId !== undefined) this.#correlationIds.add(correlationId)
    if (text !== undefined) this.#messages.add(text)
    this.#tail = `${this.#tail}${message}\n`.slice(-tailLength)
    this.#buffer.push({ timestampMs: this.#clock.now(), message })
    this.#cancelFlush ??= this.#clock.schedule(flushMs, () => this.#flush())
  }

  start(requestId: string): void {
    this.#correlationIds.clear()
    this.#messages.clear()
    this.#tail = ''
    this.line(`START RequestId: ${requestId} Version: $LATEST`)
  }

  /**
   * Closes an invocation.
   * @returns the correlation ids that it logged, their messages, and the end of its log (at most 4 KB)
   */
  end(report: {
    requestId: string
    durationMs: number
    initMs?: number
    memoryMb: number
    peakMemoryMb: number
    error?: FunctionError
  }): { correlationIds: string[]; messages: string[]; text: string } {
    const { requestId, durationMs, initMs, error } = report
    if (error?.errorType === 'Sandbox.Timedout') {
      const when = new Date(this.#clock.now()).toISOString()
      this.line(`${when} ${requestId} ${error.errorMessage.replace(/^.*Error: /, '')}`)
    }
    this.line(`END RequestId: ${requestId}`)
    const fields = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(durationMs + (initMs ?? 0))} ms`,
      `Memory Size: ${report.memoryMb} MB`,
      `Max Memory Used: ${report.peakMemoryMb} MB`,
    ]
    if (initMs !== undefined) fields.push(`Init Duration: ${initMs.toFixed(2)} ms`)
    if (error) fields.push('Status: error', `Error Type: ${error.errorType}`)
    this.line(fields.join('\t'))
    this.#flush()
    return { correlationIds: [...this.#correlationIds], messages: [...this.#messages], text: this.#tail }
  }

  #flush(): void {
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    if (this.#buffer.length === 0) return
    this.#sink.append(this.group, this.stream, this.#buffer)
    this.#buffer = []
  }
}

/** `2026/11/20/[$LATEST]0c1…` */
function streamName(nowMs: number): string {
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '/')
  return `${day}/[$LATEST]${randomBytes(16).toString('hex')}`
}

/**
 * Reads the fields that the Powertools Logger writes, for the terminal: every JSON line counts that has a correlation
 * id, or an error, which may be logged before the id is known.
 */
function parseLogLine(line: string): { correlationId?: string; text?: string } {
  if (!line.startsWith('{') || !/"(correlation_id|error)"/.test(line)) return {}
  try {
    const { correlation_id: correlationId, message, error } = JSON.parse(line)
    const known = typeof correlationId === 'string'
    if (typeof message !== 'string' || (!known && !isErrorField(error))) return known ? { correlationId } : {}
    const text = isErrorField(error) ? `${message}: ${error.name}: ${error.message}` : message
    return known ? { correlationId, text } : { text }
  } catch {
    // A line that only looks like JSON is plain text.
    return {}
  }
}

const isErrorField = (error: unknown): error is { name: string; message: string } =>
  typeof error === 'object' && error !== null && 'name' in error && 'message' in error
