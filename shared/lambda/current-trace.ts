import { traceparentOf } from '../events/trace-context.ts'

/** Where in a trace this invocation stands; Lambda says so anew before each one. */
export const currentTraceparent = (): string | undefined => traceparentOf(process.env['_X_AMZN_TRACE_ID'])
