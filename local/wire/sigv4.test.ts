import { EventBridge } from '@aws-sdk/client-eventbridge'
import { Lambda } from '@aws-sdk/client-lambda'
import { S3 } from '@aws-sdk/client-s3'
import { ManualClock, systemClock, type Clock } from '../clock.ts'
import { KeyRing } from '../iam/keys.ts'
import { allowAll, type Principal } from '../iam/types.ts'
import { WireServer } from './server.ts'
import type { Operation, RestService, WireRequest } from './service.ts'
import { createAuthenticate } from './sigv4.ts'

const roleArn = 'arn:aws:iam::000000000000:role/lender'
const keys = new KeyRing()
const key = keys.keyFor(roleArn, 'lend')
const administrator = { accessKeyId: 'local', secretAccessKey: 'local' }

let server: WireServer
let seen: { request: WireRequest; principal: Principal }[]
let tamper: (request: WireRequest) => WireRequest

async function start(clock: Clock = systemClock): Promise<string> {
  seen = []
  tamper = (request) => request
  const authenticate = createAuthenticate(keys, clock)
  server = new WireServer({ access: allowAll, authenticate: (request) => authenticate(tamper(request)) })
  server.addJsonService({
    targetPrefix: 'AWSEvents',
    version: '1.1',
    operations: {
      ListEventBuses: {
        access: () => [],
        handle: (_, { principal }) => ({ EventBuses: [{ Name: principal.kind }] }),
      },
    },
  })
  for (const signingName of ['s3', 'lambda']) server.addRestService(recorder(signingName))
  return server.listen(0)
}

const recorder = (signingName: string): RestService => {
  const operation: Operation = {
    access: () => [],
    handle(request, { principal }) {
      seen.push({ request, principal })
      return { status: 200, body: signingName === 's3' ? '' : '{}' }
    },
  }
  const routes = ['GET', 'PUT', 'POST'].map((method) => `${method} /{Path+}`)
  const operations = Object.fromEntries(routes.map((name) => [name, operation]))
  return { signingName, errors: signingName === 's3' ? 'xml' : 'json', operations, input: (request) => request }
}

afterEach(() => server.close())

const settings = (endpoint: string, credentials: object) => ({
  endpoint,
  region: 'us-east-1',
  credentials: credentials as typeof key,
  maxAttempts: 1,
})

const listBuses = (endpoint: string, credentials: object = key) =>
  new EventBridge(settings(endpoint, credentials)).listEventBuses({})

const s3 = (endpoint: string, credentials: object = key) =>
  new S3({ ...settings(endpoint, credentials), forcePathStyle: true })

test('a valid signature of the SDK identifies the role of a function, and local/local the administrator', async () => {
  const endpoint = await start()
  expect((await listBuses(endpoint)).EventBuses?.[0]?.Name).toBe('role')
  expect((await listBuses(endpoint, administrator)).EventBuses?.[0]?.Name).toBe('administrator')
})

test.each([
  ['a wrong secret', { ...key, secretAccessKey: 'wrong' }, 'InvalidSignatureException'],
  ['a wrong secret of the administrator', { ...administrator, secretAccessKey: 'remote' }, 'InvalidSignatureException'],
  ['an unknown key', { ...key, accessKeyId: 'ASIAUNKNOWN' }, 'UnrecognizedClientException'],
  ['a foreign session token', { ...key, sessionToken: 'foreign' }, 'UnrecognizedClientException'],
  ['no session token', { ...key, sessionToken: undefined }, 'UnrecognizedClientException'],
])('%s is rejected', async (_, credentials, name) => {
  const endpoint = await start()
  await expect(listBuses(endpoint, credentials)).rejects.toMatchObject({ name })
})

test.each<[string, (request: WireRequest) => WireRequest]>([
  ['body', (request) => ({ ...request, body: Buffer.from('{"Limit":1}') })],
  ['path', (request) => ({ ...request, path: '/other' })],
  ['query', (request) => ({ ...request, query: new URLSearchParams('a=1') })],
  [
    'signed header',
    (request) => ({ ...request, headers: { ...request.headers, 'x-amz-target': 'AWSEvents.DeleteRule' } }),
  ],
])('a tampered %s is rejected', async (_, change) => {
  const endpoint = await start()
  tamper = change
  await expect(listBuses(endpoint)).rejects.toMatchObject({ name: 'InvalidSignatureException' })
})

test('a clock skew of more than five minutes is rejected with the error of each protocol', async () => {
  const early = new ManualClock(Date.now() - 6 * 60_000)
  const endpoint = await start(early)
  await expect(listBuses(endpoint)).rejects.toMatchObject({ name: 'InvalidSignatureException' })
  await expect(s3(endpoint).listObjectsV2({ Bucket: 'scans' })).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' })
  await early.advance(2 * 60_000)
  await expect(listBuses(endpoint)).resolves.toBeDefined()
})

test('special characters in S3 keys, paths and queries do not break the signature', async () => {
  const endpoint = await start()
  const Key = "a b/ü+(1)*'~.jpg"
  await s3(endpoint).putObject({ Bucket: 'scans', Key, Body: 'x' })
  await s3(endpoint).listObjectsV2({ Bucket: 'scans', Prefix: 'a b+&=/~*', MaxKeys: 2 })
  await new Lambda(settings(endpoint, key)).invoke({
    FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:lend',
    Qualifier: '$LATEST',
  })
  expect(seen.map((call) => call.principal.kind)).toEqual(['role', 'role', 'role'])
})

test('S3 rejects a body that does not match the signed hash, a wrong secret and an unknown key', async () => {
  const endpoint = await start()
  const put = () => s3(endpoint).putObject({ Bucket: 'scans', Key: 'k', Body: 'x' })
  tamper = (request) => ({ ...request, body: Buffer.from('y') })
  await expect(put()).rejects.toMatchObject({ name: 'XAmzContentSHA256Mismatch' })
  tamper = (request) => request
  await expect(
    s3(endpoint, { ...key, secretAccessKey: 'wrong' }).getObject({ Bucket: 'b', Key: 'k' }),
  ).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' })
  await expect(
    s3(endpoint, { ...key, accessKeyId: 'ASIAUNKNOWN' }).getObject({ Bucket: 'b', Key: 'k' }),
  ).rejects.toMatchObject({ name: 'InvalidAccessKeyId' })
})

test('a request without a signature is anonymous', async () => {
  const endpoint = await start()
  const response = await fetch(endpoint, { method: 'POST', headers: { 'x-amz-target': 'AWSEvents.ListEventBuses' } })
  expect(await response.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' })
})

/** The example of a presigned URL in the S3 documentation. */
describe('presigned URLs', () => {
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request',
    'X-Amz-Date': '20130524T000000Z',
    'X-Amz-Expires': '86400',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  })
  const example: WireRequest = {
    method: 'GET',
    path: '/test.txt',
    query,
    headers: { host: 'examplebucket.s3.amazonaws.com' },
    body: Buffer.alloc(0),
  }
  const principal: Principal = { kind: 'role', roleArn }
  const exampleKeys = {
    signerOf: () => ({ principal, secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }),
  }
  const authenticateAt = (time: string) => createAuthenticate(exampleKeys, new ManualClock(Date.parse(time)))

  test('are valid until they expire', () => {
    expect(authenticateAt('2013-05-24T23:59:59Z')(example)).toBe(principal)
    expect(() => authenticateAt('2013-05-25T00:00:01Z')(example)).toThrow('Request has expired')
  })

  test('are bound to method, path and parameters', () => {
    const authenticate = authenticateAt('2013-05-24T01:00:00Z')
    const longer = new URLSearchParams(query)
    longer.set('X-Amz-Expires', '604800')
    for (const change of [{ method: 'PUT' }, { path: '/other.txt' }, { query: longer }]) {
      expect(() => authenticate({ ...example, ...change })).toThrow('does not match the signature')
    }
  })
})
