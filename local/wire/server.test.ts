import { allowAll, type AccessControl, type Principal } from '../iam/types.ts'
import { KeyRing } from '../iam/keys.ts'
import { AwsError } from './aws-error.ts'
import { createAuthenticate } from './sigv4.ts'
import { WireServer } from './server.ts'
import type { Operation, WireRequest } from './service.ts'

const role: Principal = { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/lender', functionName: 'lend' }
const denyAll: AccessControl = {
  ...allowAll,
  require: () => {
    throw new AwsError('AccessDeniedException', 'no')
  },
}

function serverOf(principal: Principal, access: AccessControl = allowAll) {
  const unknown: string[] = []
  const server = new WireServer({ access, authenticate: () => principal, onUnknown: (call) => unknown.push(call) })
  const operations = { 'POST /': { anonymous: true, access: () => [], handle: () => ({ status: 204 }) } }
  server.addRestService({ signingName: 'lambda', errors: 'json', operations })
  return { server, unknown }
}

const request = (over: Partial<WireRequest>): WireRequest => ({
  method: 'POST',
  path: '/',
  query: new URLSearchParams(),
  headers: {},
  body: Buffer.alloc(0),
  ...over,
})

const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  'content-type': 'application/x-www-form-urlencoded',
})

test('aws:SecureTransport is false only for a request with x-forwarded-proto: http', async () => {
  const checked: unknown[] = []
  const access: AccessControl = { ...allowAll, require: (_principal, requests) => void checked.push(...requests) }
  const { server } = serverOf(role, access)
  server.addJsonService({
    targetPrefix: 'Desk',
    version: '1.0',
    operations: {
      Lend: { access: () => [{ action: 'desk:Lend', resource: '*', context: { a: ['1'] } }], handle: () => ({}) },
    },
  })
  for (const proto of [undefined, 'https', 'http']) {
    const headers = { 'x-amz-target': 'Desk.Lend', ...(proto ? { 'x-forwarded-proto': proto } : {}) }
    await server.handle(request({ headers }))
  }
  const overTls = { action: 'desk:Lend', resource: '*', context: { a: ['1'] } }
  const overHttp = { ...overTls, context: { a: ['1'], 'aws:securetransport': ['false'] } }
  expect(checked).toEqual([overTls, overTls, overHttp])
})

test.each<[Partial<WireRequest>, string]>([
  [
    { headers: { 'x-amz-target': 'GraniteServiceVersion20100801.PutMetricData' } },
    'the operation PutMetricData of GraniteServiceVersion20100801',
  ],
  [{ headers: signedFor('sns'), body: Buffer.from('Action=Publish') }, 'sns: Publish'],
  [
    { path: '/2015-02-01/file-systems', headers: signedFor('elasticfilesystem') },
    'elasticfilesystem: POST /2015-02-01/file-systems',
  ],
])('an operation that is not emulated is reported to the caller and to onUnknown: %j', async (over, name) => {
  const { server, unknown } = serverOf(role)
  const response = await server.handle(request(over))
  expect(response.status).toBe(400)
  expect(response.body).toContain(`does not emulate ${name}.`)
  expect(unknown).toEqual([name])
})

test('names that every object has are no operations and no headers', async () => {
  const { server, unknown } = serverOf(role)
  const operations = { Lend: { access: () => [], handle: () => ({}) } }
  server.addJsonService({ targetPrefix: 'Desk', version: '1.0', operations })
  for (const name of ['constructor', '__proto__', 'toString']) {
    const response = await server.handle(request({ headers: { 'x-amz-target': `Desk.${name}` } }))
    expect([response.status, response.body]).toEqual([400, expect.stringContaining('UnknownOperationException')])
  }
  expect(unknown).toHaveLength(3)
  const signing = new WireServer({ access: allowAll, authenticate: createAuthenticate(new KeyRing()) })
  signing.addJsonService({ targetPrefix: 'Desk', version: '1.0', operations })
  const endpoint = await signing.listen(0)
  const authorization = signedFor('desk').authorization.replace('host', 'constructor;host;valueof')
  const now = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const headers = {
    'x-amz-target': 'Desk.Lend',
    authorization: authorization.replace('20260101', now.slice(0, 8)),
    'x-amz-date': now,
  }
  const response = await fetch(endpoint, { method: 'POST', headers })
  expect([response.status, await response.json()]).toEqual([
    400,
    expect.objectContaining({ __type: 'InvalidSignatureException' }),
  ])
  await signing.close()
})

test.each([
  [
    'cloudformation',
    /^<\?xml[^>]+>\n<ErrorResponse><Error><Type>Sender<\/Type><Code>UnknownOperationException<\/Code>/,
  ],
  ['s3', /^<\?xml[^>]+>\n<Error><Code>UnknownOperationException<\/Code>/],
  ['elasticfilesystem', /^\{"message":/],
])('%s gets errors in the format of its protocol', async (service, format) => {
  const body = Buffer.from(service === 'elasticfilesystem' ? '' : 'Action=List')
  const response = await serverOf(role).server.handle(request({ headers: signedFor(service), body }))
  expect(response.body).toMatch(format)
})

describe('a web page', () => {
  const deskServer = (principal: Principal, cors?: true) => {
    const { server } = serverOf(principal)
    const Lend = { anonymous: true, access: () => [], handle: () => ({}) }
    server.addJsonService({ targetPrefix: 'Desk', version: '1.0', operations: { Lend }, ...(cors && { cors }) })
    return server
  }
  const page = (origin: string) => ({ 'x-amz-target': 'Desk.Lend', origin })

  test.each<[Principal, string, boolean]>([
    [{ kind: 'administrator' }, 'https://evil.example', false],
    [{ kind: 'administrator' }, 'http://localhost.evil.example', false],
    [{ kind: 'administrator' }, 'null', false],
    [{ kind: 'administrator' }, 'http://localhost:3001', true],
    [role, 'https://evil.example', true],
    [{ kind: 'anonymous' }, 'https://evil.example', true],
  ])('signed by %j of the origin %s has access: %s', async (principal, origin, hasAccess) => {
    const inJson = await deskServer(principal).handle(request({ headers: page(origin) }))
    const inRest = await serverOf(principal).server.handle(request({ headers: { ...signedFor('lambda'), origin } }))
    expect([inJson.status, inRest.status]).toEqual(hasAccess ? [200, 204] : [403, 403])
  })

  test('of any origin may call a service with CORS, and reads its errors', async () => {
    const server = deskServer({ kind: 'anonymous' }, true)
    const headers = { origin: 'https://shop.example', 'access-control-request-method': 'POST' }
    const preflight = await server.handle(request({ method: 'OPTIONS', headers }))
    expect(preflight).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': '*' } })
    expect(preflight.headers!['access-control-allow-headers']!.split(',')).toEqual(
      expect.arrayContaining(['content-type', 'x-amz-target', 'x-amz-user-agent']),
    )
    for (const target of ['Desk.Lend', 'Desk.Burn']) {
      const response = await server.handle(
        request({ headers: { 'x-amz-target': target, origin: 'https://shop.example' } }),
      )
      expect(response.headers).toMatchObject({ 'access-control-allow-origin': '*' })
    }
  })

  test('gets no CORS headers from other services', async () => {
    const server = deskServer({ kind: 'anonymous' })
    const headers = { origin: 'https://shop.example', 'access-control-request-method': 'POST' }
    expect((await server.handle(request({ method: 'OPTIONS', headers }))).status).toBe(400)
    const response = await server.handle(request({ headers: page('https://shop.example') }))
    expect(response.headers).not.toHaveProperty('access-control-allow-origin')
  })
})

test.each([
  ['null', 400],
  ['[]', 400],
  ['"text"', 400],
  ['{', 400],
  ['{"Name":1}', 400],
  ['{"Names":["a",1]}', 400],
  ['{"Names":"a"}', 400],
  ['{"Entries":[null]}', 400],
  ['{"Name":null,"Names":["a"],"Entries":[{}],"Other":1}', 200],
])('the input %s gets a %i response', async (body, status) => {
  const { server } = serverOf(role)
  const inputs: unknown[] = []
  const Lend = { access: () => [], handle: (input: object) => void inputs.push(input) }
  const members = { Name: 'string', Names: 'strings', Entries: 'structures' } as const
  server.addJsonService({ targetPrefix: 'Desk', version: '1.0', members, operations: { Lend } })
  const response = await server.handle(request({ headers: { 'x-amz-target': 'Desk.Lend' }, body: Buffer.from(body) }))
  expect(response.status).toBe(status)
  if (status === 400) expect(response.body).toContain('SerializationException')
  else expect(inputs).toEqual([{ Names: ['a'], Entries: [{}], Other: 1 }])
})

test('a path that cannot be decoded is rejected', async () => {
  const { server } = serverOf(role)
  server.addPages({ claims: () => true, handle: ({ path }) => ({ status: 200, body: decodeURIComponent(path) }) })
  const response = await server.handle(request({ method: 'GET', path: '/mailbox/messages/%/html' }))
  expect([response.status, response.body]).toEqual([400, expect.stringContaining('<Code>InvalidURI</Code>')])
})

test('a request of the Query protocol may have its operation in the URL', async () => {
  const query = new URLSearchParams({ Action: 'Publish' })
  const { authorization } = signedFor('sns')
  const { server, unknown } = serverOf(role, denyAll)
  const response = await server.handle(request({ method: 'GET', query, headers: { authorization } }))
  expect(response.body).toContain('<ErrorResponse>')
  expect(unknown).toEqual(['sns: Publish'])
})

test('a REST service responds to a denied request with 403 and the code in a header', async () => {
  const response = await serverOf(role, denyAll).server.handle(request({ headers: signedFor('lambda') }))
  expect(response).toMatchObject({ status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' } })
})

describe('a REST service', () => {
  const shelves = (authenticate: () => Principal, access: AccessControl = allowAll) => {
    const server = new WireServer({ access, authenticate })
    const echo: Operation = { access: () => [{ action: 'a:A', resource: '*' }], handle: (input) => ({ input }) }
    server.addRestService({
      signingName: 's3',
      errors: 'xml',
      claims: ({ path }) => path.startsWith('/shelves'),
      operations: {
        'GET /{Shelf}': echo,
        'GET /{Shelf}?location': { ...echo, handle: () => ({ status: 201 }) },
        'GET /{Shelf}/{Book+}': echo,
        'POST /{Shelf}': { ...echo, anonymous: true },
        'OPTIONS /{Shelf}': { ...echo, authenticate: () => role },
      },
      finish: (_, response, requestId) => ({ ...response, headers: { ...response.headers, 'x-id': requestId } }),
    })
    return server
  }
  const get = (path: string, over: Partial<WireRequest> = {}) => request({ method: 'GET', path, ...over })
  const { authorization } = signedFor('s3')
  const inputOf = async (sent: WireRequest) => JSON.parse(String((await shelves(() => role).handle(sent)).body)).input

  test('gets the members of the body and the parameters of the path and the query', async () => {
    const query = new URLSearchParams({ prefix: 'a' })
    const body = Buffer.from('{"Count":1,"prefix":"b"}')
    expect(await inputOf(get('/shelves', { query, body, headers: { authorization } }))).toEqual({
      Shelf: 'shelves',
      Count: 1,
      prefix: 'a',
    })
    expect(await inputOf(get('/shelves/a/b%20c/', { headers: { authorization } }))).toEqual({
      Shelf: 'shelves',
      Book: 'a/b c/',
    })
  })

  test('has another operation for a subresource', async () => {
    const query = new URLSearchParams('location')
    expect((await shelves(() => role).handle(get('/shelves/', { query, headers: { authorization } }))).status).toBe(201)
  })

  test('completes every response', async () => {
    const denied = await shelves(() => role, denyAll).handle(get('/shelves', { headers: { authorization } }))
    expect(denied).toMatchObject({ status: 403, headers: { 'x-id': expect.any(String) } })
    expect(denied.body).toContain('<Code>AccessDenied</Code>')
  })

  test.each([
    ['GET', 400],
    ['POST', 403],
  ])('asks IAM about an anonymous %s only where the operation allows it', async (method, status) => {
    const server = shelves(() => ({ kind: 'anonymous' }), denyAll)
    expect((await server.handle(request({ method, path: '/shelves' }))).status).toBe(status)
  })

  test('has operations that authenticate their callers themselves', async () => {
    const server = shelves(() => {
      throw new AwsError('SignatureDoesNotMatch', 'no', { members: { Hint: 'a<b' } })
    })
    const headers = { authorization }
    expect((await server.handle(request({ method: 'OPTIONS', path: '/shelves', headers }))).status).toBe(200)
    expect((await server.handle(get('/shelves', { headers }))).body).toContain('<Hint>a&lt;b</Hint>')
  })
})

test('a Query service has flat input and output', async () => {
  const { server } = serverOf(role)
  const Lend: Operation = { access: () => [], handle: ({ Book }) => ({ Loan: `${Book}<1>` }) }
  server.addQueryService({ signingName: 'sns', namespace: 'http://desk.example/', operations: { Lend } })
  const body = Buffer.from('Action=Lend&Book=Dune')
  const response = await server.handle(request({ headers: signedFor('sns'), body }))
  expect(response.body).toContain(
    '<LendResponse xmlns="http://desk.example/"><LendResult><Loan>Dune&lt;1&gt;</Loan></LendResult>',
  )
})
