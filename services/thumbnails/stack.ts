import { Duration } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { EventConsumer } from '#infra/constructs/event-consumer.ts'
import { allowObjects } from '#infra/constructs/object-access.ts'
import type { ServiceFunction } from '#infra/constructs/service-function.ts'
import { graph } from '#infra/dashboard/graph.ts'
import type { EdgeStack } from '#infra/edge-stack.ts'
import type { TableGrant } from '#infra/grants.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { ProductChanged } from '#services/catalog/events.ts'
import { UserDeleted } from '#services/users/events.ts'
import { ThumbnailsReady, UploadRejected } from './events.ts'
import { routes } from './routes.ts'

const writeUpload: TableGrant = { actions: ['PutItem'], prefixes: ['UPLOAD#'] }
const readUpload: TableGrant = { actions: ['GetItem'], prefixes: ['UPLOAD#'] }

/** The keys of objects that presigned posts create. */
const incoming = 'incoming/*'

/** The keys of avatars in the media bucket. */
const avatars = 'private/avatars/*'

/** The keys of product images in the media bucket. */
const productImages = 'public/media/products/*'

export class ThumbnailsStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    const { data, edge } = props
    this.addRoutes(routes, [
      this.uploadCreator('create-upload', edge, {
        access: [{ actions: ['UpdateItem'], prefixes: ['UPLOADRATE#'] }],
        environment: { UPLOADS_PER_MINUTE: String(props.stage.customerLimits.uploadsPerMinute) },
      }),
      this.uploadCreator('admin-create-upload', edge),
      this.avatarReader('get-upload', edge, [readUpload]),
      this.avatarReader('list-uploads', edge, [
        { actions: ['Query'], prefixes: ['UPLOADS#'], index: 'GSI1' },
        { actions: ['BatchGetItem'], prefixes: ['UPLOAD#'] },
      ]),
      this.tableFunction('admin-get-upload', [readUpload], { environment: { MEDIA_URL: edge.mediaUrl } }),
    ])
    new EventConsumer(this, {
      bus: data.bus,
      function: this.thumbnailMaker(edge),
      awsEvents: { uploaded: objectCreated(edge.uploads) },
      // One image at a time per environment: decoding uses hundreds of megabytes.
      batchSize: 1,
    })
    this.removeUploads(edge)
    this.removeProductImages(edge)
    this.resources.graphs.push(
      graph('Images', [
        this.metric('ImagesProcessed', { label: 'processed' }),
        this.metric('UploadsRejected', { label: 'rejected' }),
      ]),
    )
  }

  /** The function's credentials sign the form, so a POST has its permission: to put an object into `incoming/`. */
  private uploadCreator(
    entry: string,
    { uploads }: EdgeStack,
    more: { access?: readonly TableGrant[]; environment?: Record<string, string> } = {},
  ): ServiceFunction {
    const environment = { UPLOAD_BUCKET: uploads.bucketName, ...more.environment }
    const creator = this.tableFunction(entry, [writeUpload, ...(more.access ?? [])], { environment })
    allowObjects(creator, ['s3:PutObject'], uploads, [incoming])
    return creator
  }

  /** Its credentials also sign the URLs of avatars; staff see only product images, which are public. */
  private avatarReader(entry: string, { media, mediaUrl }: EdgeStack, access: readonly TableGrant[]): ServiceFunction {
    const environment = { MEDIA_BUCKET: media.bucketName, MEDIA_URL: mediaUrl }
    const reader = this.tableFunction(entry, access, { environment })
    allowObjects(reader, ['s3:GetObject'], media, ['private/*'])
    return reader
  }

  /** Waits for a moment, in which the profile takes over a new avatar: until then it refers to the one that is removed. */
  private removeUploads({ media }: EdgeStack): void {
    const remover = this.consumerFunction(
      'remove-uploads',
      [
        { actions: ['Query'], prefixes: ['UPLOADS#'], index: 'GSI1' },
        { actions: ['BatchGetItem', 'DeleteItem'], prefixes: ['UPLOAD#'] },
      ],
      {
        events: [ThumbnailsReady, UploadRejected, UserDeleted],
        environment: { MEDIA_BUCKET: media.bucketName },
        batchWindow: Duration.seconds(2),
      },
    )!
    allowObjects(remover, ['s3:DeleteObject'], media, [avatars])
    allowListing(remover, media, [avatars])
  }

  private removeProductImages({ media }: EdgeStack): void {
    const remover = this.consumerFunction(
      'remove-product-images',
      [{ actions: ['DeleteItem'], prefixes: ['UPLOAD#'] }],
      {
        events: [ProductChanged],
        detail: { data: { removedImages: { uploadIds: [{ exists: true }] } } },
        environment: { MEDIA_BUCKET: media.bucketName },
      },
    )!
    allowObjects(remover, ['s3:DeleteObject'], media, [productImages])
  }

  private thumbnailMaker({ uploads, media }: EdgeStack): ServiceFunction {
    const maker = this.tableFunction(
      'make-thumbnails',
      [{ actions: ['GetItem', 'UpdateItem'], prefixes: ['UPLOAD#'] }],
      {
        environment: {
          UPLOAD_BUCKET: uploads.bucketName,
          MEDIA_BUCKET: media.bucketName,
          // Without these, glibc retains an image's memory in each thread, and a warm environment grows to 900 MB.
          MALLOC_MMAP_THRESHOLD_: '131072',
          MALLOC_ARENA_MAX: '1',
        },
        timeout: Duration.seconds(30),
      },
    )
    allowObjects(maker, ['s3:GetObject', 's3:DeleteObject'], uploads, [incoming])
    // Without ListBucket a missing object is 403 and not 404, and a repeated event would look like an error.
    maker.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [uploads.bucketArn] }))
    allowObjects(maker, ['s3:PutObject', 's3:DeleteObject'], media, [productImages, avatars])
    allowListing(maker, media, [productImages, avatars])
    return maker
  }
}

/** Allows a function to list the objects of a bucket whose keys match one of some patterns. */
function allowListing(to: ServiceFunction, bucket: Bucket, keys: readonly string[]): void {
  const conditions = { StringLike: { 's3:prefix': keys } }
  to.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn], conditions }))
}

const objectCreated = ({ bucketName }: Bucket) => ({
  source: ['aws.s3'],
  detailType: ['Object Created'],
  detail: { bucket: { name: [bucketName] }, object: { key: [{ prefix: 'incoming/' }] } },
})
