import { Aws, Duration, Fn, RemovalPolicy, Validations } from 'aws-cdk-lib'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import {
  Distribution,
  PriceClass,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  type DistributionProps,
} from 'aws-cdk-lib/aws-cloudfront'
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53'
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets'
import { Bucket, HttpMethods, type CfnBucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { distributionKeyHeader } from '#shared/http/source-address.ts'
import type { ApiStack } from './api-stack.ts'
import { bucketDefaults } from './constructs/bucket-defaults.ts'
import { addOutput } from './constructs/outputs.ts'
import { StageStack } from './constructs/stage-stack.ts'
import { apiBehavior, catalogBehavior, catalogPath, imagesBehavior, pagesBehavior } from './edge/behaviors.ts'
import { neverCachedErrors } from './edge/errors.ts'
import { globalName } from './edge/global-name.ts'
import type { IdentityStack } from './identity-stack.ts'
import type { Domain } from './stage-settings.ts'
import type { Stage } from './stages.ts'

/** The buckets of the web, of images and of uploads, and the distribution that serves the web, the API and public images. */
export class EdgeStack extends StageStack {
  /** Files of the web, which the web stack deploys. */
  readonly web: Bucket
  /** Stores uploads until they are processed, for 15 days at most. */
  readonly uploads: Bucket
  /** The distribution serves `public/`; `private/` is reached only by presigned URLs. */
  readonly media: Bucket
  /** The address of the web, without a trailing slash. */
  readonly webUrl: string
  /** The URL of `public/media/` in the media bucket, without a trailing slash. */
  readonly mediaUrl: string
  /**
   * Sent with each request to the API, so that a function can tell the distribution's from others: the part of this stack's
   * id that is not known outside of the account. It protects no more than the address that a rate limit counts by.
   */
  readonly distributionKey: string

  constructor(scope: Construct, stage: Stage, identity: IdentityStack, api: ApiStack) {
    super(scope, 'edge', stage)
    // Nothing in it is worth retaining: the next deployment of the web stack writes all of it again.
    this.web = new Bucket(this, 'web', { ...bucketDefaults(stage), removalPolicy: RemovalPolicy.DESTROY })
    this.uploads = this.createUploadBucket(stage)
    this.media = new Bucket(this, 'media', bucketDefaults(stage))
    for (const bucket of [this.web, this.uploads, this.media]) {
      Validations.of(bucket).acknowledge({
        id: 'AwsSolutions-S1',
        reason: 'Only the distribution, deployments, functions and the forms that these sign have access.',
      })
    }
    this.distributionKey = Fn.select(2, Fn.split('/', this.stackId))
    const distribution = this.createDistribution(identity, api)
    this.allowReading(distribution, this.web, '*')
    this.allowReading(distribution, this.media, 'public/*')
    if (stage.domain?.hostedZone) this.addRecords(stage.domain, stage.domain.hostedZone, distribution)

    // Also without the service that uses it, which may be left out of a deployed stage: its stack still exists when this one is
    // updated, and "you can't modify or remove an output value that is referenced by another stack" (CloudFormation, outputs).
    for (const value of [this.uploads.bucketName, this.uploads.bucketArn]) this.exportValue(value)
    // Also in a stage that gets a domain of its own later: the stacks that import this one are updated after this stack, and
    // "all the imports must be removed before you can […] modify the output value" (CloudFormation, Fn::ImportValue).
    this.exportValue(distribution.distributionDomainName)
    // One value: the files of the web that contain it are made of it at deployment.
    this.webUrl = Fn.join('', ['https://', stage.domain?.name ?? distribution.distributionDomainName])
    this.mediaUrl = `${this.webUrl}/media`
    addOutput(this, 'WebUrl', this.webUrl, 'The storefront; the back office is at /admin and the API at /api')
    addOutput(this, 'DistributionDomain', distribution.distributionDomainName, "What a stage's own domain points to")
    addOutput(this, 'WebBucketName', this.web.bucketName, 'The bucket of pages and scripts')
    addOutput(this, 'UploadBucketName', this.uploads.bucketName, 'The bucket of presigned posts')
    addOutput(this, 'MediaBucketName', this.media.bucketName, 'The bucket of images')
    addOutput(this, 'MediaUrl', this.mediaUrl, 'Where product images are served')
  }

  private createUploadBucket(stage: Stage): Bucket {
    const bucket = new Bucket(this, 'uploads', {
      ...bucketDefaults(stage),
      // A processed upload is deleted at once; this deletes what failed, a day after its message left the dead-letter queue.
      lifecycleRules: [{ expiration: Duration.days(15), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      cors: [postsFromAnyOrigin],
    })
    // CDK's eventBridgeEnabled would deploy a custom resource for what the template can declare itself.
    const template = bucket.node.defaultChild as CfnBucket
    template.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } }
    return bucket
  }

  private createDistribution(identity: IdentityStack, api: ApiStack): Distribution {
    const { stage } = this
    const accessControl = new S3OriginAccessControl(this, 'access-to-buckets', {
      originAccessControlName: globalName(stage, 'buckets'),
    })
    const { originAccessControlId } = accessControl
    const web = S3BucketOrigin.withBucketDefaults(this.web, { originAccessControlId })
    // `/media/a.jpg` is the object `public/media/a.jpg`.
    const media = S3BucketOrigin.withBucketDefaults(this.media, { originAccessControlId, originPath: '/public' })
    // Not `Ref` of the API's endpoint, which is a URL. The API's stage `api` has the paths below /api.
    const origin = new HttpOrigin(`${api.httpApi.apiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`, {
      // "If a header is present, CloudFront overwrites the header value" (Add custom headers to origin requests).
      customHeaders: { [distributionKeyHeader]: this.distributionKey },
    })
    const distribution = new Distribution(this, 'distribution', {
      comment: `Web of ${stage.prefix}`,
      priceClass: PriceClass[stage.edgePriceClass],
      defaultBehavior: pagesBehavior(this, web, {
        // What pages connect to besides their own origin. Cognito's responses and forms of S3 come from other hosts.
        cognito: identity.cognitoOrigin,
        uploads: `https://${this.uploads.bucketRegionalDomainName}`,
        privateImages: `https://${this.media.bucketRegionalDomainName}`,
      }),
      // CloudFront uses the first pattern that matches.
      additionalBehaviors: {
        [`/api${catalogPath}*`]: catalogBehavior(this, origin),
        '/api/*': apiBehavior(this, origin),
        '/media/*': imagesBehavior(this, media),
      },
      errorResponses: neverCachedErrors,
      ...(stage.domain ? this.certified(stage.domain) : {}),
    })
    this.acceptFindings(distribution)
    return distribution
  }

  private certified({ name, certificateArn }: Domain): Partial<DistributionProps> {
    return {
      domainNames: [name],
      certificate: Certificate.fromCertificateArn(this, 'certificate', certificateArn),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    }
  }

  /** Narrower than the grant of CDK's construct, which allows the whole bucket to a distribution of any origin path. */
  private allowReading(distribution: Distribution, bucket: Bucket, keys: string): void {
    bucket.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
        actions: ['s3:GetObject'],
        resources: [bucket.arnForObjects(keys)],
        conditions: { StringEquals: { 'AWS:SourceArn': distribution.distributionArn } },
      }),
    )
  }

  private addRecords({ name }: Domain, zone: NonNullable<Domain['hostedZone']>, distribution: Distribution): void {
    const hostedZone = HostedZone.fromHostedZoneAttributes(this, 'zone', { hostedZoneId: zone.id, zoneName: zone.name })
    const record = {
      zone: hostedZone,
      recordName: `${name}.`,
      target: RecordTarget.fromAlias(new CloudFrontTarget(distribution)),
    }
    new ARecord(this, 'ipv4', record)
    new AaaaRecord(this, 'ipv6', record)
  }

  private acceptFindings(distribution: Distribution): void {
    Validations.of(distribution).acknowledge(
      { id: 'AwsSolutions-CFR1', reason: 'The shop sells everywhere, so its pages are served everywhere.' },
      {
        id: 'AwsSolutions-CFR2',
        reason: "A web ACL costs more per month than a small shop's whole stage; the API's throttles limit each route.",
      },
      {
        id: 'AwsSolutions-CFR3',
        reason: "Access logs of visitors would be personal data; the API's log has no addresses.",
      },
      ...(this.stage.domain
        ? []
        : [
            {
              id: 'AwsSolutions-CFR4',
              reason: "CloudFront's default domain has no choice of TLS version; a custom domain gets TLSv1.2_2021.",
            },
          ]),
    )
  }
}

/**
 * Any origin: naming the distribution's would make a cycle between this bucket and the content security policy of pages,
 * which names the bucket. The signed form is the authorization, and browsers send no cookies to S3.
 */
const postsFromAnyOrigin = {
  allowedMethods: [HttpMethods.POST],
  allowedOrigins: ['*'],
  allowedHeaders: ['*'],
  maxAge: Duration.hours(1).toSeconds(),
}
