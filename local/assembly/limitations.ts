import { arn, type CreatedResource, type ResourceDeclaration, type ResourceProvider } from './provider.ts'

type Groups = Map<string, string[]>

/** Collects what the templates declare and the system does not emulate, and summarizes it. */
export class Limitations {
  /** Type → where it is declared. */
  readonly #unsupported: Groups = new Map()
  /** Type → properties. */
  readonly #properties: Groups = new Map()
  /** Message → where it applies. */
  readonly #messages: Groups = new Map()
  /** Reason → types. */
  readonly #notEmulated: Groups = new Map()

  unsupportedType(type: string, where: string): void {
    add(this.#unsupported, type, where)
  }

  notEmulated(type: string, reason: string): void {
    add(this.#notEmulated, reason, type)
  }

  /** Records every property that the provider neither supports nor ignores with a reason. */
  properties(declaration: ResourceDeclaration, provider: ResourceProvider): void {
    for (const name of Object.keys(declaration.properties)) {
      if (provider.supported.includes(name) || provider.ignored?.[name] !== undefined) continue
      add(this.#properties, declaration.type, name)
    }
  }

  message(where: string, message: string): void {
    add(this.#messages, message, where)
  }

  /** One line per type or reason: first what is unsupported, then what is deliberately not emulated. */
  lines(): string[] {
    return [
      ...[...this.#unsupported].map(([type, where]) => `${type} is not supported: ${where.join(', ')}`),
      ...[...this.#properties].map(([type, names]) => `${type}: not supported: ${counted(names)}`),
      ...[...this.#messages].map(([message, where]) => `${shortened(where)}: ${message}`),
      ...[...this.#notEmulated].map(([reason, types]) => `Not emulated: ${counted(types)}: ${reason}`),
    ]
  }
}

function add(groups: Groups, key: string, value: string): void {
  groups.set(key, [...(groups.get(key) ?? []), value])
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
const noRollout = 'code is replaced without a rollout'

/** Types that a template may contain without an effect on the others, with the reason why they are not emulated. */
export const notEmulatedTypes: Readonly<Record<string, string>> = {
  'AWS::Lambda::LayerVersion': 'functions run without layers',
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

/** Types with metadata of deployment tools only, which are not reported. */
export const ignoredTypes: ReadonlySet<string> = new Set([
  'AWS::CDK::Metadata',
  'AWS::CloudFormation::WaitConditionHandle',
])

/** Ref and attributes for references to a resource that is not emulated. */
export function placeholder(type: string, name: string): CreatedResource {
  if (type === 'AWS::SNS::Topic')
    return { ref: arn('sns', name), attributes: { TopicName: name, TopicArn: arn('sns', name) } }
  // A function that only provides custom resources that are built in.
  if (type === 'AWS::Lambda::Function') return { ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } }
  return { ref: name }
}
