/** The part of an API Gateway event (payload 2.0) that names a request. */
export interface IdentifiedRequest {
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined
  readonly requestContext: { readonly requestId: string }
}

/**
 * Taken from the request when it is a sane token, so that it may be logged and handed on; the gateway's request id
 * otherwise, which ends in `=`, so that a client can send back the id that it was answered.
 */
export function correlationIdOf(request: IdentifiedRequest): string {
  const given = request.headers?.['x-correlation-id']
  return given !== undefined && /^[\w.:=-]{1,128}$/.test(given) ? given : request.requestContext.requestId
}
