import type { ApiEvent } from './parse-request.ts'

/** The header by which a function recognizes the requests of the distribution. */
export const distributionKeyHeader = 'x-distribution-key'

/**
 * The address that a request comes from. Of a request through the distribution, the gateway's `sourceIp` is a server of
 * CloudFront, which many callers share: "CloudFront gets the IP address of the viewer from the TCP connection, appends it to
 * the end of the X-Forwarded-For header", and API Gateway appends "the IP address of the CloudFront edge server"
 * (CloudFront developer guide, Request and response behavior for custom origins). A caller of the API itself can send any
 * `X-Forwarded-For`, so only the distribution's is believed.
 * @param distributionKey what the distribution sends with each request; without it none is recognized
 */
export function sourceAddressOf(
  { headers, requestContext }: Pick<ApiEvent, 'headers' | 'requestContext'>,
  distributionKey: string | undefined = process.env['DISTRIBUTION_KEY'],
): string {
  const { sourceIp } = requestContext.http
  if (!distributionKey || headers[distributionKeyHeader] !== distributionKey) return sourceIp
  const addresses = (headers['x-forwarded-for'] ?? '').split(',').map((address) => address.trim())
  if (addresses.at(-1) === sourceIp) addresses.pop()
  return addresses.at(-1) || sourceIp
}
