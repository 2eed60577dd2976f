import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { clientOf, startSignedS3 } from './testing.ts'

let s3: Awaited<ReturnType<typeof startSignedS3>>

beforeEach(async () => {
  s3 = await startSignedS3([
    { Effect: 'Allow', Action: ['s3:PutObject', 's3:GetObject'], Resource: 'arn:aws:s3:::scans/new/*' },
  ])
  await s3.declare('AWS::S3::Bucket', 'S', { BucketName: 'scans' })
})
afterEach(() => s3.stop())

const object = { Bucket: 'scans', Key: 'new/a b+ä.txt' }
const put = () => s3.administrator.putObject({ ...object, Body: 'text' })
const urlToGet = (more: object = {}, options: object = {}) =>
  getSignedUrl(s3.client, new GetObjectCommand({ ...object, ...more }), { expiresIn: 300, ...options })

async function fetched(url: string, init?: RequestInit) {
  const response = await fetch(url, init)
  const text = await response.text()
  const element = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`).exec(text)?.[1]
  return {
    status: response.status,
    headers: response.headers,
    text,
    code: element('Code'),
    message: element('Message'),
  }
}

test('a presigned GET returns the object until it expires', async () => {
  await put()
  const url = await urlToGet()
  expect(await fetched(url)).toMatchObject({ status: 200, text: 'text' })
  await s3.clock.advance(200_000)
  expect((await fetched(url)).status).toBe(200)
  await s3.clock.advance(200_000)
  expect(await fetched(url)).toMatchObject({ status: 403, code: 'AccessDenied', message: 'Request has expired' })
})

test('a presigned URL is valid only for its key, its method and the permissions of its signer', async () => {
  await put()
  const url = await urlToGet()
  expect(await fetched(url.replace('/new/', '/old/'))).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
  expect(await fetched(url, { method: 'DELETE' })).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
  const foreign = await urlToGet({ Key: 'old/a' })
  expect(await fetched(foreign)).toMatchObject({ status: 403, code: 'AccessDenied' })
})

test('an expiry over a week, or an invalid one, is rejected', async () => {
  const url = await urlToGet()
  for (const expiry of ['604801', '-1', 'long', '']) {
    const response = await fetched(url.replace('X-Amz-Expires=300', `X-Amz-Expires=${expiry}`))
    expect(response).toMatchObject({ status: 400, code: 'AuthorizationQueryParametersError' })
  }
  expect((await fetched(await urlToGet({}, { expiresIn: 604_800 }))).code).not.toBe('AuthorizationQueryParametersError')
})

test('a presigned PUT creates the object, with the signed content type only', async () => {
  const command = new PutObjectCommand({ ...object, ContentType: 'text/plain', Metadata: { shelf: '7' } })
  const signer = clientOf(s3.endpoint, s3.key, { requestChecksumCalculation: 'WHEN_REQUIRED' })
  const url = await getSignedUrl(signer, command, { signableHeaders: new Set(['content-type']) })
  const send = (type: string, more: Record<string, string> = {}) =>
    fetched(url, { method: 'PUT', body: 'text', headers: { 'content-type': type, ...more } })
  expect(await send('text/html')).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
  expect(await send('text/plain', { 'x-amz-acl': 'private' })).toMatchObject({
    status: 403,
    message: 'There were headers present in the request which were not signed',
  })
  expect(await send('text/plain')).toMatchObject({ status: 200 })
  const { ContentType, Metadata, ContentLength } = await s3.administrator.headObject(object)
  expect({ ContentType, Metadata, ContentLength }).toEqual({
    ContentType: 'text/plain',
    Metadata: { shelf: '7' },
    ContentLength: 4,
  })
})
