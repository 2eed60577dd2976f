import * as z from 'zod'
import { commonProblems, type CommonProblem, type ProblemDefinition } from '#shared/http/problem.ts'
import type { Route } from '#shared/http/route.ts'

type Json = Record<string, unknown>

/** The OpenAPI 3.1 description of the API, made of the routes that also validate its requests. */
export function describeApi(routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes.toSorted((a, b) => compare(a.path, b.path))) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: describeOperation(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Cartwheel', version: '1', summary: 'A shop: catalogue, orders and stock.', description },
    paths,
    components: { securitySchemes, schemas: { Problem, GatewayMessage }, headers },
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const description = `Money is an integer of minor units. Lists answer a page and, while there is more, a cursor for the next.

Failures come in two kinds. What a function answers is RFC 9457 \`application/problem+json\`; its \`code\` is stable. What the gateway itself answers (401 and 403 of an authorizer, 413, 429, 503) is \`{"message": …}\`, because an HTTP API's own answers cannot be shaped.`

const securitySchemes = {
  customer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: "An access token of the shop's user pool. ID tokens are refused.",
  },
  staff: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of a configured issuer, of a user in the group staff.',
  },
}

const Problem = {
  title: 'Problem',
  description: 'RFC 9457 problem details, as every function answers on failure.',
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string', description: 'Stable, to be told apart by programs.' },
    requestId: { type: 'string' },
    correlationId: { type: 'string', description: 'What npm run logs -- --correlation takes' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string', examples: ['/items/0/sku'] }, detail: { type: 'string' } },
      },
    },
  },
}

const GatewayMessage = {
  title: 'Gateway message',
  description: "The gateway's own answer: no function has seen the request.",
  type: 'object',
  required: ['message'],
  properties: { message: { type: 'string', examples: ['Unauthorized'] } },
}

const headers = {
  'x-correlation-id': {
    description: 'Taken from the request or made, and handed on through every event that follows.',
    schema: { type: 'string' },
  },
}

function describeOperation(route: Route): Json {
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(route.retired ? { deprecated: true } : {}),
    tags: [route.access],
    ...(route.access === 'public' ? { security: [] } : { security: [{ [route.access]: [] }] }),
    parameters: [
      ...parametersIn('path', route.parameters),
      ...parametersIn('query', route.query),
      ...parametersIn('header', route.headers),
    ],
    ...(route.body ? { requestBody: { required: true, content: json(schemaOf(route.body, 'input')) } } : {}),
    responses: { ...successes(route), ...failures(route) },
  }
}

function parametersIn(place: 'path' | 'query' | 'header', schema: z.ZodType | undefined): Json[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description: about, ...property }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(about ? { description: about } : {}),
    schema: property,
  }))
}

const successes = (route: Route): Json =>
  Object.fromEntries(
    Object.entries(route.answers).map(([status, answer]) => [
      status,
      {
        description: answer.description,
        headers: correlationHeader,
        ...(answer.schema ? { content: json(schemaOf(answer.schema, 'output')) } : {}),
      },
    ]),
  )

/** By status: the problems of functions with their codes, and beside them what the gateway answers by itself. */
function failures(route: Route): Json {
  const byStatus = new Map<number, string[]>()
  for (const [code, { status }] of Object.entries(problemsOf(route))) {
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  for (const status of gatewayStatuses(route)) byStatus.set(status, byStatus.get(status) ?? [])
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([a], [b]) => a - b)
      .map(([status, codes]) => [String(status), describeFailure(status, codes, route)]),
  )
}

function problemsOf(route: Route): Record<string, ProblemDefinition> {
  const common = Object.entries(commonProblems).filter(([code]) => mayAnswer[code as CommonProblem](route))
  return { ...Object.fromEntries(common), ...route.problems }
}

const hasBody = (route: Route) => route.body !== undefined

/** Which routes a common problem can come from. */
const mayAnswer: Record<CommonProblem, (route: Route) => boolean> = {
  'malformed-json': hasBody,
  'body-too-large': hasBody,
  'unsupported-media-type': hasBody,
  'invalid-cursor': ({ query }) => parametersIn('query', query).some(({ name }) => name === 'cursor'),
  'validation-failed': ({ body, query, headers: asked, parameters }) => Boolean(body ?? query ?? asked ?? parameters),
  // A PUT makes what is not there.
  'not-found': ({ method, parameters }) => parameters !== undefined && method !== 'PUT',
  conflict: ({ method }) => method !== 'GET',
  'dependency-unavailable': () => true,
  'internal-error': () => true,
}

/** Above 10 MB it is the gateway that refuses a body; a smaller one that is too large is the function's to refuse. */
const gatewayStatuses = (route: Route): readonly number[] => [
  ...(route.access === 'public' ? [] : [401, 403]),
  ...(hasBody(route) ? [413] : []),
  429,
  503,
]

function describeFailure(status: number, codes: readonly string[], route: Route): Json {
  const fromGateway = gatewayStatuses(route).includes(status)
  return {
    description: codes.length > 0 ? codes.map((code) => `\`${code}\``).join(', ') : 'Answered by the gateway',
    ...(codes.length > 0 ? { headers: correlationHeader } : {}),
    content: {
      ...(codes.length > 0 ? { 'application/problem+json': { schema: reference('Problem') } } : {}),
      ...(fromGateway ? json(reference('GatewayMessage')) : {}),
    },
  }
}

const correlationHeader = { 'x-correlation-id': { $ref: '#/components/headers/x-correlation-id' } }

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` })

const json = (schema: Json) => ({ 'application/json': { schema } })

/** OpenAPI 3.1 takes JSON Schema as it is. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    reused: 'inline',
  }) as Json
  return rest
}
