import { Duration } from 'aws-cdk-lib'
import type { ErrorResponse } from 'aws-cdk-lib/aws-cloudfront'

/** "Valid values: 400 403 404 405 414 416 500 501 502 503 504" (CloudFront API reference, CustomErrorResponse). */
const cachedErrors = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]

/**
 * CloudFront keeps an error for 10 seconds by default, for all callers of a path: one caller's 404 of an order that does not
 * exist yet would be returned to its customer. Without a response page, the error stays as the origin returned it.
 */
export const neverCachedErrors: ErrorResponse[] = cachedErrors.map((httpStatus) => ({
  httpStatus,
  ttl: Duration.seconds(0),
}))
