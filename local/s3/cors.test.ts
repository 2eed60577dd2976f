import { startS3 } from './testing.ts'

let s3: Awaited<ReturnType<typeof startS3>>

beforeEach(async () => {
  s3 = await startS3()
  await s3.declare('AWS::S3::Bucket', 'B', {
    BucketName: 'books',
    CorsConfiguration: {
      CorsRules: [
        {
          AllowedOrigins: ['https://*.library.example'],
          AllowedMethods: ['POST', 'PUT'],
          AllowedHeaders: ['content-type', 'x-amz-*'],
          ExposedHeaders: ['ETag'],
          MaxAge: 300,
        },
        { AllowedOrigins: ['*'], AllowedMethods: ['GET'] },
      ],
    },
  })
  await s3.declare('AWS::S3::Bucket', 'P', { BucketName: 'plain' })
  await s3.client.putObject({ Bucket: 'books', Key: 'a', Body: 'text' })
})
afterEach(() => s3.stop())

const allowedOrigin = 'https://desk.library.example'

async function send(path: string, headers: Record<string, string>, method = 'OPTIONS') {
  const response = await fetch(`${s3.endpoint}${path}`, { method, headers })
  const allowed = [...response.headers].filter(([name]) => name.startsWith('access-control-') || name === 'vary')
  return { status: response.status, text: await response.text(), allowed: Object.fromEntries(allowed) }
}
const preflight = (origin: string, method: string, headers?: string) =>
  send('/books', {
    origin,
    'access-control-request-method': method,
    ...(headers !== undefined && { 'access-control-request-headers': headers }),
  })

const vary = 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method'
const firstRuleHeaders = {
  'access-control-allow-origin': allowedOrigin,
  'access-control-allow-methods': 'POST, PUT',
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'ETag',
  'access-control-max-age': '300',
  vary,
}

test('the response to a preflight is that of the first rule that matches origin, method and headers', async () => {
  expect(await preflight(allowedOrigin, 'PUT', 'Content-Type, X-Amz-Meta-Shelf')).toMatchObject({
    status: 200,
    allowed: { ...firstRuleHeaders, 'access-control-allow-headers': 'content-type, x-amz-meta-shelf' },
  })
  expect((await preflight('https://other.example', 'GET')).allowed).toEqual({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET',
    vary,
  })
})

test.each([
  ['https://library.example', 'PUT', undefined],
  ['https://desk.library.example.evil.example', 'PUT', undefined],
  [allowedOrigin, 'DELETE', undefined],
  [allowedOrigin, 'PUT', 'authorization'],
  [allowedOrigin, 'GET', 'content-type'],
])('a preflight from %s for %s with %s is rejected', async (origin, method, headers) => {
  const { status, text, allowed } = await preflight(origin, method, headers)
  expect(status).toBe(403)
  expect(text).toContain('<Code>AccessForbidden</Code>')
  expect(allowed).toEqual({})
})

test('a malformed preflight, or one to a bucket without rules, is rejected', async () => {
  expect((await send('/books', {})).text).toContain('Origin request header needed')
  const plain = await send('/plain/a', { origin: allowedOrigin, 'access-control-request-method': 'PUT' })
  expect(plain).toMatchObject({ status: 403, text: expect.stringContaining('AccessForbidden') })
})

test('responses have the CORS headers, errors included, unless no rule allows the origin', async () => {
  expect((await send('/books/a', { origin: 'https://other.example' }, 'GET')).allowed).toMatchObject({
    'access-control-allow-origin': '*',
  })
  const failed = await send('/books', { origin: allowedOrigin }, 'POST')
  expect(failed).toMatchObject({ status: 412, allowed: firstRuleHeaders })
  expect((await send('/books', { origin: 'https://other.example' }, 'POST')).allowed).toEqual({})
  expect((await send('/books/a', {}, 'GET')).allowed).toEqual({})
})

test('a rule with a method that S3 does not support is rejected', async () => {
  const CorsConfiguration = { CorsRules: [{ AllowedOrigins: ['*'], AllowedMethods: ['PATCH'] }] }
  await expect(s3.declare('AWS::S3::Bucket', 'C', { CorsConfiguration })).rejects.toThrow('PATCH')
})
