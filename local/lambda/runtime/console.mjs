import { formatWithOptions } from 'node:util'

const levels = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' }

/**
 * Formats console lines as Lambda does: time, request id, level and message separated by tabs, or one JSON object
 * when the function's log format is JSON. A message of several lines stays one log event.
 * @param {() => string | undefined} requestId of the running invocation
 */
export function patchConsole(requestId) {
  const json = process.env.AWS_LAMBDA_LOG_FORMAT === 'JSON'
  for (const [method, level] of Object.entries(levels)) {
    console[method] = (...values) => {
      const timestamp = new Date().toISOString()
      const message = formatWithOptions({ compact: true }, ...values)
      const line = json
        ? JSON.stringify({ timestamp, level, requestId: requestId(), message })
        : [timestamp, requestId() ?? 'undefined', level, message.replaceAll('\n', '\r')].join('\t')
      process.stdout.write(`${line}\n`)
    }
  }
}
