import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3'
import { Asset } from 'aws-cdk-lib/aws-s3-assets'
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment'
import type { Construct } from 'constructs'
import { logGroupOf } from '#shared/lambda/lambda-names.ts'
import { StageStack } from './constructs/stage-stack.ts'
import type { EdgeStack } from './edge-stack.ts'
import type { IdentityStack } from './identity-stack.ts'
import type { Stage } from './stages.ts'

/** The build of web/, the same for every stage. */
const built = join(import.meta.dirname, '../dist/web')

/** The folder of those files whose names contain a hash of their content. */
const hashed = 'assets'

/** Files that need the address of the site, which a build does not know: they have `__WEB_URL__` in its place. */
const addressed = ['sitemap.xml', 'robots.txt']

interface WebStackProps {
  readonly stage: Stage
  readonly identity: IdentityStack
  readonly edge: EdgeStack
  /** The stacks of the API that pages call: a route is deployed before a page that uses it. */
  readonly services: readonly StageStack[]
}

/**
 * Deploys the files of the web to their bucket. CDK's construct needs no Docker: a function copies the files, which are
 * assets like the functions' code. It invalidates nothing, which would take a permission for all distributions: hashed
 * names never change their content, and nothing else is cached.
 */
export class WebStack extends StageStack {
  constructor(scope: Construct, { stage, identity, edge, services }: WebStackProps) {
    super(scope, 'web', stage)
    for (const service of services) this.addStackDependency(service)
    // By its name: CDK would tag the edge stack's construct as owned by these deployments, and their function then leaves
    // the files when the stack is deleted, so that the bucket could not be deleted either.
    const destinationBucket = Bucket.fromBucketName(this, 'bucket', edge.web.bucketName)
    const assets = new Asset(this, 'assets-archive', { path: join(built, hashed) })
    const common = {
      destinationBucket,
      ...this.deployer(assets.bucket, edge),
      retainOnDelete: false,
      outputObjectKeys: false,
    }
    const assetFiles = new BucketDeployment(this, 'assets', {
      ...common,
      sources: [Source.bucket(assets.bucket, assets.s3ObjectKey)],
      destinationKeyPrefix: hashed,
      cacheControl: [CacheControl.setPublic(), CacheControl.maxAge(Duration.days(365)), CacheControl.immutable()],
      // A page that is open during a deployment still loads the files of its version.
      prune: false,
    })
    const config = Source.jsonData('config.json', {
      stage: stage.name,
      region: this.region,
      userPoolId: identity.userPool.userPoolId,
      userPoolClientId: identity.client.userPoolClientId,
      cognitoUrl: identity.cognitoOrigin,
    })
    const pages = new BucketDeployment(this, 'pages', {
      ...common,
      sources: [Source.asset(built, { exclude: [hashed, ...addressed] }), config, ...withAddress(edge.webUrl)],
      cacheControl: [CacheControl.noCache()],
      // Neither copied nor pruned here.
      exclude: [`${hashed}/*`],
    })
    pages.node.addDependency(assetFiles)
    Validations.of(this.node.children.find(({ node }) => node.id.startsWith('Custom::'))!).acknowledge({
      id: 'AwsSolutions-L1',
      reason: "The function is CDK's own, with the runtime that CDK tests it on.",
    })
  }

  /** Log group and role of the construct's function; the construct would allow it more than it uses. */
  private deployer(archives: IBucket, edge: EdgeStack) {
    const { stage } = this
    const logGroup = new LogGroup(this, 'logs', {
      logGroupName: logGroupOf(`${stage.prefix}-web-deployment`),
      retention: RetentionDays[stage.logRetention],
      removalPolicy: RemovalPolicy[stage.removalPolicy],
    })
    const role = new Role(this, 'role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    const allow = (actions: string[], resource: string) =>
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }))
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn)
    allow(['s3:GetObject'], archives.arnForObjects('*'))
    allow(['s3:ListBucket', 's3:GetBucketTagging'], edge.web.bucketArn)
    allow(['s3:PutObject', 's3:DeleteObject'], edge.web.arnForObjects('*'))
    const exported = edge.resolve(edge.exportValue(edge.web.bucketArn))['Fn::ImportValue']
    Validations.of(role).acknowledge(
      {
        id: `AwsSolutions-IAM5[Resource::${exported}/*]`,
        reason: 'The bucket holds the files of the web and nothing else.',
      },
      {
        id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*]',
        reason: 'Archives in the bucket of the CDK are named by a hash of their content.',
      },
    )
    return { logGroup, role: role.withoutPolicyUpdates() }
  }
}

const withAddress = (webUrl: string) =>
  addressed.map((name) => Source.data(name, readFileSync(join(built, name), 'utf8').replaceAll('__WEB_URL__', webUrl)))
