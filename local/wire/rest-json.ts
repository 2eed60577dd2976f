import type { AwsError } from './aws-error.ts'
import type { WireResponse } from './service.ts'

/** The error answer of the REST-JSON services (Lambda, SES v2): the code stands in a header, a refusal is a 403. */
export function restJsonError(error: AwsError, requestId: string): WireResponse {
  return {
    status: error.name === 'AccessDeniedException' ? 403 : error.statusCode,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, 'x-amzn-errortype': error.name },
    body: JSON.stringify({ message: error.message, Message: error.message, ...error.members }),
  }
}
