import { runInNewContext } from 'node:vm'
import type { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { stageOf } from '#infra/stages.ts'
import { appOf } from './app-of.ts'
import { synthesize } from './synthesized.ts'
import { applicationId } from '#shared/application.ts'

const dev = await synthesize()
const edge = dev.templates.get(`${applicationId}-dev-edge`)
const [distribution, ...otherDistributions] = dev.ofType('AWS::CloudFront::Distribution')
const config = distribution!.properties.DistributionConfig
const bucket = (name: string) =>
  dev
    .ofType('AWS::S3::Bucket')
    .find(({ stack, logicalId }) => stack === `${applicationId}-dev-edge` && logicalId.startsWith(name))!
const behaviors = new Map<string, any>([
  ['default', config.DefaultCacheBehavior],
  ...config.CacheBehaviors.map((each: any) => [each.PathPattern, each] as const),
])
const behavior = (pattern: string) => behaviors.get(pattern)!
const originOf = (pattern: string) => config.Origins.find(({ Id }: any) => Id === behavior(pattern).TargetOriginId)
const headersOf = (pattern: string) =>
  dev.referred(distribution!, behavior(pattern).ResponseHeadersPolicyId)!.properties.ResponseHeadersPolicyConfig

/** Managed policies, by the ids in "Use managed policies", CloudFront developer guide. */
const managed = {
  cachingOptimized: '658327ea-f89d-4fab-a63d-7e88639e58f6',
  cachingDisabled: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  allViewerExceptHostHeader: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
}

test('one distribution serves pages, the catalog, the API and images, in this order of patterns', () => {
  expect(otherDistributions).toEqual([])
  expect([...behaviors.keys()]).toEqual(['default', '/api/products*', '/api/*', '/media/*'])
})

describe.each([
  ['default', 'web', undefined, '/*'],
  ['/media/*', 'media', '/public', '/public/*'],
] as const)('the origin of %s', (pattern, name, path, granted) => {
  test('is a bucket that only the distribution reads, through origin access control', () => {
    const { DomainName, OriginPath, OriginAccessControlId } = originOf(pattern)
    expect([dev.referred(distribution!, DomainName), OriginPath]).toEqual([bucket(name), path])
    const control = dev.referred(distribution!, OriginAccessControlId)!
    expect(control.properties.OriginAccessControlConfig).toMatchObject({
      OriginAccessControlOriginType: 's3',
      SigningBehavior: 'always',
      SigningProtocol: 'sigv4',
    })
    const grants = dev
      .ofType('AWS::S3::BucketPolicy')
      .filter((policy) => dev.referred(policy, policy.properties.Bucket) === bucket(name))
      .flatMap((policy) => policy.properties.PolicyDocument.Statement)
      .filter(({ Effect }) => Effect === 'Allow')
    expect(grants).toHaveLength(1)
    expect(grants[0].Action).toBe('s3:GetObject')
    expect(grants[0].Resource['Fn::Join'][1].at(-1)).toBe(granted)
    const sourceArn = grants[0].Condition.StringEquals['AWS:SourceArn']['Fn::Join'][1]
    expect(sourceArn.slice(-2)).toEqual([':distribution/', { Ref: distribution!.logicalId }])
  })
})

describe.each(['/api/products*', '/api/*'])('%s', (pattern) => {
  test("is forwarded to the API's own domain over HTTPS, with every method", () => {
    const { DomainName, OriginPath, CustomOriginConfig } = originOf(pattern)
    const [id, ...domain] = DomainName['Fn::Join'][1]
    expect(dev.followImport(id)).toEqual({ Ref: dev.ofType('AWS::ApiGatewayV2::Api')[0]!.logicalId })
    expect(domain).toEqual(['.execute-api.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }])
    // The stage `api` is below /api.
    expect(OriginPath).toBeUndefined()
    expect(CustomOriginConfig.OriginProtocolPolicy).toBe('https-only')
    expect(behavior(pattern).ViewerProtocolPolicy).toBe('https-only')
    expect(behavior(pattern).AllowedMethods).toEqual(expect.arrayContaining(['GET', 'PUT', 'POST', 'PATCH', 'DELETE']))
  })

  test('has responses that no browser renders as a page', () => {
    expect(headersOf(pattern).SecurityHeadersConfig).toMatchObject({
      ContentTypeOptions: { Override: true },
      ContentSecurityPolicy: { ContentSecurityPolicy: expect.stringMatching(/^default-src 'none';.*sandbox$/) },
    })
  })
})

test('the function that counts quotes by address recognizes the requests of the distribution', () => {
  const { OriginCustomHeaders } = originOf('/api/*')
  const key = { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }
  expect(OriginCustomHeaders).toEqual([{ HeaderName: 'x-distribution-key', HeaderValue: key }])
  const counting = dev
    .ofType('AWS::Lambda::Function')
    .find(({ properties }) => properties.FunctionName === `${applicationId}-dev-pricing-create-quote`)!
  const [part, split] = counting.properties.Environment.Variables.DISTRIBUTION_KEY['Fn::Select']
  const [separator, imported] = split['Fn::Split']
  expect([part, separator, dev.followImport(imported)]).toEqual([2, '/', { Ref: 'AWS::StackId' }])
  expect(imported['Fn::ImportValue']).toMatch(new RegExp(`^${applicationId}-dev-edge:`))
})

test('no private response is cached: the API behind /api/* gets the whole request, and nothing of it is kept', () => {
  expect(behavior('/api/*')).toMatchObject({
    CachePolicyId: managed.cachingDisabled,
    OriginRequestPolicyId: managed.allViewerExceptHostHeader,
  })
})

test('the catalog is cached by path and query only as long as its Cache-Control allows', () => {
  const policy = dev.referred(distribution!, behavior('/api/products*').CachePolicyId)!
  expect(policy.properties.CachePolicyConfig).toMatchObject({ MinTTL: 0, DefaultTTL: 0, MaxTTL: 300 })
  expect(policy.properties.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin).toMatchObject({
    QueryStringsConfig: { QueryStringBehavior: 'all' },
    HeadersConfig: { HeaderBehavior: 'none' },
    CookiesConfig: { CookieBehavior: 'none' },
  })
  // What is forwarded and not in the key could make the response one caller's: a token, a correlation id.
  expect(behavior('/api/products*').OriginRequestPolicyId).toBeUndefined()
  // Compression makes an ETag weak, which If-Match never matches.
  expect(behavior('/api/products*').Compress).toBe(false)
})

test('a cached response has no ids of the caller that it was first made for', () => {
  const removed = headersOf('/api/products*').RemoveHeadersConfig.Items.map(({ Header }: any) => Header)
  expect(removed).toEqual(['x-correlation-id', 'apigw-requestid'])
  // Not an empty list either, which only a deployment would show to be valid.
  for (const pattern of ['default', '/api/*', '/media/*'])
    expect(headersOf(pattern).RemoveHeadersConfig).toBeUndefined()
})

test('errors are never cached, and stay what the origin returned', () => {
  // "Valid values" of ErrorCode in CustomErrorResponse, CloudFront API reference.
  const codes = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]
  expect(config.CustomErrorResponses).toEqual(codes.map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })))
})

test('images are served over TLS, cached by path, and never rendered as pages', () => {
  expect(behavior('/media/*')).toMatchObject({
    ViewerProtocolPolicy: 'redirect-to-https',
    AllowedMethods: ['GET', 'HEAD'],
    CachePolicyId: managed.cachingOptimized,
  })
  expect(headersOf('/media/*').SecurityHeadersConfig).toMatchObject({
    ContentTypeOptions: { Override: true },
    ContentSecurityPolicy: { ContentSecurityPolicy: expect.stringMatching(/^default-src 'none';.*sandbox$/) },
    StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000 },
  })
})

describe('pages', () => {
  test('are cached as their own Cache-Control allows, and served over TLS', () => {
    const policy = dev.referred(distribution!, behavior('default').CachePolicyId)!
    expect(policy.properties.CachePolicyConfig).toMatchObject({ MinTTL: 0, DefaultTTL: 0, MaxTTL: 31_536_000 })
    expect(behavior('default')).toMatchObject({
      ViewerProtocolPolicy: 'redirect-to-https',
      AllowedMethods: ['GET', 'HEAD'],
      Compress: true,
    })
  })

  test('run only files of their own origin, and connect to the API, the user pool and the upload bucket', () => {
    const { ContentSecurityPolicy } = headersOf('default').SecurityHeadersConfig.ContentSecurityPolicy
    expect(directives(ContentSecurityPolicy)).toEqual({
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'font-src': ["'self'"],
      'manifest-src': ["'self'"],
      'img-src': ["'self'", 'blob:', 'https://<media>'],
      'connect-src': ["'self'", '<https:>//<cognito>', 'https://<uploads>'],
      'form-action': ["'self'"],
      'base-uri': ["'none'"],
      'frame-ancestors': ["'none'"],
    })
  })

  test('are framed by no other page, and send their address to no other site', () => {
    expect(headersOf('default').SecurityHeadersConfig).toMatchObject({
      ContentTypeOptions: { Override: true },
      FrameOptions: { FrameOption: 'DENY' },
      ReferrerPolicy: { ReferrerPolicy: 'same-origin' },
      StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000 },
    })
  })

  /** A policy's text with names in the place of references. */
  function directives(policy: any): Record<string, string[]> {
    const text = policy['Fn::Join'][1].map((part: any) => (typeof part === 'string' ? part : nameOf(part))).join('')
    return Object.fromEntries(
      text.split('; ').map((directive: string) => {
        const [name, ...values] = directive.split(' ')
        return [name, values]
      }),
    )
  }

  function nameOf(reference: any): string {
    const [part, split] = reference['Fn::Select'] ?? []
    if (split) {
      const [separator, url] = split['Fn::Split']
      expect([separator, dev.followImport(url)['Fn::GetAtt'][1]]).toEqual(['/', 'ProviderURL'])
      return part === 0 ? '<https:>' : '<cognito>'
    }
    expect(reference['Fn::GetAtt'][1]).toBe('RegionalDomainName')
    return `<${['media', 'uploads'].find((name) => dev.referred(distribution!, reference) === bucket(name))}>`
  }
})

describe('the function of entry pages', () => {
  const [association] = behavior('default').FunctionAssociations
  const resource = dev.referred(distribution!, association.FunctionARN)!
  const handler: (event: object) => { uri: string } = runInNewContext(`${resource.properties.FunctionCode}; handler`)

  test.each([
    ['/', '/index.html'],
    ['/products/mug-1', '/index.html'],
    ['/orders/ord_1/', '/index.html'],
    ['/administration', '/index.html'],
    ['/v1.2/orders', '/index.html'],
    ['/admin', '/admin/index.html'],
    ['/admin/', '/admin/index.html'],
    ['/admin/orders/ord_1', '/admin/index.html'],
    ['/admin/index.html', '/admin/index.html'],
    ['/assets/index-Bq1.js', '/assets/index-Bq1.js'],
    ['/config.json', '/config.json'],
  ])('%s returns %s', (uri, file) => {
    expect(handler({ request: { method: 'GET', uri, headers: {}, querystring: {} } }).uri).toBe(file)
  })

  test('runs for pages only, so that a 404 of the API stays one', () => {
    expect(association.EventType).toBe('viewer-request')
    expect(resource.properties.FunctionConfig.Runtime).toBe('cloudfront-js-2.0')
    for (const [pattern, { FunctionAssociations }] of behaviors) {
      expect(FunctionAssociations ?? []).toHaveLength(pattern === 'default' ? 1 : 0)
    }
  })
})

test('every function that creates image URLs has the path /media of the output WebUrl', () => {
  const { WebUrl, MediaUrl } = edge.Outputs
  const domain = { 'Fn::GetAtt': [distribution!.logicalId, 'DomainName'] }
  expect(WebUrl.Value).toEqual({ 'Fn::Join': ['', ['https://', domain]] })
  expect(MediaUrl.Value).toEqual({ 'Fn::Join': ['', ['https://', domain, '/media']] })
  const given: [string, any][] = dev
    .ofType('AWS::Lambda::Function')
    .flatMap(({ label, properties }) => (properties.Environment?.Variables.MEDIA_URL ? [[label, properties]] : []))
  expect(given).not.toEqual([])
  for (const [, properties] of given) {
    const [scheme, imported, path] = properties.Environment.Variables.MEDIA_URL['Fn::Join'][1]
    expect([scheme, dev.followImport(imported), path]).toEqual(['https://', domain, '/media'])
  }
})

test('a stage with a domain has its certificate, current TLS, records in its zone, and its name in all URLs', () => {
  const domain = {
    name: 'shop.example.com',
    certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1b2c',
    hostedZone: { id: 'Z123', name: 'example.com' },
  }
  const stack = appOf({ ...stageOf('prod'), domain }).node.findChild(`${applicationId}-prod-edge`) as Stack
  const { Resources, Outputs } = Template.fromStack(stack).toJSON()
  const ofType = (type: string) => Object.values<any>(Resources).filter(({ Type }) => Type === type)
  expect(ofType('AWS::CloudFront::Distribution')[0].Properties.DistributionConfig).toMatchObject({
    Aliases: [domain.name],
    ViewerCertificate: { AcmCertificateArn: domain.certificateArn, MinimumProtocolVersion: 'TLSv1.2_2021' },
  })
  const records = ofType('AWS::Route53::RecordSet').map(({ Properties: { Name, Type, HostedZoneId } }) => [
    Name,
    Type,
    HostedZoneId,
  ])
  expect(records).toEqual([
    ['shop.example.com.', 'A', 'Z123'],
    ['shop.example.com.', 'AAAA', 'Z123'],
  ])
  expect([Outputs.WebUrl.Value, Outputs.MediaUrl.Value]).toEqual([
    'https://shop.example.com',
    'https://shop.example.com/media',
  ])
  const pointedTo = { 'Fn::GetAtt': [expect.any(String), 'DomainName'] }
  expect(Outputs.DistributionDomain.Value).toEqual(pointedTo)
  // Stacks that were deployed before the stage had its domain import it until they are updated.
  const exported = Object.keys(edge.Outputs).find((name) => name.includes('DomainName'))!
  expect(Outputs[exported]).toMatchObject({ Value: pointedTo, Export: { Name: expect.stringContaining(exported) } })
})
