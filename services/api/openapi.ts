import * as z from 'zod'
import { applicationName } from '#shared/application.ts'
import { commonProblems, type CommonProblem, type ProblemDefinition } from '#shared/http/problem.ts'
import type { Route } from '#shared/http/route.ts'

type Json = Record<string, unknown>

/**
 * The OpenAPI 3.1 document, generated from the routes that also validate requests.
 * @param byService the routes of each service, by its name
 */
export function describeApi(byService: Readonly<Record<string, readonly Route[]>>): Json {
  const paths: Record<string, Json> = {}
  const routes = Object.values(byService).flat()
  const owned = Object.entries(byService).flatMap(([service, own]) => own.map((route) => ({ service, route })))
  for (const { service, route } of owned.toSorted((a, b) => compare(a.route.path, b.route.path))) {
    const operation = { ...describeOperation(route), 'x-service': service }
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: applicationName,
      version: '1',
      summary: 'A shop: catalog, orders and stock.',
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // Beside this document, whichever stage of the API serves it.
    servers: [{ url: '.' }],
    tags: accesses,
    paths,
    components: {
      securitySchemes,
      schemas: { Problem, GatewayMessage },
      headers,
      responses: Object.fromEntries(
        routes
          .flatMap(failuresOf)
          .toSorted((a, b) => compare(a.name, b.name))
          .map(({ name, response }) => [name, response]),
      ),
    },
  }
}

/** Operations are grouped by who may call them. */
const accesses = [
  { name: 'public', description: 'Anyone' },
  { name: 'customer', description: 'Signed-in customers' },
  { name: 'staff', description: 'Members of the group staff' },
]

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const description = `Money is an integer in minor units. Lists return a page and, if there are more items, a cursor for the next page. A page may be short or empty and still have a \`nextCursor\`. Query parameters that a route does not describe, empty ones and repeated ones are 422 on every route. Bodies are JSON in UTF-8.

Failures have two formats. A function returns RFC 9457 \`application/problem+json\`, whose \`code\` is stable. The gateway's own responses (400, 401 and 403 of an authorizer, 413, 429, 431, 503, and 500 when a function or an authorizer fails) are \`{"message": …}\`, which an HTTP API cannot change.`

const securitySchemes = {
  customer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: "An access token of the shop's user pool. ID tokens are rejected.",
  },
  staff: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      "An access token of a configured issuer, for a user in the group staff. A user of the shop's own user pool who is removed from the group, or disabled, loses access within one minute.",
  },
}

const Problem = {
  title: 'Problem',
  description: 'RFC 9457 problem details, the failure response of every function.',
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string', description: 'A stable code for programs.' },
    requestId: { type: 'string' },
    correlationId: { type: 'string', description: 'Identifies the request in logs and events' },
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
  description: "The gateway's own response: the request did not reach a function, or the function failed.",
  type: 'object',
  required: ['message'],
  properties: { message: { type: 'string', examples: ['Unauthorized'] } },
}

const headers = {
  'x-correlation-id': {
    description: 'Taken from the request or generated, and propagated through every subsequent event.',
    schema: { type: 'string' },
  },
  'retry-after': { description: 'Seconds to wait before the next attempt.', schema: { type: 'integer', minimum: 0 } },
}

function describeOperation(route: Route): Json {
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(route.retired ? { deprecated: true } : {}),
    tags: [route.access],
    ...(route.access === 'public' ? { security: [] } : { security: [{ [route.access]: [] }] }),
    parameters: [
      ...parametersIn('path', route.parameters, route.example?.parameters),
      ...parametersIn('query', route.query),
      ...parametersIn('header', route.headers, route.example?.headers),
    ],
    ...(route.body
      ? { requestBody: { required: true, content: json(schemaOf(route.body, 'input'), route.example?.body) } }
      : {}),
    responses: {
      ...successes(route),
      ...Object.fromEntries(
        failuresOf(route).map(({ status, name }) => [status, { $ref: `#/components/responses/${name}` }]),
      ),
    },
  }
}

function parametersIn(place: 'path' | 'query' | 'header', schema: z.ZodType | undefined, examples?: unknown): Json[] {
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
    ...withExample((examples as Json | undefined)?.[name]),
  }))
}

const successes = (route: Route): Json =>
  Object.fromEntries(
    Object.entries(route.responses).map(([status, response]) => [
      status,
      {
        description: response.description,
        headers: correlationHeader,
        ...(response.schema ? { content: json(schemaOf(response.schema, 'output')) } : {}),
      },
    ]),
  )

interface Failure {
  readonly status: number
  /** The same for routes that fail in the same ways. */
  readonly name: string
  readonly response: Json
}

/** By status: the problems of the function with their codes, and the gateway's own responses. */
function failuresOf(route: Route): Failure[] {
  const ofGateway = gatewayFailures(route)
  const problems = Object.entries(problemsOf(route))
  const statuses = new Set([...problems.map(([, { status }]) => status), ...Object.keys(ofGateway).map(Number)])
  return [...statuses]
    .toSorted((a, b) => a - b)
    .map((status) => {
      const codes = problems.filter(([, problem]) => problem.status === status).map(([code]) => code)
      return { status, ...describeFailure(status, codes, { route, ofGateway: ofGateway[status] }) }
    })
}

function problemsOf(route: Route): Record<string, ProblemDefinition> {
  const common = Object.entries(commonProblems).filter(([code]) => mayReturn[code as CommonProblem](route))
  return { ...Object.fromEntries(common), ...route.problems }
}

const hasBody = (route: Route) => route.body !== undefined

/** Which routes can return a common problem. */
const mayReturn: Record<CommonProblem, (route: Route) => boolean> = {
  'malformed-json': hasBody,
  'body-too-large': hasBody,
  'unsupported-media-type': hasBody,
  'invalid-cursor': ({ query }) => parametersIn('query', query).some(({ name }) => name === 'cursor'),
  // Every route rejects unknown query parameters.
  'validation-failed': () => true,
  // A PUT creates a missing resource.
  'not-found': ({ method, parameters }) => parameters !== undefined && method !== 'PUT',
  'account-deleted': ({ access }) => access === 'customer',
  conflict: ({ method }) => method !== 'GET',
  'dependency-unavailable': () => true,
  'internal-error': () => true,
}

/**
 * The gateway's own responses and their causes. A body that is smaller and still too large is rejected by the function. Its
 * 500 is the response to a function that ends with an error, such as an authorizer that cannot decide.
 */
const gatewayFailures = (route: Route): Readonly<Record<number, string | undefined>> => ({
  400: 'the gateway cannot read the request',
  ...(route.access === 'public' ? {} : { 401: 'no valid token', 403: 'a token that does not permit this operation' }),
  413: 'a body over 10 MB',
  429: 'too many requests of all clients',
  431: 'more than 10,240 bytes of request line and headers',
  500: 'a function or an authorizer failed',
  503: 'no response in time',
})

function describeFailure(
  status: number,
  codes: readonly string[],
  { route, ofGateway }: { route: Route; ofGateway: string | undefined },
) {
  const causes = [...codes.map((code) => `\`${code}\``), ...(ofGateway === undefined ? [] : [ofGateway])]
  const retry = status === 429 || status === 503 ? { 'retry-after': { $ref: '#/components/headers/retry-after' } } : {}
  return {
    name: [status, ...codes, ...(ofGateway === undefined ? [] : ['gateway'])].join('-'),
    response: {
      description: causes.join(', '),
      ...(codes.length > 0 ? { headers: { ...correlationHeader, ...retry } } : {}),
      content: {
        ...(codes.length > 0 ? { 'application/problem+json': { schema: problemOf(codes, route) } } : {}),
        ...(ofGateway === undefined ? {} : json(reference('GatewayMessage'))),
      },
    },
  }
}

/** Extension members are optional, since other problems of the status may have none. */
function problemOf(codes: readonly string[], route: Route): Json {
  const extensions = codes.flatMap((code) => problemsOf(route)[code]?.extension ?? [])
  const members = extensions.map((extension) => schemaOf(extension, 'output')['properties'])
  return { ...reference('Problem'), ...(members.length > 0 ? { properties: Object.assign({}, ...members) } : {}) }
}

const correlationHeader = { 'x-correlation-id': { $ref: '#/components/headers/x-correlation-id' } }

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` })

const json = (schema: Json, example?: unknown) => ({ 'application/json': { schema, ...withExample(example) } })

const withExample = (example: unknown) => (example === undefined ? {} : { example })

/** A schema of OpenAPI 3.1 is JSON Schema. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    reused: 'inline',
  }) as Json
  return rest
}
