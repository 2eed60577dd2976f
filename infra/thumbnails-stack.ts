import { Duration } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { routes } from '#services/thumbnails/routes.ts'
import { ApiRoutes } from './constructs/api-routes.ts'
import { EventConsumer } from './constructs/event-consumer.ts'
import { allowObjects } from './constructs/object-access.ts'
import type { ServiceFunction } from './constructs/service-function.ts'
import type { TableGrant } from './grants.ts'
import type { MediaStack } from './media-stack.ts'
import { ServiceStack, type ServiceStackProps } from './service-stack.ts'

export interface ThumbnailsStackProps extends ServiceStackProps {
  readonly media: MediaStack
}

const writeUpload: TableGrant = { actions: ['PutItem'], prefixes: ['UPLOAD#'] }
const readUpload: TableGrant = { actions: ['GetItem'], prefixes: ['UPLOAD#'] }

/** Where presigned posts put their objects. */
const incoming = 'incoming/*'

export class ThumbnailsStack extends ServiceStack {
  constructor(scope: Construct, id: string, { media, ...props }: ThumbnailsStackProps) {
    super(scope, id, 'thumbnails', props)
    const functions = [
      this.createsUploads('create-upload', media),
      this.createsUploads('admin-create-upload', media),
      this.showsUploads(media),
      this.tableFunction('admin-get-upload', [readUpload], { environment: { MEDIA_URL: media.mediaUrl } }),
    ]
    new ApiRoutes(this, { ...props, routes, functions })
    new EventConsumer(this, {
      ...props,
      function: this.makesThumbnails(media),
      awsEvents: { uploaded: objectCreated(media.uploads) },
      // One picture at a time in a function: each takes hundreds of megabytes while it is decoded.
      batchSize: 1,
    })
  }

  /** The function's own key signs the form, so whoever posts may do what the function may: put into `incoming/`. */
  private createsUploads(entry: string, { uploads }: MediaStack): ServiceFunction {
    const environment = { UPLOAD_BUCKET: uploads.bucketName }
    const creates = this.tableFunction(entry, [writeUpload], { environment })
    allowObjects(creates, ['s3:PutObject'], uploads, [incoming])
    return creates
  }

  /** Likewise for the presigned addresses of avatars; staff see pictures of products alone, which are public. */
  private showsUploads({ media, mediaUrl }: MediaStack): ServiceFunction {
    const environment = { MEDIA_BUCKET: media.bucketName, MEDIA_URL: mediaUrl }
    const shows = this.tableFunction('get-upload', [readUpload], { environment })
    allowObjects(shows, ['s3:GetObject'], media, ['private/*'])
    return shows
  }

  private makesThumbnails({ uploads, media }: MediaStack): ServiceFunction {
    const makes = this.tableFunction(
      'make-thumbnails',
      [{ actions: ['GetItem', 'UpdateItem'], prefixes: ['UPLOAD#'] }],
      {
        environment: {
          UPLOAD_BUCKET: uploads.bucketName,
          MEDIA_BUCKET: media.bucketName,
          // Without them glibc keeps what a picture took, for each thread, and a warm environment grows to 900 MB.
          MALLOC_MMAP_THRESHOLD_: '131072',
          MALLOC_ARENA_MAX: '1',
        },
        timeout: Duration.seconds(30),
      },
    )
    allowObjects(makes, ['s3:GetObject', 's3:DeleteObject'], uploads, [incoming])
    // Whoever may not list a bucket is refused what is not there, and an event that comes twice would look like a fault.
    makes.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [uploads.bucketArn] }))
    allowObjects(makes, ['s3:PutObject'], media, ['public/*', 'private/*'])
    return makes
  }
}

const objectCreated = ({ bucketName }: Bucket) => ({
  source: ['aws.s3'],
  detailType: ['Object Created'],
  detail: { bucket: { name: [bucketName] }, object: { key: [{ prefix: 'incoming/' }] } },
})
