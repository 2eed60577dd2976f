import { arn, type CreatedResource } from './provider.ts'

/** A type that is known and deliberately does nothing on one machine. */
export interface NotEmulated {
  readonly reason: string
  /** Ref and attributes for those who name the resource. */
  readonly identify: (name: string) => CreatedResource
}

const noFilter = 'metrics come from services, functions and embedded metric lines, not from patterns on logs'
const noPush = 'nobody subscribes here'
const noRollout = 'code is replaced at once'

const byName = (name: string): CreatedResource => ({ ref: name })
/** Types that a template may hold without harm, by name. */
export const notEmulatedTypes: Readonly<Record<string, NotEmulated>> = {
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
  'AWS::Budgets::Budget': { reason: 'it costs nothing here', identify: byName },
}

/** Types that only carry data of the tools that made the template; they are not worth a word. */
export const silentTypes: ReadonlySet<string> = new Set([
  'AWS::CDK::Metadata',
  'AWS::CloudFormation::WaitConditionHandle',
])
