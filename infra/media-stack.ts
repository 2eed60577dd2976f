import { Aws, Duration, Fn, Validations } from 'aws-cdk-lib'
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HeadersFrameOption,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  ViewerProtocolPolicy,
  PriceClass,
} from 'aws-cdk-lib/aws-cloudfront'
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Bucket, HttpMethods, type CfnBucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { bucketDefaults } from './constructs/bucket-defaults.ts'
import { addOutput } from './constructs/outputs.ts'
import { StageStack } from './constructs/stage-stack.ts'
import type { Stage } from './stages.ts'

/** The buckets of uploads and images, and the distribution that serves the public ones. */
export class MediaStack extends StageStack {
  /** Stores uploads until they are processed, for 15 days at most. */
  readonly uploads: Bucket
  /** The distribution serves `public/`; `private/` is reached only by presigned URLs. */
  readonly media: Bucket
  /** The URL of `public/media/` in the media bucket, without a trailing slash. */
  readonly mediaUrl: string

  constructor(scope: Construct, stage: Stage) {
    super(scope, 'media', stage)
    this.uploads = this.createUploadBucket(stage)
    this.media = new Bucket(this, 'media', bucketDefaults(stage))
    for (const bucket of [this.uploads, this.media]) {
      Validations.of(bucket).acknowledge({
        id: 'AwsSolutions-S1',
        reason: "Only functions and the forms they sign have access, and the functions' logs record each use.",
      })
    }
    const distribution = this.createDistribution(stage)
    this.mediaUrl = Fn.join('', ['https://', distribution.distributionDomainName, '/media'])
    addOutput(this, 'UploadBucketName', this.uploads.bucketName, 'The bucket of presigned posts')
    addOutput(this, 'MediaBucketName', this.media.bucketName, 'The bucket of images')
    addOutput(this, 'MediaUrl', this.mediaUrl, 'Where product images are served')
  }

  private createUploadBucket(stage: Stage): Bucket {
    const bucket = new Bucket(this, 'uploads', {
      ...bucketDefaults(stage),
      // A processed upload is deleted at once; this deletes what failed, a day after its message left the dead-letter queue.
      lifecycleRules: [{ expiration: Duration.days(15), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      ...(stage.corsOrigins.length > 0 ? { cors: [postsFrom(stage.corsOrigins)] } : {}),
    })
    // CDK's eventBridgeEnabled would deploy a custom resource for what the template can declare itself.
    const template = bucket.node.defaultChild as CfnBucket
    template.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } }
    return bucket
  }

  private createDistribution(stage: Stage): Distribution {
    const accessControl = new S3OriginAccessControl(this, 'access-to-media', {
      originAccessControlName: globalName(stage),
    })
    const distribution = new Distribution(this, 'distribution', {
      comment: `Images of ${stage.prefix}`,
      priceClass: PriceClass[stage.mediaPriceClass],
      defaultBehavior: {
        origin: S3BucketOrigin.withBucketDefaults(this.media, {
          originPath: '/public',
          originAccessControlId: accessControl.originAccessControlId,
        }),
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        // Object names contain a hash of the content, so caches may store them forever and ignore queries.
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        // Images are compressed already.
        compress: false,
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: this.createHeadersPolicy(stage),
      },
    })
    this.media.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
        actions: ['s3:GetObject'],
        // Narrower than the grant of CDK's construct, which allows the whole bucket.
        resources: [this.media.arnForObjects('public/*')],
        conditions: { StringEquals: { 'AWS:SourceArn': distribution.distributionArn } },
      }),
    )
    this.acceptFindings(distribution)
    return distribution
  }

  private acceptFindings(distribution: Distribution): void {
    Validations.of(distribution).acknowledge(
      { id: 'AwsSolutions-CFR1', reason: 'The shop sells everywhere, so its images are served everywhere.' },
      {
        id: 'AwsSolutions-CFR2',
        reason: 'GET and HEAD of public files in one bucket leave nothing for a firewall to filter.',
      },
      { id: 'AwsSolutions-CFR3', reason: 'Access logs of images would be personal data that has no use here.' },
      {
        id: 'AwsSolutions-CFR4',
        reason: "CloudFront's default domain has no choice of TLS version; a custom domain gets TLSv1.2_2021.",
      },
    )
  }

  /** An image that a browser interprets as a page could run scripts: no content sniffing, and nothing may run. */
  private createHeadersPolicy(stage: Stage): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'headers', {
      responseHeadersPolicyName: globalName(stage),
      securityHeadersBehavior: {
        contentTypeOptions: { override: true },
        contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'; sandbox", override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
      },
    })
  }
}

/** CloudFront's names are unique per account across regions, and a stage may be deployed to several. */
const globalName = (stage: Stage) => `${stage.prefix}-media-${Aws.REGION}`

/** Pages of the shop post the form directly to the bucket. */
const postsFrom = (origins: readonly string[]) => ({
  allowedMethods: [HttpMethods.POST],
  allowedOrigins: [...origins],
  allowedHeaders: ['*'],
  maxAge: Duration.hours(1).toSeconds(),
})
