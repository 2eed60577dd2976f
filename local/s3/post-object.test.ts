import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post'
import { clientOf, startSignedS3 } from './testing.ts'
import { requirePolicy } from './post-policy.ts'
import { unescapeXml } from './object-operations.ts'

let s3: Awaited<ReturnType<typeof startSignedS3>>

beforeEach(async () => {
  s3 = await startSignedS3([
    { Effect: 'Allow', Action: 's3:PutObject', Resource: ['arn:aws:s3:::scans/new/*', 'arn:aws:s3:::others/*'] },
  ])
  await s3.declare('AWS::S3::Bucket', 'S', {
    BucketName: 'scans',
    NotificationConfiguration: { EventBridgeConfiguration: {} },
  })
  await s3.declare('AWS::S3::Bucket', 'O', { BucketName: 'others' })
})
afterEach(() => s3.stop())

const page = Buffer.from([0xff, 0xd8, 0, 13, 10, 45, 45, 13, 10, 0])

type Form = Awaited<ReturnType<typeof createPresignedPost>>
type Conditions = PresignedPostOptions['Conditions']

const presign = (options: Partial<PresignedPostOptions> = {}) =>
  createPresignedPost(s3.client, {
    Bucket: 'scans',
    Key: 'new/page',
    Fields: { 'Content-Type': 'image/jpeg' },
    Conditions: [
      ['eq', '$Content-Type', 'image/jpeg'],
      ['content-length-range', 1, 100],
    ],
    Expires: 600,
    ...options,
  })

/** A form with these fields besides the key. */
const presignWith = (Fields: Record<string, string>, Conditions: Conditions) => presign({ Fields, Conditions })

async function send({ url, fields }: Form, file: Buffer | string = page) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append(
    'file',
    new File([typeof file === 'string' ? file : new Uint8Array(file)], 'page.jpg', { type: 'image/png' }),
  )
  const response = await fetch(url, { method: 'POST', body: form, redirect: 'manual' })
  const text = await response.text()
  const element = (name: string) => {
    const found = new RegExp(`<${name}>(.*?)</${name}>`).exec(text)?.[1]
    return found && unescapeXml(found)
  }
  const { status, headers } = response
  return { status, code: element('Code'), message: element('Message'), headers, text, element }
}

test('a web page of another site can send only forms that a function signed', async () => {
  const signed = async (client: typeof s3.client) => {
    const Conditions: Conditions = [['content-length-range', 1, 100]]
    const { url, fields } = await createPresignedPost(client, { Bucket: 'scans', Key: 'new/page', Conditions })
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    form.append('file', new File([new Uint8Array(page)], 'page.jpg'))
    return (await fetch(url, { method: 'POST', body: form, headers: { origin: 'https://evil.example' } })).status
  }
  expect(await signed(s3.administrator)).toBe(403)
  expect(await signed(s3.client)).toBe(204)
})

const stored = async () => (await s3.administrator.listObjectsV2({ Bucket: 'scans' })).KeyCount

test('a form that satisfies its policy creates an object with its bytes, its type and one event', async () => {
  const response = await send(await presign())
  expect(response).toMatchObject({ status: 204, text: '' })
  expect(response.headers.get('location')).toBe(`${s3.endpoint}/scans/new/page`)
  const object = await s3.administrator.getObject({ Bucket: 'scans', Key: 'new/page' })
  expect(Buffer.from(await object.Body!.transformToByteArray())).toEqual(page)
  expect(object.ContentType).toBe('image/jpeg')
  expect(response.headers.get('etag')).toBe(object.ETag)
  expect(s3.published).toEqual([
    {
      busName: 'default',
      source: 'aws.s3',
      detailType: 'Object Created',
      resources: ['arn:aws:s3:::scans'],
      detail: {
        version: '0',
        bucket: { name: 'scans' },
        object: {
          key: 'new/page',
          size: page.length,
          etag: object.ETag!.replaceAll('"', ''),
          sequencer: expect.stringMatching(/^[0-9A-F]{16}$/),
        },
        'request-id': response.headers.get('x-amz-request-id'),
        requester: '000000000000',
        'source-ip-address': '127.0.0.1',
        reason: 'POST Object',
      },
    },
  ])
})

test('a second upload with the same form replaces the object', async () => {
  const form = await presign()
  await send(form, 'first')
  expect((await send(form, 'second')).status).toBe(204)
  const { Body } = await s3.administrator.getObject({ Bucket: 'scans', Key: 'new/page' })
  expect(await Body!.transformToString()).toBe('second')
})

describe('the policy', () => {
  const change = (form: Form, name: string, value: string): Form => ({
    ...form,
    fields: { ...form.fields, [name]: value },
  })
  const violated = (condition: string[]) =>
    `Invalid according to Policy: Policy Condition failed: [${condition.map((part) => JSON.stringify(part)).join(', ')}]`

  test.each([
    ['key', 'new/other', ['eq', '$key', 'new/page']],
    ['Content-Type', 'text/html', ['eq', '$Content-Type', 'image/jpeg']],
    ['X-Amz-Date', '20260101T000000Z', undefined],
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA512', undefined],
  ])('rejects another %s', async (name, value, condition) => {
    const response = await send(change(await presign(), name, value))
    expect(response.status).toBeGreaterThanOrEqual(400)
    if (condition) expect(response).toMatchObject({ status: 403, code: 'AccessDenied', message: violated(condition) })
    expect(await stored()).toBe(0)
  })

  test('rejects another bucket', async () => {
    const form = await createPresignedPost(s3.client, { Bucket: 'scans', Key: 'new/page' })
    const response = await send({ ...form, url: form.url.replace('/scans', '/others') })
    expect(response).toMatchObject({ status: 403, code: 'AccessDenied', message: violated(['eq', '$bucket', 'scans']) })
  })

  test.each<[string, Record<string, string>, Conditions, boolean]>([
    ['object form, equal', { 'x-amz-meta-shelf': '7' }, [{ 'x-amz-meta-shelf': '7' }], true],
    ['object form, other', { 'x-amz-meta-shelf': '8' }, [{ 'x-amz-meta-shelf': '7' }], false],
    ['object form, absent', {}, [{ 'x-amz-meta-shelf': '7' }], false],
    ['eq, equal', { 'x-amz-meta-shelf': '7' }, [['eq', '$x-amz-meta-shelf', '7']], true],
    ['eq, longer', { 'x-amz-meta-shelf': '77' }, [['eq', '$x-amz-meta-shelf', '7']], false],
    ['names in another case', { 'X-Amz-Meta-Shelf': '7' }, [['eq', '$x-amz-meta-shelf', '7']], true],
    ['starts-with, matching', { 'Cache-Control': 'max-age=5' }, [['starts-with', '$Cache-Control', 'max']], true],
    ['starts-with, other', { 'Cache-Control': 'no-cache' }, [['starts-with', '$Cache-Control', 'max']], false],
    [
      'a list of types',
      { 'Content-Type': 'image/png, image/avif' },
      [['starts-with', '$Content-Type', 'image/']],
      true,
    ],
    ['a mixed list', { 'Content-Type': 'image/png, text/html' }, [['starts-with', '$Content-Type', 'image/']], false],
    ['starts-with anything', { 'Cache-Control': 'anything' }, [['starts-with', '$Cache-Control', '']], true],
  ])('is evaluated for %s', async (_, fields, conditions, passes) => {
    const response = await send(await presignWith(fields, conditions))
    if (passes) expect(response.status).toBe(204)
    else expect(response).toMatchObject({ status: 403, message: expect.stringContaining('Policy Condition failed: [') })
  })

  test('rejects a field that it does not cover, except x-ignore- fields', async () => {
    const form = await presign()
    expect(await send(change(form, 'x-amz-meta-shelf', '7'))).toMatchObject({
      status: 403,
      code: 'AccessDenied',
      message: 'Invalid according to Policy: Extra input fields: x-amz-meta-shelf',
    })
    expect((await send(change(form, 'x-ignore-shelf', '7'))).status).toBe(204)
  })

  test.each([
    [0, 400, 'EntityTooSmall'],
    [1, 204, undefined],
    [100, 204, undefined],
    [101, 400, 'EntityTooLarge'],
  ])('limits a file of %i bytes to the range of 1 to 100', async (bytes, status, code) => {
    const response = await send(await presign(), Buffer.alloc(bytes))
    expect(response).toMatchObject({ status, code })
    if (code) expect(response.element('ProposedSize')).toBe(String(bytes))
    expect(await stored()).toBe(code ? 0 : 1)
  })

  test('expires', async () => {
    const form = await presign()
    await s3.clock.advance(400_000)
    expect((await send(form)).status).toBe(204)
    await s3.clock.advance(400_000)
    expect(await send(form)).toMatchObject({
      status: 403,
      code: 'AccessDenied',
      message: 'Invalid according to Policy: Policy expired.',
    })
  })
})

describe('the signature', () => {
  test('of a wrong or unknown key is rejected', async () => {
    const wrongSecret = clientOf(s3.endpoint, { ...s3.key, secretAccessKey: 'guessed' })
    const form = await createPresignedPost(wrongSecret, { Bucket: 'scans', Key: 'new/page' })
    expect(await send(form)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
    const unknownKey = clientOf(s3.endpoint, { ...s3.key, accessKeyId: 'ASIAUNKNOWN' })
    const unknown = await createPresignedPost(unknownKey, { Bucket: 'scans', Key: 'new/page' })
    expect(await send(unknown)).toMatchObject({ status: 403, code: 'InvalidAccessKeyId' })
  })

  test('covers the policy', async () => {
    const form = await presign()
    const policy = JSON.parse(Buffer.from(form.fields['Policy']!, 'base64').toString())
    policy.expiration = '2100-01-01T00:00:00Z'
    const Policy = Buffer.from(JSON.stringify(policy)).toString('base64')
    const longer = { ...form, fields: { ...form.fields, Policy } }
    expect(await send(longer)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
  })

  test.each([
    ['X-Amz-Security-Token', 'InvalidAccessKeyId'],
    ['X-Amz-Signature', 'InvalidArgument'],
    ['X-Amz-Credential', 'InvalidArgument'],
    ['Policy', 'InvalidArgument'],
    ['key', 'InvalidArgument'],
  ])('is incomplete without %s', async (name, code) => {
    const form = await presign()
    const { [name]: _, ...fields } = form.fields
    const response = await send({ ...form, fields })
    expect(response.code).toBe(code)
    if (code === 'InvalidArgument') expect(response.message).toContain(`named '${name.toLowerCase()}'`)
  })

  test('is required', async () => {
    const url = `${s3.endpoint}/scans`
    expect(await send({ url, fields: { key: 'new/page' } })).toMatchObject({ status: 403, code: 'AccessDenied' })
  })
})

test('the upload requires PutObject of the signer', async () => {
  const form = await presign({ Key: 'old/page' })
  expect(await send(form)).toMatchObject({ status: 403, code: 'AccessDenied' })
  expect(await stored()).toBe(0)
})

test('form fields are stored with the object like headers', async () => {
  const Fields = {
    'Cache-Control': 'no-cache',
    'Content-Disposition': 'attachment; filename="p.jpg"',
    'x-amz-meta-title': 'Page',
  }
  expect((await send(await presignWith(Fields, []))).status).toBe(204)
  expect(await s3.administrator.headObject({ Bucket: 'scans', Key: 'new/page' })).toMatchObject({
    CacheControl: 'no-cache',
    ContentDisposition: 'attachment; filename="p.jpg"',
    Metadata: { title: 'Page' },
    ContentType: 'binary/octet-stream',
  })
})

test('invalid header values and unsupported fields are rejected', async () => {
  const forged = await send(await presignWith({ 'Cache-Control': 'no-cache\r\nset-cookie: a=b' }, []))
  expect(forged).toMatchObject({ status: 400, code: 'InvalidArgument' })
  const fields = {
    acl: 'private',
    tagging: '<Tagging/>',
    success_action_status: '200',
    'x-amz-storage-class': 'GLACIER',
  }
  for (const [name, value] of Object.entries(fields))
    expect((await send(await presignWith({ [name]: value }, []))).message).toBe(`The field ${name} is not emulated.`)
  const form = await presign({ Key: 'new/${filename}', Conditions: [['starts-with', '$key', 'new/']], Fields: {} })
  expect((await send(form)).code).toBe('NotImplemented')
  expect(await stored()).toBe(0)
})

test.each([
  ['invalid JSON', '{', 'Invalid JSON'],
  ['no expiration', { conditions: [] }, `Invalid 'expiration' value: 'undefined'`],
  ['an invalid expiration', { expiration: 'soon', conditions: [] }, `Invalid 'expiration' value: 'soon'`],
  ['no conditions', { expiration: '2100-01-01T00:00:00Z' }, 'Policy missing conditions.'],
  ...[
    ['like', '$key', 'a'],
    ['eq', 'key', 'a'],
    ['eq', '$key'],
    ['content-length-range', 'a', 5],
    { key: 1 },
    'key',
  ].map((condition): [string, object, string] => [
    JSON.stringify(condition),
    { expiration: '2100-01-01T00:00:00Z', conditions: [condition] },
    'Invalid Condition',
  ]),
])('a policy with %s is rejected', (_, policy, message) => {
  const text = typeof policy === 'string' ? policy : JSON.stringify(policy)
  const form = { fields: new Map<string, string>(), bucket: 'scans', file: page }
  expect(() => requirePolicy(Buffer.from(text).toString('base64'), form, 0)).toThrow(
    expect.objectContaining({ name: 'InvalidPolicyDocument', message: expect.stringContaining(message) }),
  )
})
