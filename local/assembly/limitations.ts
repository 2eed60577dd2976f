import { arn, type CreatedResource } from './provider.ts'

/** The lines of a summary, in this order: first what is unsupported, then what is deliberately not emulated. */
const lineOf = {
  type: (type: string, where: readonly string[]) => `${type} is not supported: ${where.join(', ')}`,
  property: (type: string, names: readonly string[]) => `${type}: not supported: ${counted(names)}`,
  message: (message: string, where: readonly string[]) => `${shortened(where)}: ${message}`,
  notEmulated: (reason: string, types: readonly string[]) => `Not emulated: ${counted(types)}: ${reason}`,
}

/** Collects what the templates declare and the system does not emulate. */
export class Limitations {
  readonly #found: { readonly kind: string; readonly what: string; readonly detail: string }[] = []

  /** @param what type, message or reason, which has one line with all details */
  add(kind: keyof typeof lineOf, what: string, detail: string): void {
    this.#found.push({ kind, what, detail })
  }

  lines(): string[] {
    return Object.entries(lineOf).flatMap(([kind, line]) => {
      const ofKind = this.#found.filter((each) => each.kind === kind)
      const details = Map.groupBy(ofKind, ({ what }) => what)
      return [...details].map(([what, found]) =>
        line(
          what,
          found.map(({ detail }) => detail),
        ),
      )
    })
  }
}

/** `A (2), B` */
const counted = (names: readonly string[]) =>
  [...Map.groupBy(names, (name) => name)]
    .map(([name, { length }]) => (length > 1 ? `${name} (${length})` : name))
    .join(', ')

const shortened = (where: readonly string[]) =>
  where.length <= 3 ? where.join(', ') : `${where.slice(0, 3).join(', ')} and ${where.length - 3} more`

/** A message for each member of a property that is not emulated, so that none is ignored silently. */
export const unsupportedMembers = (where: string, value: object, supported: readonly string[]): string[] =>
  Object.keys(value)
    .filter((name) => !supported.includes(name))
    .map((name) => `${where}: ${name} is not emulated.`)

const noPush = 'topics deliver no messages locally'
const noRollout = 'code is replaced without a rollout, so that its alarms (by ExecutedVersion) have no values'

/** Types that a template may contain without an effect on the others, with the reason why they are not emulated. */
export const notEmulatedTypes: Readonly<Record<string, string>> = {
  'AWS::Logs::MetricFilter':
    'metrics come from services, functions and the embedded metric format, not from log patterns',
  'AWS::SNS::Topic': noPush,
  'AWS::SNS::TopicPolicy': noPush,
  'AWS::SNS::Subscription': noPush,
  'AWS::CodeDeploy::Application': noRollout,
  'AWS::CodeDeploy::DeploymentConfig': noRollout,
  'AWS::CodeDeploy::DeploymentGroup': noRollout,
  'AWS::CloudWatch::Dashboard': 'dashboards are not rendered',
  'AWS::Budgets::Budget': 'local resources have no cost',
}

/** Properties without effect locally of all types that have them, with the reason. */
export const ignoredProperties: Readonly<Record<string, string>> = {
  Description: 'it describes a resource for people',
  Tags: 'nothing is billed or selected by tags',
}

/** Not reported: metadata of deployment tools, and layers, since the functions that use one are reported. */
export const ignoredTypes: ReadonlySet<string> = new Set([
  'AWS::CDK::Metadata',
  'AWS::CloudFormation::WaitConditionHandle',
  'AWS::Lambda::LayerVersion',
])

/** Ref and attributes for references to a resource that is not emulated. */
export function placeholder(type: string, name: string): CreatedResource {
  if (type === 'AWS::SNS::Topic')
    return { ref: arn('sns', name), attributes: { TopicName: name, TopicArn: arn('sns', name) } }
  // A function that only provides custom resources that are built in.
  if (type === 'AWS::Lambda::Function') return { ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } }
  return { ref: name }
}
