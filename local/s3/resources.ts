import { createHash } from 'node:crypto'
import { unsupportedMembers } from '../assembly/limitations.ts'
import { region } from '../assembly/provider.ts'
import type { CreatedResource, ResourceDeclaration, ResourceProvider } from '../assembly/provider.ts'
import type { AccessControl } from '../iam/types.ts'
import { corsRuleOf } from './cors.ts'
import { bucketArn, type Bucket, type Buckets } from './buckets.ts'

interface Context {
  readonly buckets: Buckets
  readonly access: AccessControl
  /** The AWS endpoint, called when a bucket is created. */
  readonly endpoint: () => string
}

export const bucketProviders = (context: Context): ResourceProvider[] => [
  {
    type: 'AWS::S3::Bucket',
    supported: ['BucketName', 'NotificationConfiguration', 'LifecycleConfiguration', 'CorsConfiguration'],
    ignored: {
      BucketEncryption: 'objects are stored in files on this machine, not encrypted by the bucket',
      OwnershipControls: 'there is one account, which owns every object',
      PublicAccessBlockConfiguration: 'the endpoint accepts connections from this machine only',
      Tags: 'tags are not used locally',
    },
    create: (resource) => createBucket(context, resource),
  },
  {
    type: 'AWS::S3::BucketPolicy',
    supported: ['Bucket', 'PolicyDocument'],
    create: ({ properties, generatedName }) => {
      const { name } = context.buckets.get(String(properties['Bucket']))
      context.access.putResourcePolicy(bucketArn(name), 'Policy', properties['PolicyDocument'])
      return { ref: generatedName }
    },
  },
]

function createBucket(
  { buckets, endpoint }: Context,
  { properties, generatedName, logicalId }: ResourceDeclaration,
): CreatedResource {
  const name = properties['BucketName'] === undefined ? bucketNameFrom(generatedName) : String(properties['BucketName'])
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
    throw new Error(
      `${logicalId} has the bucket name ${name}: 3 to 63 lower-case letters, digits, dots and hyphens are allowed.`,
    )
  }
  const notifications: Record<string, any> = properties['NotificationConfiguration'] ?? {}
  const eventBridge = notifications['EventBridgeConfiguration']
  const rules: Record<string, any>[] = properties['LifecycleConfiguration']?.['Rules'] ?? []
  const arn = bucketArn(name)
  buckets.put({
    name,
    sendsEvents: eventBridge !== undefined && String(eventBridge['EventBridgeEnabled'] ?? true) === 'true',
    expirations: rules.flatMap((rule) => daysOf(rule, rule['ExpirationInDays'])),
    cors: (properties['CorsConfiguration']?.['CorsRules'] ?? []).map(corsRuleOf),
  })
  const domain = `${name}.s3.amazonaws.com`
  const regionalDomain = `${name}.s3.${region}.amazonaws.com`
  return {
    ref: name,
    attributes: { Arn: arn, DomainName: domain, RegionalDomainName: regionalDomain },
    hosts: { [domain]: `${endpoint()}/${name}`, [regionalDomain]: `${endpoint()}/${name}` },
    limitations: [
      ...unsupportedMembers('NotificationConfiguration', notifications, ['EventBridgeConfiguration']),
      ...rules.flatMap(ruleLimitations),
    ],
  }
}

/** There are no multipart uploads, so that none is aborted. */
const supportedOfRules = ['Id', 'Status', 'Prefix', 'ExpirationInDays', 'AbortIncompleteMultipartUpload']

const ruleLimitations = (rule: Record<string, any>) =>
  unsupportedMembers('LifecycleConfiguration rule', rule, supportedOfRules)

/** A rule with a filter that is not emulated deletes nothing, rather than too much. */
function daysOf(rule: Record<string, any>, days: unknown): Bucket['expirations'] {
  const isFiltered = ['TagFilters', 'ObjectSizeGreaterThan', 'ObjectSizeLessThan'].some(
    (name) => rule[name] !== undefined,
  )
  if (rule['Status'] !== 'Enabled' || days === undefined || isFiltered) return []
  return [{ prefix: rule['Prefix'] ?? '', days: Number(days) }]
}

/** Bucket names are at most 63 characters long, in lower case. */
function bucketNameFrom(generatedName: string): string {
  const name = generatedName.toLowerCase().replace(/[^a-z0-9.-]/g, '-')
  if (name.length <= 63) return name
  return `${name.slice(0, 54)}-${createHash('sha256').update(generatedName).digest('hex').slice(0, 8)}`
}
