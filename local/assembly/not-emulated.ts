import { arn, type CreatedResource } from './provider.ts'

/** A type that is deliberately not emulated. */
interface NotEmulated {
  readonly reason: string
  /** Ref and attributes for references to the resource. */
  readonly identify: (name: string) => CreatedResource
}

const noFilter = 'metrics come from services, functions and the embedded metric format, not from log patterns'
const noPush = 'topics deliver no messages locally'
const noRollout = 'code is replaced without a rollout'

const noLayers = 'functions run without layers'

const byName = (name: string): CreatedResource => ({ ref: name })

/** Types that a template may contain without an effect on the others. */
export const notEmulatedTypes: Readonly<Record<string, NotEmulated>> = {
  'AWS::Lambda::LayerVersion': { reason: noLayers, identify: byName },
  'AWS::Logs::MetricFilter': { reason: noFilter, identify: byName },
  'AWS::SNS::Topic': {
    reason: noPush,
    identify: (name) => ({ ref: arn('sns', name), attributes: { TopicName: name, TopicArn: arn('sns', name) } }),
  },
  'AWS::SNS::TopicPolicy': { reason: noPush, identify: byName },
  'AWS::SNS::Subscription': { reason: noPush, identify: (name) => ({ ref: arn('sns', name) }) },
  'AWS::CodeDeploy::Application': { reason: noRollout, identify: byName },
  'AWS::CodeDeploy::DeploymentConfig': { reason: noRollout, identify: byName },
  'AWS::CodeDeploy::DeploymentGroup': { reason: noRollout, identify: byName },
  'AWS::CloudWatch::Dashboard': { reason: 'dashboards are not rendered', identify: byName },
  'AWS::Budgets::Budget': { reason: 'local resources have no cost', identify: byName },
}

/** A function that only provides custom resources that are built in. */
export const builtInFunction: NotEmulated = {
  reason: 'the custom resources that it provides are built in',
  identify: (name) => ({ ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } }),
}

/** Types with metadata of deployment tools only, which are not reported. */
export const ignoredTypes: ReadonlySet<string> = new Set([
  'AWS::CDK::Metadata',
  'AWS::CloudFormation::WaitConditionHandle',
])
