import { Aws, Duration, Fn, Stack, Validations, type StackProps } from 'aws-cdk-lib'
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HeadersFrameOption,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  HttpMethods,
  type BucketProps,
  type CfnBucket,
} from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { addOutput } from './constructs/outputs.ts'
import type { Stage } from './stages.ts'

export interface MediaStackProps extends StackProps {
  readonly stage: Stage
}

/** Where pictures arrive, where they are kept, and how the public ones are served. */
export class MediaStack extends Stack {
  /** Takes what customers upload, for a day at most. */
  readonly uploads: Bucket
  /** `public/` is what the distribution serves; `private/` is reached by presigned URLs alone. */
  readonly media: Bucket
  /** Stands for `public/` of the media bucket, without a slash at its end. */
  readonly mediaUrl: string

  constructor(scope: Construct, id: string, { stage, ...props }: MediaStackProps) {
    super(scope, id, props)
    this.uploads = this.createUploadBucket(stage)
    this.media = new Bucket(this, 'media', guarded(stage))
    for (const bucket of [this.uploads, this.media]) {
      Validations.of(bucket).acknowledge({
        id: 'AwsSolutions-S1',
        reason: "Functions and forms that they signed are all that gets in, and the functions' logs tell of each.",
      })
    }
    const distribution = this.createDistribution(stage)
    this.mediaUrl = Fn.join('', ['https://', distribution.distributionDomainName])
    addOutput(this, 'UploadBucketName', this.uploads.bucketName, 'Where presigned posts go')
    addOutput(this, 'MediaBucketName', this.media.bucketName, 'Where pictures are kept')
    addOutput(this, 'MediaUrl', this.mediaUrl, "Where products' pictures are served")
  }

  private createUploadBucket(stage: Stage): Bucket {
    const bucket = new Bucket(this, 'uploads', {
      ...guarded(stage),
      // A picture is gone once its thumbnails are made. What nobody posted or what failed five times goes by itself.
      lifecycleRules: [{ expiration: Duration.days(1), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      ...(stage.corsOrigins.length > 0 ? { cors: [postsFrom(stage.corsOrigins)] } : {}),
    })
    // The construct's own switch would deploy a function that sets what the template can say itself.
    const template = bucket.node.defaultChild as CfnBucket
    template.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } }
    return bucket
  }

  private createDistribution(stage: Stage): Distribution {
    const accessControl = new S3OriginAccessControl(this, 'access-to-media', {
      originAccessControlName: worldwideName(stage),
    })
    const distribution = new Distribution(this, 'distribution', {
      comment: `Pictures of ${stage.prefix}`,
      priceClass: stage.mediaPriceClass,
      defaultBehavior: {
        origin: S3BucketOrigin.withBucketDefaults(this.media, {
          originPath: '/public',
          originAccessControlId: accessControl.originAccessControlId,
        }),
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        // Names hold a hash of the content, so that a cache may keep them for ever and no query belongs to them.
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        // Pictures are compressed already.
        compress: false,
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: this.createHeadersPolicy(stage),
      },
    })
    this.media.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
        actions: ['s3:GetObject'],
        // Narrower than the construct's own grant, which opens the whole bucket.
        resources: [this.media.arnForObjects('public/*')],
        conditions: { StringEquals: { 'AWS:SourceArn': distribution.distributionArn } },
      }),
    )
    this.acceptFindings(distribution)
    return distribution
  }

  private acceptFindings(distribution: Distribution): void {
    Validations.of(distribution).acknowledge(
      { id: 'AwsSolutions-CFR1', reason: 'The shop sells everywhere, so its pictures are shown everywhere.' },
      {
        id: 'AwsSolutions-CFR2',
        reason: 'GET and HEAD of public files in one bucket leave a firewall nothing to judge.',
      },
      { id: 'AwsSolutions-CFR3', reason: 'Who looked at which picture is personal data that nobody here needs.' },
      {
        id: 'AwsSolutions-CFR4',
        reason: "CloudFront's own domain knows no choice of TLS version; a domain of one's own gets TLSv1.2_2021.",
      },
    )
  }

  /** A picture that a browser takes for a page could run scripts: it is told not to guess, and to run nothing. */
  private createHeadersPolicy(stage: Stage): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'headers', {
      responseHeadersPolicyName: worldwideName(stage),
      securityHeadersBehavior: {
        contentTypeOptions: { override: true },
        contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'; sandbox", override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
      },
    })
  }
}

/** CloudFront's names are an account's in all regions, and a stage may stand in several. */
const worldwideName = (stage: Stage) => `${stage.prefix}-media-${Aws.REGION}`

/** CloudFormation deletes a bucket only when it is empty: the README's section Deploy tells how it becomes so. */
const guarded = (stage: Stage): BucketProps => ({
  encryption: BucketEncryption.S3_MANAGED,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  removalPolicy: stage.removalPolicy,
})

/** The form is posted by a page of the shop straight to the bucket. */
const postsFrom = (origins: readonly string[]) => ({
  allowedMethods: [HttpMethods.POST],
  allowedOrigins: [...origins],
  allowedHeaders: ['*'],
  maxAge: Duration.hours(1).toSeconds(),
})
