import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { App, CfnOutput, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { UserPool } from 'aws-cdk-lib/aws-cognito'
import { AttributeType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { EventBus, Match, Rule } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import { ManagedPolicy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnStream } from 'aws-cdk-lib/aws-kinesis'
import { Code, Function, Runtime, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { DynamoEventSource, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Queue } from 'aws-cdk-lib/aws-sqs'

/** Synthesizes an app about which the local system has no special knowledge. @param outdir a new folder @returns it */
export function synthesizeLibrary(outdir: string): string {
  // The functions have no bundles: they find the SDK in the project.
  symlinkSync(join(import.meta.dirname, '../../../node_modules'), join(outdir, 'node_modules'))
  const app = new App({ outdir, builtinCloudFormationValidation: false })
  addDesk(new Stack(app, 'library-desk'), addShelves(new Stack(app, 'library-shelves')))
  return app.synth().directory
}

type Shelves = ReturnType<typeof addShelves>

function addShelves(stack: Stack) {
  const loans = new TableV2(stack, 'Loans', {
    tableName: 'library-shelves-Loans',
    partitionKey: { name: 'id', type: AttributeType.STRING },
    dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
    removalPolicy: RemovalPolicy.DESTROY,
  })
  const news = new EventBus(stack, 'News')
  const readers = new UserPool(stack, 'Readers', {
    selfSignUpEnabled: true,
    signInAliases: { email: true },
  })
  const readingRoom = readers.addClient('ReadingRoom', { authFlows: { userPassword: true } })
  // Not emulated.
  new CfnStream(stack, 'Turnstile', { shardCount: 1 })
  output(stack, 'ReadersId', readers.userPoolId)
  output(stack, 'ReadingRoomId', readingRoom.userPoolClientId)
  return { loans, news, readers, readingRoom }
}

const output = (stack: Stack, name: string, value: string) => new CfnOutput(stack, name, { value })

const functionOf = (stack: Stack, name: string, timeoutSeconds: number, environment: object, role?: Role) =>
  new Function(stack, name, {
    functionName: `library-desk-${name}`,
    code: Code.fromAsset(join(import.meta.dirname, 'functions')),
    handler: `${name.toLowerCase()}.handler`,
    runtime: Runtime.NODEJS_24_X,
    timeout: Duration.seconds(timeoutSeconds),
    memorySize: 256,
    environment: { ...environment },
    ...(role && { role }),
  })

function addDesk(stack: Stack, shelves: Shelves): void {
  addPages(stack, addCounter(stack, shelves), shelves)
  addClerks(stack, shelves)
}

/** The API, in which readers borrow books. */
function addCounter(stack: Stack, { loans, readers, readingRoom }: Shelves): HttpApi {
  const ownRows = new PolicyStatement({
    actions: ['dynamodb:PutItem', 'dynamodb:GetItem'],
    resources: [loans.tableArn],
    conditions: {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['LOAN#*'] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    },
  })
  const role = new Role(stack, 'LendRole', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaBasicExecutionRole')],
    inlinePolicies: { 'own-rows': new PolicyDocument({ statements: [ownRows] }) },
  })
  const lend = functionOf(stack, 'Lend', 10, { TABLE: loans.tableName }, role)
  const counter = new HttpApi(stack, 'Counter')
  counter.addStage('ApiStage', { stageName: 'api', autoDeploy: true })
  const integration = new HttpLambdaIntegration('CounterLend', lend)
  const authorizer = new HttpJwtAuthorizer('CounterReaders', readers.userPoolProviderUrl, {
    jwtAudience: [readingRoom.userPoolClientId],
  })
  counter.addRoutes({ path: '/loans', methods: [HttpMethod.POST], integration, authorizer })
  counter.addRoutes({ path: '/loans/{loanId}', methods: [HttpMethod.GET], integration, authorizer })
  output(stack, 'CounterUrl', counter.apiEndpoint)
  return counter
}

/** A distribution of the pages and of the API. */
function addPages(stack: Stack, counter: HttpApi, { readingRoom }: Shelves): void {
  const pages = new Bucket(stack, 'Pages')
  const links = new EdgeFunction(stack, 'PagesLinks', {
    runtime: FunctionRuntime.JS_2_0,
    code: FunctionCode.fromInline(
      "function handler({ request }) { if (!request.uri.includes('.')) request.uri = '/index.html'; return request }",
    ),
  })
  const contentSecurityPolicy = `default-src 'self'; img-src https://${pages.bucketRegionalDomainName}`
  const site = new Distribution(stack, 'Site', {
    defaultRootObject: 'index.html',
    defaultBehavior: {
      origin: S3BucketOrigin.withOriginAccessControl(pages),
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      functionAssociations: [{ eventType: FunctionEventType.VIEWER_REQUEST, function: links }],
      responseHeadersPolicy: new ResponseHeadersPolicy(stack, 'PagesHeaders', {
        securityHeadersBehavior: { contentSecurityPolicy: { contentSecurityPolicy, override: true } },
      }),
    },
    additionalBehaviors: {
      '/api/*': {
        origin: new HttpOrigin(`${counter.apiId}.execute-api.${stack.region}.${stack.urlSuffix}`),
        cachePolicy: CachePolicy.CACHING_DISABLED,
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
        allowedMethods: AllowedMethods.ALLOW_ALL,
      },
    },
  })
  const config = { readers: readingRoom.userPoolClientId, site: Fn.join('', ['https://', site.domainName, '/']) }
  new BucketDeployment(stack, 'PagesFiles', {
    sources: [Source.asset(join(import.meta.dirname, 'pages')), Source.jsonData('config.json', config)],
    destinationBucket: pages,
    cacheControl: [CacheControl.noCache()],
  })
  output(stack, 'SiteUrl', `https://${site.domainName}`)
}

/** A loan passes through the table's stream, a bus, a rule and a queue. */
function addClerks(stack: Stack, { loans, news }: Shelves): void {
  const announce = functionOf(stack, 'Announce', 10, { BUS: news.eventBusName })
  news.grantPutEventsTo(announce)
  announce.addEventSource(
    new DynamoEventSource(loans, { startingPosition: StartingPosition.TRIM_HORIZON, batchSize: 10, retryAttempts: 2 }),
  )
  const lostSlips = new Queue(stack, 'LostSlips', {
    queueName: 'library-desk-LostSlips',
    retentionPeriod: Duration.days(14),
  })
  const slips = new Queue(stack, 'Slips', {
    queueName: 'library-desk-Slips',
    visibilityTimeout: Duration.seconds(5),
    deadLetterQueue: { queue: lostSlips, maxReceiveCount: 1 },
  })
  new Rule(stack, 'LoanMade', {
    eventBus: news,
    eventPattern: { source: ['library.desk'], detailType: ['LoanMade'], detail: { title: Match.exists() } },
    targets: [new SqsQueue(slips)],
  })
  const remind = functionOf(stack, 'Remind', 5, { TABLE: loans.tableName })
  loans.grant(remind, 'dynamodb:UpdateItem')
  remind.addEventSource(new SqsEventSource(slips, { batchSize: 5, reportBatchItemFailures: true }))
  const alarm = new Alarm(stack, 'LostSlipsAlarm', {
    alarmName: 'library-lost-slips',
    alarmDescription: 'A slip could not be delivered',
    metric: lostSlips.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
    threshold: 1,
    evaluationPeriods: 1,
  })
  alarm.addAlarmAction(new SnsAction(new Topic(stack, 'Bulletin')))
  output(stack, 'LostSlipsUrl', lostSlips.queueUrl)
}
