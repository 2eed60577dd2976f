import { nameProperties } from '#scripts/lib/preflight/names.ts'
import { maxPrefixLength } from '#infra/stage-settings.ts'
import { stageOf } from '#infra/stages.ts'
import { synthesize, type Resource } from './synthesized.ts'

/** Names that need not be unique in an account, or that belong to a part of a named resource. */
const harmless = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolGroup',
  'AWS::IAM::Policy',
  'AWS::Lambda::Alias',
]

const { resources } = await synthesize('prod')

/** The property is `Name`, `<Type>Name`, or for an email identity the type itself. */
function fixesItsName({ type, properties = {} }: Resource): boolean {
  const kind = type.split('::').at(-1)!
  return Object.entries(properties).some(
    ([key, value]) =>
      typeof value === 'string' &&
      (key === 'Name' ||
        key === kind ||
        (key.endsWith('Name') && `${kind}Name`.toLowerCase().endsWith(key.toLowerCase()))),
  )
}

test('preflight detects a collision of every fixed name', () => {
  const named = resources.filter(fixesItsName).map(({ type }) => type)
  expect(named).not.toEqual([])
  const unknown = new Set(named.filter((type) => !(type in nameProperties) && !harmless.includes(type)))
  expect([...unknown]).toEqual([])
})

/** The longest names that AWS accepts: API references of EventBridge (PutRule), Lambda (CreateFunction) and SQS (CreateQueue). */
const maxLengths = { 'AWS::Events::Rule': 64, 'AWS::Lambda::Function': 64, 'AWS::SQS::Queue': 80 } as const

test('the longest prefix of a stage leaves room for every name', () => {
  const { prefix } = stageOf('prod')
  const tooLong = Object.entries(maxLengths).flatMap(([type, longest]) =>
    resources
      .filter((resource) => resource.type === type)
      .map(({ properties }) => String(properties[nameProperties[type as keyof typeof maxLengths]]))
      .filter((name) => name.startsWith(prefix) && name.length - prefix.length + maxPrefixLength > longest),
  )
  // Otherwise choose a shorter name, or lower maxPrefixLength in infra/stage-settings.ts.
  expect(tooLong).toEqual([])
})
