import { Stack } from 'aws-cdk-lib'
import { PriceClass } from 'aws-cdk-lib/aws-cloudfront'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { installedServices } from '#infra/services.ts'
import type { Throttle } from '#infra/stage-settings.ts'
import { stageNames, stageOf } from '#infra/stages.ts'
import { pageSize } from '#services/orders/adapters/order-table.ts'
import { checkedDays } from '#services/orders/handlers/find-stuck-orders.ts'
import { appOf } from './app-of.ts'
import { isWebBucket, root, synthesize, type Resource, type Synthesis } from './synthesized.ts'
import { applicationId } from '#shared/application.ts'

/** The default stage is dev. */
const synthesizing = stageNames.map(
  async (name) => [name, await synthesize(name === 'dev' ? undefined : name)] as const,
)
const syntheses = new Map(await Promise.all(synthesizing))

const { paths } = JSON.parse(readFileSync(join(root, 'dist/api/openapi/openapi.json'), 'utf8'))
const retired = Object.entries<any>(paths).flatMap(([path, operations]) =>
  Object.keys(operations)
    .filter((method) => operations[method].deprecated)
    .map((method) => `${method.toUpperCase()} ${path}`),
)

/** The resource types that may be retained: those with data or logs. */
const holdingData = ['AWS::DynamoDB::GlobalTable', 'AWS::Cognito::UserPool', 'AWS::S3::Bucket', 'AWS::Logs::LogGroup']

/** Half of it is the processor time of 100 orders, measured, at the half of a core that the function has. */
const assumedMsPerPage = 80

const only = (synthesis: Synthesis, type: string): Resource => {
  const found = synthesis.ofType(type)
  expect(found).toHaveLength(1)
  return found[0]!
}

describe.each(stageNames)('%s', (name) => {
  const stage = stageOf(name)
  const synthesis = syntheses.get(name)!

  test('has a stack for each service, and the shared ones', () => {
    const names = installedServices().map((service) => service.name)
    expect([...synthesis.templates.keys()].toSorted()).toEqual(
      ['data', 'identity', 'api', 'edge', ...names, 'web', 'operations']
        .map((part) => `${applicationId}-${name}-${part}`)
        .toSorted(),
    )
  })

  test('retains data and logs, and nothing else, as its settings configure', () => {
    const table = only(synthesis, 'AWS::DynamoDB::GlobalTable')
    const pool = only(synthesis, 'AWS::Cognito::UserPool')
    const buckets = synthesis.ofType('AWS::S3::Bucket')
    const policy = stage.removalPolicy === 'DESTROY' ? 'Delete' : 'RetainExceptOnCreate'
    for (const each of buckets) expect(each.deletionPolicy).toBe(isWebBucket(each) ? 'Delete' : policy)
    // A rollback could not delete what has deletion protection.
    for (const { deletionPolicy } of [table, pool])
      expect(deletionPolicy).toBe(stage.deletionProtection ? 'Retain' : policy)
    expect(table.properties.Replicas[0].DeletionProtectionEnabled).toBe(stage.deletionProtection)
    expect(pool.properties.DeletionProtection).toBe(stage.deletionProtection ? 'ACTIVE' : 'INACTIVE')
    const retained = synthesis.resources.filter((each) => each.deletionPolicy?.startsWith('Retain'))
    const types = new Set(retained.map(({ type }) => type))
    expect([...types].filter((type) => !holdingData.includes(type))).toEqual([])
    expect(only(synthesis, 'AWS::Events::Archive').properties.RetentionDays).toBe(stage.archiveDays)
    for (const group of synthesis.ofType('AWS::Logs::LogGroup')) {
      expect([group.properties.RetentionInDays, group.deletionPolicy]).toEqual([
        RetentionDays[stage.logRetention],
        policy,
      ])
    }
  })

  test('protects every stack from deletion, or none, as its settings configure', () => {
    const stacks = appOf(stage).node.children.filter((child) => Stack.isStack(child))
    const isProtected = stacks.map(({ stackName, terminationProtection }) => [stackName, terminationProtection])
    expect(isProtected).toEqual([...synthesis.templates.keys()].map((stack) => [stack, stage.deletionProtection]))
  })

  test('has the warm throughput and the grouping of reservations of its settings', () => {
    const { WarmThroughput, BillingMode } = only(synthesis, 'AWS::DynamoDB::GlobalTable').properties
    const { warmThroughput: warm, reservation } = stage
    expect([BillingMode, WarmThroughput]).toEqual([
      'PAY_PER_REQUEST',
      warm && { ReadUnitsPerSecond: warm.readsPerSecond, WriteUnitsPerSecond: warm.writesPerSecond },
    ])
    const [mapping] = synthesis
      .ofType('AWS::Lambda::EventSourceMapping')
      .filter(({ logicalId }) => logicalId.startsWith('reservestockconsumer'))
    expect(mapping!.properties).toMatchObject({
      BatchSize: reservation.batchSize,
      ScalingConfig: { MaximumConcurrency: reservation.maxConcurrency },
      MaximumBatchingWindowInSeconds: reservation.batchWindowSeconds,
    })
  })

  test('has the time to check the orders of several busiest hours for waiting', () => {
    const sweep = synthesis
      .ofType('AWS::Lambda::Function')
      .find(({ properties }) => properties.FunctionName.endsWith('-find-waiting-orders'))!
    const { customersPerHour, ordersPerCustomer } = stage.expectedPeak
    const pages = (checkedDays.length * customersPerHour * ordersPerCustomer) / pageSize
    expect(sweep.properties.Timeout * 1000).toBeGreaterThan(pages * assumedMsPerPage)
  })

  test('has the throttles, origins and issuers of its settings', () => {
    const limits = ({ requestsPerSecond, burstRequests }: Throttle) => ({
      ThrottlingRateLimit: requestsPerSecond,
      ThrottlingBurstLimit: burstRequests,
    })
    const { reads, publicLists, writes, staff } = stage.throttle
    const keys = synthesis.ofType('AWS::ApiGatewayV2::Route').map(({ properties }) => properties.RouteKey)
    const staying = keys.filter((key) => key !== '$default' && !retired.includes(key))
    const apiStages = synthesis.ofType('AWS::ApiGatewayV2::Stage').map(({ properties }) => properties)
    expect(apiStages.map(({ StageName }) => StageName)).toEqual(['$default', 'api'])
    for (const { RouteSettings, DefaultRouteSettings } of apiStages) {
      expect(DefaultRouteSettings).toEqual(limits(reads))
      expect(RouteSettings).toMatchObject({
        'GET /orders': limits(reads),
        'GET /products': limits(publicLists),
        'GET /products/{productId}': limits(reads),
        'POST /quotes': limits(publicLists),
        'POST /orders': limits(writes),
        'GET /admin/orders': limits(staff),
      })
      expect(Object.keys(RouteSettings).toSorted()).toEqual(staying.toSorted())
    }
    const cors = only(synthesis, 'AWS::ApiGatewayV2::Api').properties.CorsConfiguration
    expect(cors?.AllowOrigins ?? []).toEqual(stage.corsOrigins)
    const { DistributionConfig } = only(synthesis, 'AWS::CloudFront::Distribution').properties
    expect(DistributionConfig.PriceClass).toBe(PriceClass[stage.edgePriceClass])
    const issuers = variable(synthesis, 'users-staff-authorizer', 'ISSUERS')['Fn::Join'][1].join('<value>')
    expect(JSON.parse(issuers.replaceAll('[object Object]', 'x')).slice(1)).toEqual(stage.staffIssuers)
    expect(variable(synthesis, 'users-staff-authorizer', 'STAFF_MFA')).toBe(String(stage.staffMfa))
    const { MfaConfiguration, EnabledMfas } = only(synthesis, 'AWS::Cognito::UserPool').properties
    expect([MfaConfiguration, EnabledMfas]).toEqual(
      stage.staffMfa ? ['OPTIONAL', ['SOFTWARE_TOKEN_MFA']] : [undefined, undefined],
    )
  })

  test('has the email and alarm addresses and the customer limits of its settings', () => {
    const { from, identity } = stage.mail
    expect(from === identity || from.endsWith(`@${identity}`)).toBe(true)
    expect(variable(synthesis, 'notifications-send-mail', 'MAIL_FROM')).toBe(stage.mail.from)
    expect(variable(synthesis, 'notifications-send-mail', 'MAIL_MODE')).toBe(stage.mail.mode)
    for (const entry of ['inventory-reserve-stock', 'inventory-adjust-stock']) {
      expect(variable(synthesis, entry, 'LOW_STOCK_THRESHOLD')).toBe(String(stage.lowStockThreshold))
    }
    const { ordersPerMinute, uploadsPerMinute } = stage.customerLimits
    expect(variable(synthesis, 'orders-place-order', 'ORDERS_PER_MINUTE')).toBe(String(ordersPerMinute))
    expect(variable(synthesis, 'thumbnails-create-upload', 'UPLOADS_PER_MINUTE')).toBe(String(uploadsPerMinute))
    const addresses = synthesis.ofType('AWS::SNS::Subscription').map(({ properties }) => properties.Endpoint)
    expect(addresses).toEqual(stage.alarmEmail ? [stage.alarmEmail] : [])
  })

  test('names of global resources contain the region', () => {
    const named = [
      ...synthesis
        .ofType('AWS::CloudFront::OriginAccessControl')
        .map((each) => each.properties.OriginAccessControlConfig),
      ...synthesis
        .ofType('AWS::CloudFront::ResponseHeadersPolicy')
        .map((each) => each.properties.ResponseHeadersPolicyConfig),
      ...synthesis.ofType('AWS::CloudFront::CachePolicy').map((each) => each.properties.CachePolicyConfig),
      ...synthesis.ofType('AWS::CloudFront::Function').map(({ properties }) => properties),
      ...synthesis.ofType('AWS::Budgets::Budget').map(({ properties }) => ({ Name: properties.Budget.BudgetName })),
    ]
    for (const { Name } of named) expect(Name['Fn::Join'][1]).toContainEqual({ Ref: 'AWS::Region' })
  })

  test('has the budget of its settings, with its subscriber', () => {
    const budgets = synthesis.ofType('AWS::Budgets::Budget').map(({ properties }) => properties)
    expect(budgets.map(({ Budget }) => [Budget.BudgetLimit, Budget.CostFilters])).toEqual(
      stage.budget
        ? [
            [
              { Amount: stage.budget.monthlyUsd, Unit: 'USD' },
              { TagKeyValue: [`user:budget$${applicationId}-${name}`] },
            ],
          ]
        : [],
    )
    for (const { NotificationsWithSubscribers } of budgets) {
      expect(NotificationsWithSubscribers.map(({ Notification }: any) => Notification)).toEqual(
        [
          ['ACTUAL', 80],
          ['ACTUAL', 100],
          ['FORECASTED', 100],
        ].map(([NotificationType, Threshold]) => ({
          NotificationType,
          ComparisonOperator: 'GREATER_THAN',
          Threshold,
          ThresholdType: 'PERCENTAGE',
        })),
      )
      for (const { Subscribers } of NotificationsWithSubscribers) {
        expect(Subscribers).toEqual([{ SubscriptionType: 'EMAIL', Address: stage.budget!.email }])
      }
    }
  })

  test('has each output that scripts read exactly once', () => {
    const own = [...synthesis.templates.values()]
      .flatMap((template) => Object.entries<any>(template.Outputs ?? {}))
      .filter(([, output]) => !output.Export)
      .map(([key]) => key)
    expect(own.toSorted()).toEqual([
      'ApiUrl',
      'DistributionDomain',
      'DocumentBucketName',
      'EventBusName',
      'MediaBucketName',
      'MediaUrl',
      'ReportBucketName',
      'TableName',
      'UnpublishedBucketName',
      'UploadBucketName',
      'UserPoolClientId',
      'UserPoolId',
      'WebBucketName',
      'WebUrl',
    ])
  })
})

const variable = (synthesis: Synthesis, name: string, key: string): any =>
  synthesis.ofType('AWS::Lambda::Function').find(({ properties }) => properties.FunctionName.endsWith(name))!.properties
    .Environment.Variables[key]

test('staging and prod send alarms by email, and store undeliverable events', () => {
  for (const name of ['staging', 'prod'] as const) {
    const synthesis = syntheses.get(name)!
    const rule = synthesis
      .ofType('AWS::Events::Rule')
      .find(({ properties }) => properties.EventPattern.source[0] === 'aws.cloudwatch')!
    const [target] = rule.properties.Targets
    expect(synthesis.referred(rule, target.Arn)?.type).toBe('AWS::SNS::Topic')
    expect(synthesis.referred(rule, target.DeadLetterConfig.Arn)?.type).toBe('AWS::SQS::Queue')
    expect(target.RetryPolicy).toEqual({ MaximumRetryAttempts: 100, MaximumEventAgeInSeconds: 4 * 3600 })
  }
})

test.each(['nope', ''])('an unknown stage "%s" is a one-line error', (stage) => {
  const { status, stderr } = spawnSync(process.execPath, ['infra/app.ts'], {
    cwd: root,
    env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ stage }) },
    encoding: 'utf8',
  })
  expect(status).toBe(1)
  expect(stderr).toBe(
    `There is no stage "${stage}". Choose one with -c stage=${stageNames.join('|')}, or add its record to infra/stages.ts.\n`,
  )
})
