import * as z from 'zod'
import { callApi, type ApiCall } from '#test/support/api-event.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { apiHandler, type ApiReply, type ApiRequest } from './api-handler.ts'
import { forExistingAccount } from './existing-account.ts'
import { commonProblems, problem } from './problem.ts'
import { defineRoute } from './route.ts'
import { applicationId } from '#shared/application.ts'
import { ThrottledError } from '#shared/throttle.ts'

const logs = capturedLogs()

const getBook = defineRoute({
  operationId: 'getBook',
  method: 'GET',
  path: '/books/{isbn}',
  access: 'public',
  summary: 'One book',
  entry: 'get-book',
  parameters: z.object({ isbn: z.string().max(13) }),
  responses: {},
})

const request: ApiCall = { path: '/books/123', parameters: { isbn: '123' } }

const responding = (reply: ApiReply) => apiHandler(getBook, async () => reply)
const failing = (error: unknown) =>
  apiHandler(getBook, async () => {
    throw error
  })
const named = (name: string) => Object.assign(new Error('table-4711 of mira@example.com is busy'), { name })

describe('a successful response', () => {
  test('is JSON, with the headers of the reply', async () => {
    const { status, headers, body } = await callApi(
      responding({ status: 201, body: { isbn: '123' }, headers: { location: '/books/123' } }),
      request,
    )
    expect(status).toBe(201)
    expect(headers).toMatchObject({ 'content-type': 'application/json', location: '/books/123' })
    expect(body).toEqual({ isbn: '123' })
  })

  test('of a named stage has a location below the name of the stage, if that is a path', async () => {
    const location = async (path: string) => {
      const reply = responding({ status: 201, headers: { location: path } })
      return (await callApi(reply, { ...request, stage: 'api' })).headers['location']
    }
    expect(await location('/books/123')).toBe('/api/books/123')
    expect(await location('https://files.example.com/label.pdf')).toBe('https://files.example.com/label.pdf')
  })

  test.each([
    ['public', undefined],
    ['customer', 'no-store'],
    ['staff', 'no-store'],
  ] as const)('of a %s route has the Cache-Control %s, also if it is a problem', async (access, expected) => {
    const handler = (reply: ApiReply) => apiHandler({ ...getBook, access }, async () => reply)
    const caller = access === 'public' ? {} : { [access]: 'u-1' }
    for (const reply of [{ status: 200 }, { problem: problem(commonProblems, 'conflict', 'x') }]) {
      expect((await callApi(handler(reply), { ...request, ...caller })).headers['cache-control']).toBe(expected)
    }
    const own = handler({ status: 200, headers: { 'cache-control': 'private, max-age=5' } })
    expect((await callApi(own, { ...request, ...caller })).headers['cache-control']).toBe('private, max-age=5')
  })

  test('may have no body', async () => {
    expect((await callApi(responding({ status: 204 }), request)).body).toBeUndefined()
  })
})

describe('the trace', () => {
  const seen: (string | undefined)[] = []
  const handler = apiHandler(getBook, async ({ cause }: ApiRequest<typeof getBook>) => {
    seen.push(cause.traceparent)
    return { status: 200 }
  })
  const client = '00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01'
  afterEach(() => {
    delete process.env['_X_AMZN_TRACE_ID']
  })

  test('comes from the invocation and is logged with its X-Ray id; the client’s traceparent is ignored', async () => {
    process.env['_X_AMZN_TRACE_ID'] = 'Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1'
    await callApi(handler, { ...request, headers: { traceparent: client } })
    expect(seen.at(-1)).toBe('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')
    const trace = '1-4bf92f35-77b34da6a3ce929d0e0e4736'
    expect(logs.lines().at(-1)).toMatchObject({ trace_id: trace })
  })

  test('may have an id that the client chose, which must be a valid one', async () => {
    process.env['_X_AMZN_TRACE_ID'] = 'Root=1-00000000-000000000000000000000000;Parent=00f067aa0ba902b7;Sampled=1'
    await callApi(handler, request)
    expect(seen.at(-1)).toBeUndefined()
  })

  test('is absent without tracing, even after a traced request', async () => {
    await callApi(handler, { ...request, headers: { traceparent: client } })
    expect(seen.at(-1)).toBeUndefined()
    expect(logs.lines().at(-1)).not.toHaveProperty('trace_id')
  })
})

describe('the correlation id', () => {
  const seen: string[] = []
  const handler = apiHandler(getBook, async ({ cause }: ApiRequest<typeof getBook>) => {
    seen.push(cause.correlationId)
    return { status: 200 }
  })
  const sent = async (id: string) => {
    const { headers } = await callApi(handler, { ...request, headers: { 'x-correlation-id': id } })
    return [headers['x-correlation-id'], seen.at(-1), logs.lines().at(-1)!['correlation_id']]
  }

  test('is taken from the request, propagated, logged and returned', async () => {
    expect(await sent('checkout-42.a:b')).toEqual(Array.from({ length: 3 }, () => 'checkout-42.a:b'))
  })

  test('defaults to the gateway’s request id', async () => {
    const { headers } = await callApi(handler, request)
    expect(headers['x-correlation-id']).toBe('gateway-request')
  })

  test('accepts a gateway’s request id', async () => {
    expect(await sent('JKJaXmPLvHcESHA=')).toEqual(Array.from({ length: 3 }, () => 'JKJaXmPLvHcESHA='))
  })

  test.each([
    ['with a line break', 'a\nb'],
    ['with a space', 'a b'],
    ['of 129 characters', 'x'.repeat(129)],
    ['empty', ''],
  ])('is replaced when the client’s is %s', async (_, id) => {
    expect(await sent(id)).toEqual(Array.from({ length: 3 }, () => 'gateway-request'))
  })

  test('is returned with failures as well', async () => {
    const headers = { 'x-correlation-id': 'c-9' }
    for (const handle of [
      failing(new Error('bug')),
      responding({ problem: problem(commonProblems, 'conflict', 'x') }),
    ]) {
      expect((await callApi(handle, { ...request, headers })).headers['x-correlation-id']).toBe('c-9')
    }
  })
})

describe('a problem', () => {
  test('is returned as RFC 9457 problem details', async () => {
    const { status, headers, body } = await callApi(
      responding({
        problem: problem(commonProblems, 'conflict', 'Read it again.', {
          errors: [{ pointer: '/isbn', detail: 'taken' }],
          headers: { 'retry-after': '1' },
        }),
      }),
      request,
    )
    expect(status).toBe(409)
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'retry-after': '1' })
    expect(body).toEqual({
      type: `urn:${applicationId}:problem:conflict`,
      title: commonProblems.conflict.title,
      status: 409,
      detail: 'Read it again.',
      instance: '/books/123',
      code: 'conflict',
      requestId: 'lambda-request',
      correlationId: headers['x-correlation-id'],
      errors: [{ pointer: '/isbn', detail: 'taken' }],
    })
  })

  test.each([
    ['/nope\u0000\n', '/nope%00%0A'],
    ['/a b/%41?x#y', '/a%20b/%2541%3Fx%23y'],
    ['/caf\u00e9/[1]|\\', '/caf%C3%A9/%5B1%5D%7C%5C'],
    ['/half\ud800', '/half%EF%BF%BD'],
    ['//evil.example/x', '/.//evil.example/x'],
    ["/orders/-._~!$&'()*+,;=:@", "/orders/-._~!$&'()*+,;=:@"],
  ])('has the path as a URI reference: %j', async (path, instance) => {
    const { body } = await callApi(responding({ problem: problem(commonProblems, 'conflict', 'x') }), {
      ...request,
      path,
    })
    expect(body.instance).toBe(instance)
    expect(new URL(instance, 'https://api.example.com').host).toBe('api.example.com')
  })

  test('has no errors member without field errors', async () => {
    const { body } = await callApi(
      responding({ problem: problem(commonProblems, 'not-found', 'No such book.') }),
      request,
    )
    expect(body).not.toHaveProperty('errors')
  })

  test('of parsing is returned without calling the handler', async () => {
    const { status, body } = await callApi(failing(new Error('never reached')), {
      ...request,
      parameters: { isbn: 'x'.repeat(14) },
    })
    expect(status).toBe(422)
    expect(body.errors[0].pointer).toBe('/path/isbn')
  })
})

test.each([
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'TransactionInProgressException',
  'TransactionConflictException',
  'ReplicatedWriteConflictException',
])('%s of a dependency is a 503 with Retry-After', async (name) => {
  const { status, headers, body } = await callApi(failing(named(name)), request)
  expect([status, headers['retry-after'], body.code]).toEqual([503, '1', 'dependency-unavailable'])
  expect(JSON.stringify(body)).not.toContain('table-4711')
})

test('a bug is logged and returned as a 500 without internals', async () => {
  const { status, body } = await callApi(failing(named('TypeError')), request)
  expect([status, body.code]).toEqual([500, 'internal-error'])
  expect(JSON.stringify(body)).not.toContain('table-4711')
  expect(logs.lines()).toHaveLength(1)
  const [logged] = logs.lines()
  expect(logged).toMatchObject({ level: 'ERROR', status: 500, operation: 'getBook' })
  expect(logged!['error'].message).toContain('table-4711')
  expect(logged!['function_request_id']).toBe(body.requestId)
  expect(logs.text()).not.toContain('mira@')
})

test('each request is logged in one line, with status and problem code', async () => {
  await callApi(responding({ problem: problem(commonProblems, 'not-found', 'No such book.') }), request)
  expect(logs.lines()).toHaveLength(1)
  expect(logs.lines()[0]).toMatchObject({
    message: 'GET /books/{isbn}',
    operation: 'getBook',
    status: 404,
    problem: 'not-found',
    duration_ms: expect.any(Number),
  })
})

describe('a server error', () => {
  beforeEach(() => {
    process.env['AWS_LAMBDA_FUNCTION_NAME'] = 'library-get-book'
    process.env['AWS_LAMBDA_FUNCTION_VERSION'] = '3'
  })
  afterEach(() => {
    delete process.env['AWS_LAMBDA_FUNCTION_NAME']
    delete process.env['AWS_LAMBDA_FUNCTION_VERSION']
  })
  const counted = () => logs.lines().filter((line) => 'ServerErrors' in line)

  test.each([
    ['a bug', failing(new Error('no such shelf')), 500],
    ['a throttled dependency', failing(named('ThrottlingException')), 503],
  ])('is counted for the function version that responded: %s', async (_fault, handler, status) => {
    expect((await callApi(handler, request)).status).toBe(status)
    expect(counted()).toEqual([expect.objectContaining({ ServerErrors: 1, function_version: '3' })])
  })

  test('is counted only for a 5xx response', async () => {
    await callApi(responding({ problem: problem(commonProblems, 'not-found', 'No such book.') }), request)
    await callApi(responding({ status: 200 }), request)
    expect(counted()).toEqual([])
  })
})

describe('a customer route for existing accounts', () => {
  const getShelf = defineRoute({ ...getBook, operationId: 'getShelf', access: 'customer' })
  const handled: string[] = []
  const handler = apiHandler(getShelf, async ({ userId }) => {
    handled.push(userId)
    return { status: 200 }
  })
  const shelf = (isDeleted: (userId: string) => Promise<boolean>, call: ApiCall = { ...request, customer: 'u-1' }) =>
    callApi(forExistingAccount(getShelf, isDeleted, handler), call)
  beforeEach(() => void handled.splice(0))

  test('responds to a customer with an account', async () => {
    expect((await shelf(async (userId) => userId !== 'u-1')).status).toBe(200)
    expect(handled).toEqual(['u-1'])
  })

  test('returns 404 after the account was deleted, whatever the request, and logs it', async () => {
    const wrong = { ...request, customer: 'u-1', query: { unknown: '1' } }
    for (const call of [{ ...request, customer: 'u-1' }, wrong]) {
      const { status, headers, body } = await shelf(async (userId) => userId === 'u-1', call)
      expect([status, body.code, headers['content-type']]).toEqual([404, 'account-deleted', 'application/problem+json'])
    }
    expect(handled).toEqual([])
    expect(logs.lines().at(-1)).toMatchObject({ operation: 'getShelf', status: 404, problem: 'account-deleted' })
  })

  test('returns 503 while it cannot be read whether the account was deleted', async () => {
    const { status } = await shelf(() => Promise.reject(new ThrottledError('busy')))
    expect([status, handled]).toEqual([503, []])
  })

  test('without its authorizer is an error', async () => {
    expect((await shelf(async () => false, request)).status).toBe(500)
    expect(handled).toEqual([])
  })
})
