/**
 * The runtime client: the program of an execution environment. It imports the function's handler once, then serves
 * one invocation after the other over the IPC channel. Plain JavaScript without dependencies, because its load time
 * is part of every cold start.
 *
 * Host → client: `{ requestId, event, remainingMs, traceId, invokedFunctionArn, clientContext? }`, `event` as JSON text.
 * Client → host: `{ type: 'ready' }`, `{ type: 'init-error', error }`, `{ type: 'response', payload }` or
 * `{ type: 'error', error }`; `error` is `{ errorType, errorMessage, trace }`.
 * After a reply, NUL + request id ends the invocation's output on both stdout and stderr, so that the host knows when
 * it has read every line.
 */
import { patchConsole } from './console.mjs'
import { describeError, runtimeError } from './errors.mjs'
import { loadHandler } from './handler.mjs'

const responseLimitBytes = 6_291_556

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
  process.stdout.write(`\0${requestId}\n`)
  process.stderr.write(`\0${requestId}\n`)
  send(reply)
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
    clientContext: message.clientContext,
    identity: undefined,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
  }
}

function failAndExit(title, error, code) {
  const description = describeError(error)
  console.error(title, JSON.stringify(description))
  send({ type: requestId === undefined ? 'init-error' : 'error', error: description, exits: true }, () =>
    process.exit(code),
  )
}
