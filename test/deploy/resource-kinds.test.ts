import { synthesize } from '../infra/synthesized.ts'
import { resourceKinds } from './resource-kinds.ts'

/** Free types: AWS does not bill them, or they are deleted with a listed resource. */
const free = [
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudFront::CachePolicy',
  'AWS::CloudFront::Function',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::Cognito::UserPoolClient',
  'AWS::Cognito::UserPoolGroup',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::S3::BucketPolicy',
  'AWS::SES::ConfigurationSet',
  'AWS::SES::ConfigurationSetEventDestination',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  // Objects of the bucket of the web, which is listed.
  'Custom::CDKBucketDeployment',
]

const syntheses = await Promise.all(['dev', 'prod'].map(synthesize))
const deployed = new Set(syntheses.flatMap(({ resources }) => resources.map(({ type }) => type)))
const watched = new Set(resourceKinds.map(({ type }) => type))

test('every deployed type is listed, or free', () => {
  expect([...deployed].filter((type) => !watched.has(type) && !free.includes(type))).toEqual([])
})

test('every free type is deployed and not listed', () => {
  expect(free.filter((type) => !deployed.has(type) || watched.has(type))).toEqual([])
})
