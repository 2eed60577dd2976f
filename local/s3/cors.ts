import { AwsError } from '../wire/aws-error.ts'
import type { WireRequest } from '../wire/service.ts'
import type { Buckets, CorsRule } from './buckets.ts'
import type { S3Operation } from './requests.ts'

/** @throws AwsError AccessForbidden, BadRequest */
export const preflight = (buckets: Buckets): S3Operation => ({
  anonymous: true,
  // A preflight has no valid signature: a presigned URL is signed for another method.
  authenticate: () => ({ kind: 'anonymous' }),
  access: () => [],
  handle({ request: { headers }, bucket }) {
    const { origin, 'access-control-request-method': method, 'access-control-request-headers': list = '' } = headers
    const requested = (list.toLowerCase().match(/[^\s,]+/g) ?? []) as string[]
    if (origin === undefined || method === undefined)
      throw new AwsError('BadRequest', 'Insufficient information. Origin request header needed.')
    const rule = ruleFor(buckets.require(bucket).cors, origin, method, requested)
    if (!rule) {
      const message = 'CORSResponse: This CORS request is not allowed by a rule of the bucket.'
      throw new AwsError('AccessForbidden', message, { statusCode: 403 })
    }
    const allowed = requested.length > 0 && { 'access-control-allow-headers': requested.join(', ') }
    return { status: 200, headers: { ...headersOf(rule, origin), ...allowed } }
  },
})

/** The headers of the response to a cross-origin request; none when no rule allows it. */
export function corsHeaders(rules: readonly CorsRule[], { method, headers }: WireRequest): Record<string, string> {
  const { origin } = headers
  const rule = origin === undefined ? undefined : ruleFor(rules, origin, method, [])
  return rule ? headersOf(rule, origin!) : {}
}

const ruleFor = (rules: readonly CorsRule[], origin: string, method: string, requested: readonly string[]) =>
  rules.find(
    ({ AllowedMethods, AllowedOrigins, AllowedHeaders = [] }) =>
      AllowedMethods.includes(method) &&
      AllowedOrigins.some((pattern) => matches(pattern, origin)) &&
      requested.every((name) => AllowedHeaders.some((pattern) => matches(pattern.toLowerCase(), name))),
  )

/** A pattern has at most one `*`. */
function matches(pattern: string, text: string): boolean {
  const [before = '', after] = pattern.split('*')
  if (after === undefined) return pattern === text
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after)
}

/** If every origin is allowed, the allowed origin is `*`, and credentials are not allowed. */
function headersOf(rule: CorsRule, origin: string): Record<string, string> {
  const isOpen = rule.AllowedOrigins.includes('*')
  return {
    'access-control-allow-origin': isOpen ? '*' : origin,
    'access-control-allow-methods': rule.AllowedMethods.join(', '),
    ...(!isOpen && { 'access-control-allow-credentials': 'true' }),
    ...(rule.ExposedHeaders?.length && { 'access-control-expose-headers': rule.ExposedHeaders.join(', ') }),
    ...(rule.MaxAge !== undefined && { 'access-control-max-age': String(rule.MaxAge) }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  }
}
