import { AwsError } from '../wire/aws-error.ts'
import type { WireRequest } from '../wire/service.ts'
import type { Buckets, CorsRule } from './buckets.ts'
import type { S3Operation } from './requests.ts'

const methods = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD']

/** @param properties of a template: `{ AllowedOrigins, AllowedMethods, AllowedHeaders?, ExposedHeaders?, MaxAge? }` */
export function corsRuleOf(properties: Record<string, any>): CorsRule {
  const unknown = (properties['AllowedMethods'] as string[]).find((method) => !methods.includes(method))
  if (unknown !== undefined)
    throw new Error(`A CORS rule allows the method ${unknown}; S3 supports ${methods.join(', ')}.`)
  return {
    origins: properties['AllowedOrigins'],
    methods: properties['AllowedMethods'],
    headers: properties['AllowedHeaders'] ?? [],
    exposed: properties['ExposedHeaders'] ?? [],
    ...(properties['MaxAge'] !== undefined && { maxAgeSeconds: Number(properties['MaxAge']) }),
  }
}

/** @throws AwsError AccessForbidden, BadRequest */
export const preflight = (buckets: Buckets): S3Operation => ({
  anonymous: true,
  // A preflight has no valid signature: a presigned URL is signed for another method.
  authenticate: () => ({ kind: 'anonymous' }),
  access: () => [],
  handle({ request: { headers }, bucket }) {
    const { origin, 'access-control-request-method': method } = headers
    const requestedHeaders = namesIn(headers['access-control-request-headers'])
    if (origin === undefined || method === undefined)
      throw new AwsError('BadRequest', 'Insufficient information. Origin request header needed.')
    const rule = ruleFor(buckets.get(bucket).cors, origin, method, requestedHeaders)
    if (!rule) {
      const message = 'CORSResponse: This CORS request is not allowed by a rule of the bucket.'
      throw new AwsError('AccessForbidden', message, { statusCode: 403 })
    }
    const allowed = requestedHeaders.length > 0 && { 'access-control-allow-headers': requestedHeaders.join(', ') }
    return { status: 200, headers: { ...headersOf(rule, origin), ...allowed } }
  },
})

/** The headers of the response to a cross-origin request; none when no rule allows it. */
export function corsHeaders(rules: readonly CorsRule[], { method, headers }: WireRequest): Record<string, string> {
  const origin = headers['origin']
  const rule = origin === undefined ? undefined : ruleFor(rules, origin, method, [])
  return rule ? headersOf(rule, origin!) : {}
}

const ruleFor = (rules: readonly CorsRule[], origin: string, method: string, requestedHeaders: readonly string[]) =>
  rules.find(
    (rule) =>
      rule.methods.includes(method) &&
      rule.origins.some((pattern) => matches(pattern, origin)) &&
      requestedHeaders.every((name) => rule.headers.some((pattern) => matches(pattern.toLowerCase(), name))),
  )

/** A pattern has at most one `*`. */
function matches(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*')
  if (star < 0) return pattern === text
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)]
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after)
}

/** If every origin is allowed, the allowed origin is `*`, and credentials are not allowed. */
function headersOf(rule: CorsRule, origin: string): Record<string, string> {
  const open = rule.origins.some((pattern) => pattern === '*')
  return {
    'access-control-allow-origin': open ? '*' : origin,
    'access-control-allow-methods': rule.methods.join(', '),
    ...(!open && { 'access-control-allow-credentials': 'true' }),
    ...(rule.exposed.length > 0 && { 'access-control-expose-headers': rule.exposed.join(', ') }),
    ...(rule.maxAgeSeconds !== undefined && { 'access-control-max-age': String(rule.maxAgeSeconds) }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  }
}

const namesIn = (list: string | undefined) =>
  (list ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
