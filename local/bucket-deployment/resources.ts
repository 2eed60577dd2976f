import { createHash } from 'node:crypto'
import { assetKey, type AssetPaths } from '../assembly/manifest.ts'
import type { ResourceProvider } from '../assembly/provider.ts'
import { unsupportedMembers } from '../assembly/limitations.ts'
import type { StoredObject } from '../s3/objects.ts'
import { contentHeaders } from '../s3/requests.ts'
import type { S3Service } from '../s3/service.ts'
import { guessedContentType, isExcluded, readSources, type Source } from './files.ts'

/** The part of S3 that deployments need. */
type Bucket = Pick<S3Service, 'putObject' | 'deleteObject' | 'objects'>

type Properties = Record<string, any>

/** CDK's `BucketDeployment`, whose custom resource runs `aws s3 sync` in a Python function on AWS. */
export const bucketDeploymentProvider = (s3: Bucket, assets: AssetPaths): ResourceProvider => ({
  type: 'Custom::CDKBucketDeployment',
  supported: [
    'DestinationBucketKeyPrefix',
    'DestinationBucketName',
    'Exclude',
    'Prune',
    'SourceBucketNames',
    'SourceMarkers',
    'SourceMarkersConfig',
    'SourceObjectKeys',
    'SystemMetadata',
  ],
  ignored: {
    DestinationBucketArn: 'an attribute only',
    DistributionId: "distributions' caches are empty when the system starts",
    DistributionPaths: "distributions' caches are empty when the system starts",
    OutputObjectKeys: 'an attribute only',
    RetainOnDelete: 'objects of a resource that was removed from the template remain',
    ServiceToken: 'deployments are built in',
    SignContent: 'the files are on this machine',
    WaitForDistributionInvalidation: "distributions' caches are empty when the system starts",
  },
  create({ properties, generatedName }) {
    if (properties['Include']) throw new Error('The filter Include of a deployment is not emulated.')
    const bucket = String(properties['DestinationBucketName'])
    sync(s3, bucket, properties, readSources(sourcesOf(properties, assets)))
    return {
      ref: generatedName,
      attributes: {
        DestinationBucketArn: properties['DestinationBucketArn'],
        SourceObjectKeys: properties['SourceObjectKeys'],
      },
      limitations: unsupportedMembers('SystemMetadata', properties['SystemMetadata'] ?? {}, contentHeaders),
    }
  },
})

/** @throws Error for a source that is not a folder of the assembly */
function sourcesOf(properties: Properties, assets: AssetPaths): Source[] {
  const buckets: string[] = properties['SourceBucketNames']
  return buckets.map((bucket, at) => {
    const key = String(properties['SourceObjectKeys'][at])
    const directory = assets.get(assetKey(bucket, key))
    if (directory === undefined || directory.endsWith('.zip')) {
      throw new Error(`The source ${bucket}/${key} is not a folder of the assembly.`)
    }
    const config: Properties = properties['SourceMarkersConfig']?.[at] ?? {}
    if (config['markerEncodings']) throw new Error('Encodings of single markers (markerEncodings) are not emulated.')
    return {
      directory,
      markers: properties['SourceMarkers']?.[at] ?? {},
      jsonEscape: String(config['jsonEscape']) === 'true',
    }
  })
}

/** Puts what differs from the bucket, and deletes what is in the bucket alone if the deployment prunes. */
function sync(s3: Bucket, bucket: string, properties: Properties, files: ReadonlyMap<string, Buffer>): void {
  const excluded: string[] = properties['Exclude'] ?? []
  const prefix = prefixOf(properties)
  const existing = new Map([...s3.objects(bucket, prefix)].map((object) => [object.key.slice(prefix.length), object]))
  for (const [path, content] of files) {
    if (isExcluded(path, excluded)) continue
    const headers = headersOf(path, properties)
    if (!isSame(existing.get(path), content, headers)) s3.putObject(bucket, prefix + path, content, headers)
  }
  if (String(properties['Prune'] ?? true) !== 'true') return
  for (const path of existing.keys()) {
    if (!files.has(path) && !isExcluded(path, excluded)) s3.deleteObject(bucket, prefix + path)
  }
}

function prefixOf({ DestinationBucketKeyPrefix: prefix = '' }: Properties): string {
  if (prefix === '' || prefix === '/') return ''
  return prefix.endsWith('/') ? prefix : `${prefix}/`
}

const headersOf = (path: string, { SystemMetadata = {} }: Properties): Record<string, string> => ({
  'content-type': guessedContentType(path) ?? 'binary/octet-stream',
  ...Object.fromEntries(Object.entries(SystemMetadata).map(([name, value]) => [name.toLowerCase(), String(value)])),
})

/** So that a restart neither rewrites unchanged files nor publishes events about them. */
function isSame(object: StoredObject | undefined, content: Buffer, headers: Record<string, string>): boolean {
  if (object?.etag !== createHash('md5').update(content).digest('hex')) return false
  const names = new Set([...Object.keys(object.headers), ...Object.keys(headers)])
  return [...names].every((name) => object.headers[name] === headers[name])
}
