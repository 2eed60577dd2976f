import { labelled, synthesize, type Resource } from './synthesized.ts'
import { applicationId } from '#shared/application.ts'

const dev = await synthesize()
const buckets = dev.ofType('AWS::S3::Bucket')
const named = (id: string) =>
  buckets.find(({ stack, logicalId }) => stack === `${applicationId}-dev-media` && logicalId.startsWith(id))!
const uploads = named('uploads')
const media = named('media')
const [distribution] = dev.ofType('AWS::CloudFront::Distribution')
const config = distribution!.properties.DistributionConfig

const statementsOf = (bucket: Resource): any[] =>
  dev
    .ofType('AWS::S3::BucketPolicy')
    .filter((policy) => dev.referred(policy, policy.properties.Bucket) === bucket)
    .flatMap((policy) => policy.properties.PolicyDocument.Statement)

describe.each(labelled(buckets))('bucket %s', (_label, bucket) => {
  test('has no public access and requires TLS', () => {
    expect(bucket.properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    })
    const arn = { 'Fn::GetAtt': [bucket.logicalId, 'Arn'] }
    expect(statementsOf(bucket)).toContainEqual({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 's3:*',
      Resource: [arn, { 'Fn::Join': ['', [arn, '/*']] }],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    })
    expect(bucket.properties.AccessControl).toBeUndefined()
  })

  test('is encrypted, and grants access to no service except CloudFront', () => {
    expect(bucket.properties.BucketEncryption).toBeDefined()
    const allowed = statementsOf(bucket).filter(({ Effect }) => Effect === 'Allow')
    const principals = allowed.map(({ Principal }) => Principal)
    expect(principals).toEqual(bucket === media ? [{ Service: 'cloudfront.amazonaws.com' }] : [])
  })
})

test("the upload bucket sends events to EventBridge, allows the shop's origins, and expires objects after 15 days", () => {
  const { NotificationConfiguration, LifecycleConfiguration, CorsConfiguration } = uploads.properties
  expect(NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } })
  expect(LifecycleConfiguration.Rules).toEqual([
    { Status: 'Enabled', ExpirationInDays: 15, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
  ])
  expect(CorsConfiguration.CorsRules).toEqual([
    expect.objectContaining({ AllowedMethods: ['POST'], AllowedOrigins: ['http://localhost:5173'] }),
  ])
})

test('no template contains a custom resource', () => {
  const types = new Set(dev.resources.map(({ type }) => type))
  expect([...types].filter((type) => /^Custom::|CustomResource$/.test(type))).toEqual([])
})

test('only the distribution reads public/, through origin access control', () => {
  const [origin, ...others] = config.Origins
  expect(others).toEqual([])
  expect(origin.OriginPath).toBe('/public')
  expect(dev.referred(distribution!, origin.DomainName)).toBe(media)
  const control = dev.referred(distribution!, origin.OriginAccessControlId)!
  expect(control.properties.OriginAccessControlConfig).toMatchObject({
    OriginAccessControlOriginType: 's3',
    SigningBehavior: 'always',
    SigningProtocol: 'sigv4',
  })
  const [grant] = statementsOf(media).filter(({ Effect }) => Effect === 'Allow')
  expect(grant.Action).toBe('s3:GetObject')
  expect(grant.Resource['Fn::Join'][1].at(-1)).toBe('/public/*')
  const sourceArn = grant.Condition.StringEquals['AWS:SourceArn']['Fn::Join'][1]
  expect(sourceArn.slice(-2)).toEqual([':distribution/', { Ref: distribution!.logicalId }])
})

test('images are served over TLS, cached by path, and never rendered as pages', () => {
  const behavior = config.DefaultCacheBehavior
  expect(behavior).toMatchObject({
    ViewerProtocolPolicy: 'redirect-to-https',
    AllowedMethods: ['GET', 'HEAD'],
    // AWS's CachingOptimized: the cache key contains neither query strings nor headers.
    CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
  })
  const policy = dev.referred(distribution!, behavior.ResponseHeadersPolicyId)!
  expect(policy.properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig).toMatchObject({
    ContentTypeOptions: { Override: true },
    ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'none'; sandbox", Override: true },
    StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000 },
  })
})

test('every function that creates image URLs has the domain of the output', () => {
  const template = dev.templates.get(`${applicationId}-dev-media`)
  const url = template.Outputs.MediaUrl.Value
  expect(url).toEqual({
    'Fn::Join': ['', ['https://', { 'Fn::GetAtt': [distribution!.logicalId, 'DomainName'] }, '/media']],
  })
  const given = dev
    .ofType('AWS::Lambda::Function')
    .flatMap(({ properties }) => properties.Environment.Variables.MEDIA_URL ?? [])
  expect(given).not.toEqual([])
  for (const variable of given) {
    const [scheme, domain, path] = variable['Fn::Join'][1]
    expect([scheme, dev.followImport(domain), path]).toEqual(url['Fn::Join'][1])
  }
})
