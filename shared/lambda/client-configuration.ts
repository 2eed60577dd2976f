/**
 * For the constructor of every AWS client. By default the SDK waits for a response without limit, so that one lost
 * connection costs the function's whole timeout. Three attempts of three seconds fit into the ten seconds of an API
 * function. The SDK only logs an exceeded `requestTimeout` unless it is configured to throw.
 */
export const clientConfiguration = {
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const

/**
 * For clients that send emails and text messages. SES and SNS do not recognize a repeated request: after a slow or lost
 * response the SDK would send the message again. These wait longer, and send once. So each request has a connection of its
 * own: "Lambda purges idle connections over time. Attempting to reuse an idle connection when invoking a function will result
 * in a connection error" (Lambda Developer Guide, best practices), after which other clients repeat the request.
 */
export const sendingClientConfiguration = {
  maxAttempts: 1,
  requestHandler: {
    ...clientConfiguration.requestHandler,
    requestTimeout: 10_000,
    httpAgent: { keepAlive: false },
    httpsAgent: { keepAlive: false },
  },
} as const
