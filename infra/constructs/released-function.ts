import { Duration, Stack, Validations } from 'aws-cdk-lib'
import { ComparisonOperator, MathExpression, Metric, type Alarm } from 'aws-cdk-lib/aws-cloudwatch'
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Alias, type Version } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { Shift } from '../stage-settings.ts'
import { addAlarm } from './alarm.ts'
import { ownMetric } from './own-metric.ts'
import type { ServiceFunction } from './service-function.ts'
import { StageStack } from './stage-stack.ts'

/** The alias that routes invoke. */
export const liveAlias = 'live'

/** A larger share of failed calls in one minute rolls a release back. */
const tolerableShare = 0.01

const deploymentConfigs = {
  'all-at-once': LambdaDeploymentConfig.ALL_AT_ONCE,
  'canary-10-percent-5-minutes': LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
} as const satisfies Record<Shift, unknown>

export interface ReleasedFunctionProps {
  readonly function: ServiceFunction
  /**
   * Provisioned concurrent executions. They must not change in the same deployment as the function's code or
   * configuration: `npm run check:release` rejects that. @default 0
   */
  readonly provisionedConcurrency?: number
}

/**
 * The alias `live` of a function. CodeDeploy moves it to a new version as the stage record says, and back when the new
 * version fails.
 */
export class ReleasedFunction extends Construct {
  /** What callers invoke. Permissions are granted on it, so that no caller can bypass it. */
  readonly alias: Alias

  constructor(scope: Construct, { function: released, provisionedConcurrency = 0 }: ReleasedFunctionProps) {
    super(scope, `${released.entry}-release`)
    const { stage } = StageStack.of(this)
    const version = released.currentVersion
    this.alias = new Alias(this, liveAlias, {
      aliasName: liveAlias,
      version,
      ...(provisionedConcurrency > 0 ? { provisionedConcurrentExecutions: provisionedConcurrency } : {}),
    })
    const alarm = this.createAlarm(released, version)
    // The alarm must watch the new version before the first call reaches it.
    this.alias.node.addDependency(alarm)
    const { application, role } = ReleasesOfStack.of(this)
    new LambdaDeploymentGroup(this, 'deployment-group', {
      application,
      role,
      alias: this.alias,
      deploymentGroupName: `${stage.prefix}-${released.service}-${released.entry}`,
      deploymentConfig: deploymentConfigs[stage.release.shift],
      alarms: [alarm],
      // The default of a deployment group with alarms, stated because rollback is the purpose of this construct.
      autoRollback: { failedDeployment: true, deploymentInAlarm: true },
    })
  }

  /**
   * Watches the new version only: a fault of the old one must not block the release of its fix. A call has failed when
   * the function crashed or timed out, and when it returned 5xx, which Lambda counts as a success.
   */
  private createAlarm(released: ServiceFunction, version: Version): Alarm {
    const ofVersion = { FunctionName: released.functionName, Resource: `${released.functionName}:${liveAlias}` }
    const lambda = (metricName: string) =>
      new Metric({
        namespace: 'AWS/Lambda',
        metricName,
        dimensionsMap: { ...ofVersion, ExecutedVersion: version.version },
        statistic: 'Sum',
      })
    const period = Duration.minutes(1)
    const serverErrors = ownMetric({
      stage: StageStack.of(this).stage,
      service: released.service,
      name: 'ServerErrors',
      period,
      dimensions: { function_name: released.functionName, function_version: version.version },
    })
    const share = new MathExpression({
      expression: '(FILL(failed, 0) + FILL(serverErrors, 0)) / calls',
      usingMetrics: { failed: lambda('Errors'), serverErrors, calls: lambda('Invocations') },
      period,
      label: 'Share of failed calls',
    })
    return addAlarm(this, 'alarm', share, {
      name: `${released.service}-${released.entry}-release`,
      problem: `More than ${tolerableShare * 100} % of the newest version's calls failed. During a release this rolls it back.`,
      runbook: 'release-rolled-back',
      threshold: tolerableShare,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      // Any of the last three minutes. ServerErrors comes from the logs, later than Lambda's own metrics: the newest minute may
      // have its calls and not yet its errors. "FILL replaces that missing data point with the requested value […]. You can
      // work around this by using a M out of N alarm" (CloudWatch User Guide, Using metric math).
      datapointsToAlarm: 1,
      evaluationPeriods: 3,
    })
  }
}

/** The CodeDeploy application and role that all released functions of a stack share. */
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
      reason: 'AWS defines what CodeDeploy needs to move an alias; this is the narrower of its two managed policies.',
    })
  }
}
