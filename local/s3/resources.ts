import { createHash } from 'node:crypto'
import { unsupportedMembers } from '../assembly/limitations.ts'
import { region } from '../assembly/provider.ts'
import type { CreatedResource, ResourceDeclaration, ResourceProvider } from '../assembly/provider.ts'
import type { AccessControl } from '../iam/types.ts'
import { bucketArn, type Buckets, type CorsRule } from './buckets.ts'

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
    },
    create: (resource) => createBucket(context, resource),
  },
  {
    type: 'AWS::S3::BucketPolicy',
    supported: ['Bucket', 'PolicyDocument'],
    create: ({ properties: { Bucket, PolicyDocument }, generatedName }) => {
      const { name } = context.buckets.require(Bucket)
      context.access.putResourcePolicy(bucketArn(name), 'Policy', PolicyDocument)
      return { ref: generatedName, uniqueName: name }
    },
  },
]

/** There are no multipart uploads, so that none is aborted. */
const supportedOfRules = ['Id', 'Status', 'Prefix', 'ExpirationInDays', 'AbortIncompleteMultipartUpload']

/** With one of these, which are not emulated, a rule deletes nothing, rather than too much. */
const filters = ['TagFilters', 'ObjectSizeGreaterThan', 'ObjectSizeLessThan']

const corsMethods = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD']

function createBucket(
  { buckets, endpoint }: Context,
  { properties, generatedName, logicalId }: ResourceDeclaration,
): CreatedResource {
  const name: string = properties['BucketName'] ?? bucketNameFrom(generatedName)
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
    throw new Error(
      `${logicalId} has the bucket name ${name}: 3 to 63 lower-case letters, digits, dots and hyphens are allowed.`,
    )
  }
  const notifications = properties['NotificationConfiguration'] ?? {}
  const eventBridge = notifications.EventBridgeConfiguration
  const rules: Record<string, any>[] = properties['LifecycleConfiguration']?.Rules ?? []
  const cors: CorsRule[] = properties['CorsConfiguration']?.CorsRules ?? []
  const method = cors.flatMap((rule) => rule.AllowedMethods).find((each) => !corsMethods.includes(each))
  if (method !== undefined)
    throw new Error(`A CORS rule allows the method ${method}; S3 supports ${corsMethods.join(', ')}.`)
  buckets.set(name, {
    name,
    sendsEvents: eventBridge !== undefined && String(eventBridge.EventBridgeEnabled ?? true) === 'true',
    expirations: rules
      .filter((rule) => rule['Status'] === 'Enabled' && !filters.some((filter) => rule[filter] !== undefined))
      .flatMap(({ Prefix: prefix = '', ExpirationInDays: days }) => (days ? [{ prefix, days: Number(days) }] : [])),
    cors,
  })
  const domain = `${name}.s3.amazonaws.com`
  const regionalDomain = `${name}.s3.${region}.amazonaws.com`
  return {
    ref: name,
    attributes: { Arn: bucketArn(name), DomainName: domain, RegionalDomainName: regionalDomain },
    hosts: { [domain]: `${endpoint()}/${name}`, [regionalDomain]: `${endpoint()}/${name}` },
    limitations: [
      ...unsupportedMembers('NotificationConfiguration', notifications, ['EventBridgeConfiguration']),
      ...rules.flatMap((rule) => unsupportedMembers('LifecycleConfiguration rule', rule, supportedOfRules)),
    ],
  }
}

/** Bucket names are at most 63 characters long, in lower case. */
function bucketNameFrom(generatedName: string): string {
  const name = generatedName.toLowerCase().replace(/[^a-z0-9.-]/g, '-')
  if (name.length <= 63) return name
  return `${name.slice(0, 54)}-${createHash('sha256').update(generatedName).digest('hex').slice(0, 8)}`
}
