import { api, newCustomer, staffToken } from './shop.ts'

/** What the test reads of an operation in the OpenAPI document. */
interface Operation {
  readonly operationId: string
  readonly security: readonly Record<string, unknown>[]
  readonly parameters: readonly { name: string; in: string; required: boolean; example?: string }[]
  readonly requestBody?: { content: { 'application/json': { example: unknown } } }
  /** Of a failure, a reference to the components. */
  readonly responses: Record<string, { content?: Record<string, unknown>; $ref?: string }>
}

const { body: openApi } = await api('GET', '/openapi.json')
const operations = Object.entries<Record<string, Operation>>(openApi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
)

/** Those whose example changes nothing that the deployment's customers see. */
const harmless = operations.filter(
  ({ method, security }) => method === 'GET' || (method !== 'DELETE' && !security.some((scheme) => scheme['staff'])),
)

/** Operations whose successful responses caches may keep. */
const cached = ['listProducts', 'getProduct', 'getOpenApi', 'getAsyncApi']

const tokens: Record<string, string> = {}
beforeAll(async () => {
  tokens['customer'] = (await newCustomer()).token
  tokens['staff'] = await staffToken()
})

/** Sends the example of an operation, with nothing but what the document says. */
function sendExample({ path, method, parameters, requestBody, security }: (typeof operations)[number]) {
  const valuesIn = (place: string) =>
    parameters.filter(({ in: each, example }) => each === place && example !== undefined)
  const filled = valuesIn('path').reduce((text, { name, example }) => text.replace(`{${name}}`, example!), path)
  const headers = Object.fromEntries(valuesIn('header').map(({ name, example }) => [name, example!]))
  const [scheme] = Object.keys(security[0] ?? {})
  const body = requestBody?.content['application/json'].example
  return api(method, filled, { token: scheme && tokens[scheme], headers, body })
}

test.each(harmless.map((operation) => [operation.operationId, operation] as const))(
  'the response to the example of %s is described, and marked for caches only if it is the same for every caller',
  async (_, operation) => {
    const { status, headers } = await sendExample(operation)
    const response = operation.responses[status]
    expect([status, response === undefined]).toEqual([status, false])
    const name = response!.$ref?.replace('#/components/responses/', '')
    const described = name === undefined ? response : openApi.components.responses[name]
    expect(status).not.toBe(422)
    const isCached = status === 200 && cached.includes(operation.operationId)
    expect(/public|max-age/.test(headers.get('cache-control') ?? '')).toBe(isCached)
    const contentType = headers.get('content-type')
    if (described.content) expect(Object.keys(described.content)).toContain(contentType)
  },
)

test('a client that knows only the document places an order', async () => {
  const placeOrder = operations.find(({ operationId }) => operationId === 'placeOrder')!
  const { status, body } = await sendExample(placeOrder)
  expect([status, body.status]).toEqual([201, 'PLACED'])
})

test('the AsyncAPI document describes the events of the deployed services', async () => {
  const { status, body } = await api('GET', '/asyncapi.json')
  expect([status, body.asyncapi]).toEqual([200, '3.0.0'])
  expect(Object.keys(body.components.messages)).toEqual(expect.arrayContaining(['OrderPlaced', 'ProductChanged']))
})
