import { Duration, Stack, Validations } from 'aws-cdk-lib'
import { ComparisonOperator, MathExpression, Metric, TreatMissingData, type Alarm } from 'aws-cdk-lib/aws-cloudwatch'
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Alias, type Version } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { Shift, Stage } from '../stages.ts'
import { described } from './alarm-description.ts'
import { ownMetric } from './own-metric.ts'
import type { ServiceFunction } from './service-function.ts'

/** The alias that routes invoke. */
export const liveAlias = 'live'

/** Above this share of failed calls in one minute a version is not released. */
const tolerableShare = 0.01

const deploymentConfigs = {
  'all-at-once': LambdaDeploymentConfig.ALL_AT_ONCE,
  'canary-10-percent-5-minutes': LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
} as const satisfies Record<Shift, unknown>

export interface ReleasedFunctionProps {
  readonly stage: Stage
  readonly function: ServiceFunction
  /**
   * Environments that are kept ready. It never changes in one deployment with the function's code or configuration:
   * `npm run check:release` refuses that. @default 0
   */
  readonly provisionedConcurrency?: number
}

/**
 * What stands between a function's new version and its callers: the alias `live`, which CodeDeploy moves from version to
 * version as the stage's record says, and moves back when the new one fails.
 */
export class ReleasedFunction extends Construct {
  /** What callers invoke. Permissions are given on it, so nobody calls the function around it. */
  readonly alias: Alias

  constructor(scope: Construct, { stage, function: released, provisionedConcurrency = 0 }: ReleasedFunctionProps) {
    super(scope, `${released.entry}-release`)
    const version = released.currentVersion
    this.alias = new Alias(this, liveAlias, {
      aliasName: liveAlias,
      version,
      ...(provisionedConcurrency > 0 ? { provisionedConcurrentExecutions: provisionedConcurrency } : {}),
    })
    const alarm = this.createAlarm(stage, released, version)
    // The alarm looks at the new version before the first call reaches it.
    this.alias.node.addDependency(alarm)
    const { application, role } = ReleasesOfStack.of(this)
    new LambdaDeploymentGroup(this, 'deployment-group', {
      application,
      role,
      alias: this.alias,
      deploymentGroupName: `${stage.prefix}-${released.service}-${released.entry}`,
      deploymentConfig: deploymentConfigs[stage.release.shift],
      alarms: [alarm],
      // With alarms this is what a deployment gets anyway; said here because the whole construct is about it.
      autoRollback: { failedDeployment: true, deploymentInAlarm: true },
    })
  }

  /**
   * Of the new version alone: a fault of the old one must not keep its repair from being released. A call has failed when
   * the function died or ran out of time, and when it answered 5xx, which to Lambda is a success.
   */
  private createAlarm(stage: Stage, released: ServiceFunction, version: Version): Alarm {
    const ofVersion = { FunctionName: released.functionName, Resource: `${released.functionName}:${liveAlias}` }
    const lambda = (metricName: string) =>
      new Metric({
        namespace: 'AWS/Lambda',
        metricName,
        dimensionsMap: { ...ofVersion, ExecutedVersion: version.version },
        statistic: 'Sum',
      })
    const period = Duration.minutes(1)
    const answered = ownMetric({
      stage,
      service: released.service,
      name: 'ServerErrors',
      period,
      dimensions: { function_name: released.functionName, function_version: version.version },
    })
    const share = new MathExpression({
      expression: '(FILL(died, 0) + FILL(answered, 0)) / calls',
      usingMetrics: { died: lambda('Errors'), answered, calls: lambda('Invocations') },
      period,
      label: 'Share of failed calls',
    })
    return share.createAlarm(this, 'alarm', {
      alarmName: `${stage.prefix}-${released.service}-${released.entry}-release`,
      alarmDescription: described(
        `More than ${tolerableShare * 100} % of the newest version's calls failed. While it is released, that takes it back.`,
        'release-rolled-back',
      ),
      threshold: tolerableShare,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
  }
}

/** What all released functions of a stack share. */
class ReleasesOfStack extends Construct {
  readonly application: LambdaApplication
  readonly role: Role

  static of(scope: Construct): ReleasesOfStack {
    const stack = Stack.of(scope)
    return (stack.node.tryFindChild('releases') as ReleasesOfStack | undefined) ?? new ReleasesOfStack(stack)
  }

  private constructor(stack: Stack) {
    super(stack, 'releases')
    this.application = new LambdaApplication(this, 'application')
    this.role = new Role(this, 'role', { assumedBy: new ServicePrincipal('codedeploy.amazonaws.com') })
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
      reason:
        'What CodeDeploy needs to move an alias is for AWS to say; this is the narrower of the two policies it offers.',
    })
  }
}
