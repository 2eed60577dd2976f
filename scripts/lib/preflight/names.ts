import type { Assembly } from './assembly.ts'
import { type Known } from './known.ts'
import type { DeployedResource } from './stacks.ts'
import { bad, good, mind, type Verdict } from './verdict.ts'

/** The property that fixes the name of a resource of which an account (in a region) can have only one by that name. */
export const nameProperties = {
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::Events::EventBus': 'Name',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::CompositeAlarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::SES::EmailIdentity': 'EmailIdentity',
} as const

export type NamedType = keyof typeof nameProperties

export interface FixedName {
  readonly type: NamedType
  readonly name: string
}

/** The names that the templates give; what CloudFormation names itself collides with nothing. */
export const fixedNames = ({ stacks }: Assembly): FixedName[] =>
  stacks
    .flatMap(({ resources }) => resources)
    .flatMap(({ type, properties }) => {
      if (!isNamed(type)) return []
      const name = properties[nameProperties[type]]
      return typeof name === 'string' ? [{ type, name }] : []
    })

const isNamed = (type: string): type is NamedType => type in nameProperties

/** The name of a resource in a stack: CloudFormation knows queues by URL and topics by ARN. */
export function nameOf({ type, physicalId }: Pick<DeployedResource, 'type' | 'physicalId'>): string {
  if (type === 'AWS::SQS::Queue') return physicalId.slice(physicalId.lastIndexOf('/') + 1)
  if (type === 'AWS::SNS::Topic') return physicalId.slice(physicalId.lastIndexOf(':') + 1)
  return physicalId
}

export interface TakenNames {
  readonly type: NamedType
  readonly names: Known<readonly string[]>
}

/** Alarms of both types share their names. */
const key = (type: string, name: string): string =>
  `${type === 'AWS::CloudWatch::CompositeAlarm' ? 'AWS::CloudWatch::Alarm' : type} ${name}`

/**
 * @param wanted what the deployment would make
 * @param taken what the account has by those names, whoever made it
 * @param own what this app's stacks hold
 */
export function checkNames(
  wanted: readonly FixedName[],
  taken: readonly TakenNames[],
  own: Known<readonly DeployedResource[]>,
): Verdict {
  const ours = new Set(own.known ? own.value.map((resource) => key(resource.type, nameOf(resource))) : [])
  const there = new Set(
    taken.flatMap(({ type, names }) => (names.known ? names.value.map((name) => key(type, name)) : [])),
  )
  const unknown = [own, ...taken.map(({ names }) => names)].find((fact) => !fact.known)
  const colliding = wanted.filter(({ type, name }) => there.has(key(type, name)) && !ours.has(key(type, name)))
  // Without the list of what is our own, everything that is deployed would look like a collision.
  if (colliding.length > 0 && own.known)
    return bad(
      'names',
      `${describe(colliding)} exist${colliding.length === 1 ? 's' : ''} already, outside this app's stacks`,
      `Delete ${colliding.length === 1 ? 'it' : 'them'}, take ${colliding.length === 1 ? 'it' : 'them'} over with npx cdk import, or deploy into another account or region.`,
    )
  if (unknown && !unknown.known) return mind('names', `not all could be checked: ${unknown.why}`, unknown.remedy)
  return good('names', `none of ${wanted.length} fixed names is taken`)
}

function describe(names: readonly FixedName[]): string {
  const shown = names.slice(0, 3).map(({ type, name }) => `${type.split('::').at(-1)} ${name}`)
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ')
}
