import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { bakery, start } from './testing.ts'

let shop: Awaited<ReturnType<typeof start>>
afterEach(() => shop?.stop())

const withHeaders = bakery({ behavior: { ResponseHeadersPolicyId: { Ref: 'Headers' } } })

test('a distribution has a local port, and URLs of its domain are replaced by it', async () => {
  shop = await start(bakery())
  shop.put('shown/cakes/plum cake.webp', 'plums')
  expect(shop.domain).toMatch(/^d[0-9a-z]{13}\.cloudfront\.net$/)
  expect(shop.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  const response = await fetch(`${shop.url}/cakes/plum%20cake.webp?size=large`)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/webp'])
  expect(await response.text()).toBe('plums')
  expect(shop.limitations).toEqual([])
})

test('HEAD returns only headers, and other methods are rejected', async () => {
  shop = await start(bakery())
  shop.put('shown/cake', 'plums')
  const head = await fetch(`${shop.url}/cake`, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '5', ''])
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    expect((await fetch(`${shop.url}/cake`, { method })).status).toBe(403)
  }
})

// "If a viewer `GET` request includes a body, CloudFront returns an HTTP status code 403 (Forbidden) to the viewer" (Amazon
// CloudFront Developer Guide, "Request and response behavior").
test('GET with a body is rejected', async () => {
  shop = await start(bakery())
  shop.put('shown/cake', 'plums')
  const sent = request(`${shop.url}/cake`, { method: 'GET', headers: { 'content-length': 2 } }).end('{}')
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  expect([response.statusCode, response.headers['x-cache']]).toEqual([403, 'Error from cloudfront'])
  expect(await text(response)).toContain('must not have a body')
})

// "The maximum length of this URL is 8192 bytes. If a request or a URL exceeds these maximums, CloudFront returns HTTP status
// code 413" (as above).
test('a URL of more than 8192 bytes is rejected', async () => {
  shop = await start(bakery())
  shop.put('shown/cake', 'plums')
  const url = (path: string, bytes: number) =>
    shop.url + path.padEnd(bytes - `https://${new URL(shop.url).host}`.length, 'q')
  expect((await fetch(url('/cake?', 8192))).status).toBe(200)
  expect((await fetch(url('/cake?', 8193))).status).toBe(413)
  expect((await fetch(url('/', 8192))).status).not.toBe(413)
  expect((await fetch(url('/', 8193))).status).toBe(413)
})

test('cache headers are passed through', async () => {
  shop = await start(bakery())
  const cake = { Bucket: shop.bucket, Key: 'shown/cake', Body: 'plums', CacheControl: 'max-age=60, immutable' }
  await shop.client.putObject(cake)
  expect((await fetch(`${shop.url}/cake`)).headers.get('cache-control')).toBe('max-age=60, immutable')
})

test('only objects below the origin path can be read', async () => {
  shop = await start(bakery())
  shop.put('recipes/cake', 'secret')
  shop.put('shown/cake', 'plums')
  for (const path of ['/recipes/cake', '/../recipes/cake', '/%2e%2e/recipes/cake', '/..%2frecipes/cake']) {
    const response = await fetch(`${shop.url}${path}`)
    expect(response.status).not.toBe(200)
    expect(await response.text()).not.toContain('secret')
  }
})

test('a missing object is AccessDenied, because the distribution may not list the bucket', async () => {
  shop = await start(bakery())
  const response = await fetch(`${shop.url}/cake`)
  expect([response.status, response.headers.get('content-type')]).toEqual([403, 'application/xml'])
  expect(await response.text()).toContain('<Code>AccessDenied</Code>')
})

test.each<[string, Parameters<typeof bakery>[0]]>([
  ['a bucket policy for another distribution', { reader: { Condition: { StringEquals: { 'AWS:SourceArn': 'no' } } } }],
  ['a bucket policy for another service', { reader: { Principal: { Service: 'events.amazonaws.com' } } }],
  ['no origin access control', { origin: { OriginAccessControlId: { Ref: 'AWS::NoValue' } } }],
])('a request is forbidden with %s', async (_case, over) => {
  shop = await start(bakery(over))
  shop.put('shown/cake', 'plums')
  expect((await fetch(`${shop.url}/cake`)).status).toBe(403)
})

test('a public bucket needs no origin access control', async () => {
  const open = { reader: { Principal: '*', Condition: {} }, origin: { OriginAccessControlId: { Ref: 'AWS::NoValue' } } }
  shop = await start(bakery(open))
  shop.put('shown/cake', 'plums')
  expect((await fetch(`${shop.url}/cake`)).status).toBe(200)
})

test('a response headers policy adds, replaces and removes headers, also of errors', async () => {
  shop = await start(withHeaders)
  shop.put('shown/cake', 'plums')
  const headers = { 'x-content-type-options': 'nosniff', 'x-baker': 'Ada', 'cache-control': 'no-store' }
  for (const [path, status] of [
    ['/cake', 200],
    ['/none', 403],
  ] as const) {
    const response = await fetch(`${shop.url}${path}`)
    expect(response.status).toBe(status)
    expect(Object.fromEntries(response.headers)).toMatchObject(headers)
    expect(response.headers.get('strict-transport-security')).toBe('max-age=60; includeSubDomains')
    expect(response.headers.get('etag')).toBeNull()
  }
})

test('a security policy that names a bucket allows the URLs that are signed for it', async () => {
  const policy = { 'Fn::Sub': "default-src 'none'; connect-src 'self' https://${Bucket.RegionalDomainName}" }
  const Properties = {
    ResponseHeadersPolicyConfig: {
      Name: 'pages',
      SecurityHeadersConfig: {
        ContentSecurityPolicy: { ContentSecurityPolicy: policy, Override: true },
        ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
        FrameOptions: { FrameOption: 'DENY', Override: true },
      },
    },
  }
  const resources = { Pages: { Type: 'AWS::CloudFront::ResponseHeadersPolicy', Properties } }
  shop = await start(bakery({ resources, behavior: { ResponseHeadersPolicyId: { Ref: 'Pages' } } }))
  const { headers } = await fetch(`${shop.url}/cake`)
  const form = await createPresignedPost(shop.client, { Bucket: shop.bucket, Key: 'orders/1' })
  const read = await getSignedUrl(shop.client, new GetObjectCommand({ Bucket: shop.bucket, Key: 'orders/1' }))
  const allowed = /connect-src 'self' (\S+)$/.exec(headers.get('content-security-policy')!)![1]
  expect([new URL(form.url).origin, new URL(read).origin]).toEqual([allowed, allowed])
  expect([headers.get('referrer-policy'), headers.get('x-frame-options')]).toEqual(['no-referrer', 'DENY'])
})

test('a disabled distribution forbids requests', async () => {
  shop = await start(bakery({ config: { Enabled: false } }))
  shop.put('shown/cake', 'plums')
  expect((await fetch(`${shop.url}/cake`)).status).toBe(403)
})

test('settings that are not emulated are reported as limitations', async () => {
  const unknown = {
    config: { Logging: { Bucket: 'log' }, CustomErrorResponses: [{ ErrorCode: 404, ResponsePagePath: '/none' }] },
    behavior: {
      CachePolicyId: 'mine',
      OriginRequestPolicyId: 'yours',
      ResponseHeadersPolicyId: 'theirs',
      ForwardedValues: {},
    },
    origin: { DomainName: 'oven.example.com', S3OriginConfig: {} },
  }
  shop = await start(bakery(unknown))
  const at = 'bakery/Shop: '
  expect(shop.limitations).toEqual([
    `${at}DistributionConfig: Logging is not emulated.`,
    `${at}The origin oven.example.com is neither an S3 bucket nor an HTTP API of the templates: requests to it fail with status 502.`,
    `${at}CustomErrorResponses: ResponsePagePath is not emulated.`,
    `${at}DefaultCacheBehavior: ForwardedValues is not emulated.`,
    `${at}The cache policy mine is unknown: nothing is cached.`,
    `${at}The origin request policy yours is unknown: it forwards nothing to the origin.`,
    `${at}The response headers policy theirs is unknown: it adds no headers.`,
  ])
  expect((await fetch(`${shop.url}/cake`)).status).toBe(502)
})

test('a behavior with an unknown origin is rejected', async () => {
  const template = bakery({ behavior: { TargetOriginId: 'oven' } })
  await expect(start(template)).rejects.toThrow('DefaultCacheBehavior: the distribution has no origin oven.')
  shop = await start(bakery())
})
