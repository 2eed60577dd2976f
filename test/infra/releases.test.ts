import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import type { CfnAlias } from 'aws-cdk-lib/aws-lambda'
import { ReleasedFunction } from '#infra/constructs/released-function.ts'
import { ServiceFunction } from '#infra/constructs/service-function.ts'
import { StageStack } from '#infra/constructs/stage-stack.ts'
import { stageNames, stageOf, type Stage } from '#infra/stages.ts'
import { appOf } from './app-of.ts'
import { labelled, synthesize, type Resource } from './synthesized.ts'
import { applicationId, metricsNamespace } from '#shared/application.ts'

const synthesizing = stageNames.map(async (name) => [name, await synthesize(name)] as const)
const syntheses = new Map(await Promise.all(synthesizing))

/** The names of the AWS deployment configurations. */
const deploymentConfigs = {
  'all-at-once': 'CodeDeployDefault.LambdaAllAtOnce',
  'canary-10-percent-5-minutes': 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
}

describe.each(stageNames)('%s', (name) => {
  const synthesis = syntheses.get(name)!
  const stage = stageOf(name)
  const aliases = synthesis.ofType('AWS::Lambda::Alias')
  const functionOf = (alias: Resource) => synthesis.referred(alias, alias.properties.FunctionName)!

  test('releases every function of a route, and no others', () => {
    const integrations = synthesis.ofType('AWS::ApiGatewayV2::Integration')
    const invoked = integrations.map((one) => synthesis.referred(one, one.properties.IntegrationUri))
    expect(invoked).not.toEqual([])
    expect(new Set(invoked)).toEqual(new Set(aliases))
    expect(new Set(aliases.map(functionOf)).size).toBe(aliases.length)
  })

  test.each(labelled(aliases))('%s is updated by CodeDeploy as the stage record configures', (_label, alias) => {
    expect(alias.properties.Name).toBe('live')
    const version = synthesis.referred(alias, alias.properties.FunctionVersion)!
    expect([version.type, synthesis.referred(version, version.properties.FunctionName)]).toEqual([
      'AWS::Lambda::Version',
      functionOf(alias),
    ])
    const group = groupOf(alias)
    expect(group.properties).toMatchObject({
      DeploymentConfigName: deploymentConfigs[stage.release.shift],
      DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      AutoRollbackConfiguration: { Enabled: true, Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
    })
    expect(group.properties.AlarmConfiguration).toEqual({
      Enabled: true,
      Alarms: [{ Name: { Ref: alarmOf(alias).logicalId } }],
    })
    const role = synthesis.referred(group, group.properties.ServiceRoleArn)!
    expect(role.properties.AssumeRolePolicyDocument.Statement).toEqual([
      { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'codedeploy.amazonaws.com' } },
    ])
  })

  test.each(labelled(aliases))('%s is monitored by the metrics of its new version only', (_label, alias) => {
    const { properties, logicalId } = alarmOf(alias)
    expect(properties).toMatchObject({
      Threshold: 0.01,
      ComparisonOperator: 'GreaterThanThreshold',
      DatapointsToAlarm: 1,
      EvaluationPeriods: 3,
      TreatMissingData: 'notBreaching',
    })
    const called = functionOf(alias)
    const version = alias.properties.FunctionVersion
    const ofVersion = {
      FunctionName: { Ref: called.logicalId },
      Resource: { 'Fn::Join': ['', [{ Ref: called.logicalId }, ':live']] },
      ExecutedVersion: version,
    }
    expect(measured(properties)).toEqual({
      'AWS/Lambda Errors': ofVersion,
      'AWS/Lambda Invocations': ofVersion,
      [`${metricsNamespace} ServerErrors`]: {
        service: called.properties.Environment.Variables.POWERTOOLS_SERVICE_NAME,
        stage: name,
        function_name: { Ref: called.logicalId },
        function_version: version,
      },
    })
    expect(bodyOf(alias).DependsOn).toContain(logicalId)
  })

  test('has the configured provisioned concurrency, for placing orders only', () => {
    const ready = aliases
      .filter(({ properties }) => properties.ProvisionedConcurrencyConfig)
      .map((alias) => [functionOf(alias).properties.FunctionName, alias.properties.ProvisionedConcurrencyConfig])
    const wanted = stage.release.placeOrderConcurrency
    expect(ready).toEqual(
      wanted === 0
        ? []
        : [[`${applicationId}-${name}-orders-place-order`, { ProvisionedConcurrentExecutions: wanted }]],
    )
  })

  test('has no permission that bypasses the alias', () => {
    const around = synthesis
      .ofType('AWS::Lambda::Permission')
      .filter(({ properties }) => JSON.stringify(properties.SourceArn).includes('"/*/*'))
      .map((permission) => synthesis.referred(permission, permission.properties.FunctionName)!.type)
    expect(new Set(around)).toEqual(new Set(['AWS::Lambda::Alias']))
  })

  const bodyOf = ({ stack, logicalId }: Resource) => synthesis.templates.get(stack).Resources[logicalId]

  const groupOf = (alias: Resource): Resource => {
    const { ApplicationName, DeploymentGroupName } = bodyOf(alias).UpdatePolicy.CodeDeployLambdaAliasUpdate
    const group = synthesis.referred(alias, DeploymentGroupName)!
    expect(group.properties.ApplicationName).toEqual(ApplicationName)
    expect(synthesis.referred(alias, ApplicationName)!.properties.ComputePlatform).toBe('Lambda')
    return group
  }

  const alarmOf = (alias: Resource): Resource =>
    synthesis.referred(alias, groupOf(alias).properties.AlarmConfiguration.Alarms[0].Name)!
})

/** Namespace and metric → dimensions. */
const measured = ({ Metrics }: Resource['properties']) =>
  Object.fromEntries(
    Metrics.filter((metric: any) => metric.MetricStat).map(({ MetricStat: { Metric, Period, Stat } }: any) => {
      expect([Period, Stat]).toEqual([60, 'Sum'])
      const dimensions = Metric.Dimensions.map(({ Name, Value }: any) => [Name, Value])
      return [`${Metric.Namespace} ${Metric.MetricName}`, Object.fromEntries(dimensions)]
    }),
  )

test('two syntheses of the same code have the same versions, so a second deployment changes nothing', () => {
  const versions = (resources: [string, any][]) =>
    resources.filter(([, { Type }]) => Type === 'AWS::Lambda::Version').map(([logicalId]) => logicalId)
  const again = appOf(stageOf('prod'))
    .synth()
    .stacks.flatMap(({ template }) => Object.entries<any>(template.Resources))
  const first = [...syntheses.get('prod')!.templates.values()].flatMap(({ Resources }) =>
    Object.entries<any>(Resources),
  )
  expect(versions(first)).not.toEqual([])
  expect(versions(again).toSorted()).toEqual(versions(first).toSorted())
})

describe('a version', () => {
  const prod = stageOf('prod')
  const versionOf = (stage: Stage, environment: Record<string, string>, provisionedConcurrency?: number): string => {
    const stack = new StageStack(new App({ builtinCloudFormationValidation: false }), 'shop', stage)
    const released = new ServiceFunction(stack, { service: 'catalog', entry: 'get-product', environment })
    const { alias } = new ReleasedFunction(stack, {
      function: released,
      ...(provisionedConcurrency ? { provisionedConcurrency } : {}),
    })
    const { Resources } = Template.fromStack(stack).toJSON()
    return Resources[stack.getLogicalId(alias.node.defaultChild as CfnAlias)].Properties.FunctionVersion[
      'Fn::GetAtt'
    ][0]
  }
  const before = versionOf(prod, { MEDIA_URL: 'https://pictures.example.com' })

  test("is new when its function's configuration changes", () => {
    expect(versionOf(prod, { MEDIA_URL: 'https://media.example.com' })).not.toBe(before)
  })

  test('is the same when only other resources change', () => {
    expect(versionOf({ ...prod, logRetention: 'ONE_WEEK' }, { MEDIA_URL: 'https://pictures.example.com' })).toBe(before)
  })

  test('is the same for every provisioned concurrency', () => {
    expect(versionOf(prod, { MEDIA_URL: 'https://pictures.example.com' }, 5)).toBe(before)
  })
})
