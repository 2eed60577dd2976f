/**
 * The runtime client: the program of an execution environment. It imports the function's handler once, then serves
 * one invocation after the other over the IPC channel. Plain JavaScript without dependencies, because its load time
 * is part of every cold start.
 *
 * Host → client: `{ requestId, event, remainingMs, traceId, invokedFunctionArn }`, `event` as JSON text.
 * Client → host over the channel: `{ type: 'ready' }`, or before the process exits `{ type: 'error', error }`; `error` is
 * `{ errorType, errorMessage, trace }`.
 * The reply to an invocation is the last line of its output on stdout: NUL, the request id and `{ type: 'response', payload, stderr }` or
 * `{ type: 'error', error, stderr }`, so that one write completes an invocation, and the host has read every line when it
 * has the reply. If `stderr` is true, NUL and the request id end the invocation's output there as well.
 */
import { patchConsole } from './console.mjs'
import { describeError, runtimeError } from './errors.mjs'
import { loadHandler } from './handler.mjs'

const responseLimitBytes = 6_291_556

// Handlers may replace the methods of these streams.
const writeOut = process.stdout.write.bind(process.stdout)
const writeErr = process.stderr.write.bind(process.stderr)
let hasStderr = false
process.stderr.write = (...args) => {
  hasStderr = true
  return writeErr(...args)
}

// As on Lambda, a handler must not see a channel to a parent process.
const send = process.send.bind(process)
delete process.send

/** @type {string | undefined} */
let requestId
patchConsole(() => requestId)

process.on('disconnect', () => process.exit())
process.on('uncaughtException', (error) => failAndExit('Uncaught Exception', error, 129))
process.on('unhandledRejection', (reason) => {
  const wrapped = runtimeError('Runtime.UnhandledPromiseRejection', String(reason))
  if (reason instanceof Error) wrapped.stack = reason.stack
  failAndExit('Unhandled Promise Rejection', wrapped, 128)
})

try {
  const handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER, process.env.AWS_EXECUTION_ENV)
  process.on('message', (message) => void serve(handler, message))
  send({ type: 'ready' })
} catch (error) {
  failAndExit('Uncaught Exception', error, 1)
}

async function serve(handler, message) {
  requestId = message.requestId
  if (message.traceId) process.env._X_AMZN_TRACE_ID = message.traceId
  let reply
  try {
    reply = { type: 'response', payload: serialize(await handler(JSON.parse(message.event), contextOf(message))) }
  } catch (error) {
    console.error('Invoke Error', JSON.stringify(describeError(error)))
    reply = { type: 'error', error: describeError(error) }
  }
  if (hasStderr) writeErr(`\0${requestId}\n`)
  writeOut(`\0${requestId}${JSON.stringify({ ...reply, stderr: hasStderr })}\n`)
  hasStderr = false
}

function serialize(result) {
  let payload
  try {
    payload = JSON.stringify(result) ?? 'null'
  } catch {
    throw runtimeError('Runtime.MarshalError', 'Unable to stringify response body')
  }
  if (Buffer.byteLength(payload) > responseLimitBytes) {
    throw runtimeError(
      'Function.ResponseSizeTooLarge',
      `Response payload size exceeded maximum allowed payload size (${responseLimitBytes} bytes).`,
    )
  }
  return payload
}

function contextOf(message) {
  const deadline = performance.now() + message.remainingMs
  const { env } = process
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: message.invokedFunctionArn,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: message.requestId,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    identity: undefined,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
  }
}

function failAndExit(title, error, code) {
  const description = describeError(error)
  console.error(title, JSON.stringify(description))
  send({ type: 'error', error: description }, () => process.exit(code))
}
