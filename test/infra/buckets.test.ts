import { labelled, synthesize, type Resource } from './synthesized.ts'
import { applicationId } from '#shared/application.ts'

const dev = await synthesize()
const buckets = dev.ofType('AWS::S3::Bucket')
const named = (id: string) =>
  buckets.find(({ stack, logicalId }) => stack === `${applicationId}-dev-edge` && logicalId.startsWith(id))!
const uploads = named('uploads')
const [web, media] = [named('web'), named('media')]

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
    expect(principals).toEqual(bucket === media || bucket === web ? [{ Service: 'cloudfront.amazonaws.com' }] : [])
  })
})

test('the upload bucket sends events to EventBridge, allows posts from pages, and expires objects after 15 days', () => {
  const { NotificationConfiguration, LifecycleConfiguration, CorsConfiguration } = uploads.properties
  expect(NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } })
  expect(LifecycleConfiguration.Rules).toEqual([
    { Status: 'Enabled', ExpirationInDays: 15, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
  ])
  expect(CorsConfiguration.CorsRules).toEqual([
    expect.objectContaining({ AllowedMethods: ['POST'], AllowedOrigins: ['*'] }),
  ])
})
