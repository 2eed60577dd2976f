import { nameProperties } from '#scripts/lib/preflight/names.ts'
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
