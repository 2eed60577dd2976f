/**
 * For the constructor of every AWS client. By default the SDK waits for a response without limit, so that one lost
 * connection costs the function's whole timeout. Three attempts of three seconds fit into the ten seconds of an API
 * function. The SDK only logs an exceeded `requestTimeout` unless it is configured to throw.
 */
export const clientConfiguration = {
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const

/**
 * For clients that send emails and text messages, which know no repeated request: after a slow or lost response the SDK would
 * send them again. They wait longer, and only the event's next delivery sends again. Fits into 15 seconds.
 */
export const sendingClientConfiguration = {
  maxAttempts: 1,
  requestHandler: { ...clientConfiguration.requestHandler, requestTimeout: 10_000 },
} as const
