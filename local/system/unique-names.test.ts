import { join } from 'node:path'
import { deploy } from '../assembly/deploy.ts'
import { assetKey } from '../assembly/manifest.ts'
import type { TemplateResource } from '../assembly/template.ts'
import { ManualClock } from '../clock.ts'
import { State } from '../state/state.ts'
import { createServices } from './services.ts'

const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }
const PolicyDocument = { Version: '2012-10-17', Statement: [statement] }
const managedPolicy = (ManagedPolicyName: string, Path = '/'): TemplateResource => ({
  Type: 'AWS::IAM::ManagedPolicy',
  Properties: { ManagedPolicyName, Path, PolicyDocument },
})
const bucketPolicy = {
  Bucket: { Ref: 'Books' },
  PolicyDocument: { Statement: { ...statement, Principal: '*', Resource: 'arn:aws:s3:::books/*' } },
}
const ofCloudFront = (type: string, config: object): TemplateResource => ({
  Type: `AWS::CloudFront::${type}`,
  Properties: { [`${type}Config`]: { Name: 'books', ...config } },
})
const edgeFunction: TemplateResource = {
  Type: 'AWS::CloudFront::Function',
  Properties: {
    Name: 'index',
    FunctionCode: 'function handler(event) { return event.request }',
    FunctionConfig: { Runtime: 'cloudfront-js-2.0' },
  },
}
const ofFunction = (type: string, properties: object): TemplateResource => ({
  Type: `AWS::Lambda::${type}`,
  Properties: { FunctionName: { Ref: 'Lend' }, ...properties },
})
const always = { OriginAccessControlOriginType: 's3', SigningBehavior: 'always', SigningProtocol: 'sigv4' }
const times = { MinTTL: 0, DefaultTTL: 0, MaxTTL: 1 }

/** What the resources under test refer to. */
const library: Record<string, TemplateResource> = {
  Books: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'books' } },
  Readers: {
    Type: 'AWS::Cognito::UserPool',
    Properties: { UsernameAttributes: ['email'], AutoVerifiedAttributes: ['email'] },
  },
  Loans: { Type: 'AWS::SQS::Queue' },
  Web: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP', Name: 'web' } },
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
      },
    },
  },
  Lend: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { S3Bucket: 'assets', S3Key: 'lend' },
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    },
  },
}

/** Deploys two resources beside the library. */
async function deployBoth(A: TemplateResource, B: TemplateResource): Promise<void> {
  const assets = new Map([[assetKey('assets', 'lend'), join(import.meta.dirname, '../lambda/fixtures')]])
  const state = new State(':memory:')
  const services = createServices({ state, clock: new ManualClock(), assets, onLine: () => {} })
  const template = { Resources: { ...library, A, B } }
  try {
    await services.wire.listen(0)
    await deploy([{ name: 'One', dependencies: [], template }], services.providers)
  } finally {
    await services.httpApi.stop()
    await services.wire.close()
    state.close()
  }
}

// "Resource names must be unique across all of your active stacks" (AWS CloudFormation User Guide, "Name type"). These are the
// types whose names are not part of an attribute `Arn`.
test.each<[string, TemplateResource, TemplateResource]>([
  ['managed policies', managedPolicy('readers'), managedPolicy('Readers', '/library/')],
  ['secrets', ...twice({ Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'vault' } })],
  ['functions of CloudFront', ...twice(edgeFunction)],
  ['origin access controls', ...twice(ofCloudFront('OriginAccessControl', always))],
  ['cache policies', ...twice(ofCloudFront('CachePolicy', times))],
  ['headers policies', ...twice(ofCloudFront('ResponseHeadersPolicy', {}))],
  ['identities', ...twice({ Type: 'AWS::SES::EmailIdentity', Properties: { EmailIdentity: 'example.com' } })],
  ['configuration sets', ...twice({ Type: 'AWS::SES::ConfigurationSet', Properties: { Name: 'mails' } })],
  [
    'groups of a pool',
    ...twice({
      Type: 'AWS::Cognito::UserPoolGroup',
      Properties: { UserPoolId: { Ref: 'Readers' }, GroupName: 'staff' },
    }),
  ],
  ['policies of a bucket', ...twice({ Type: 'AWS::S3::BucketPolicy', Properties: bucketPolicy })],
  [
    'stages of an API',
    ...twice({ Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Web' }, StageName: 'v1' } }),
  ],
  ['aliases of a function', ...twice(ofFunction('Alias', { Name: 'live', FunctionVersion: '1' }))],
  [
    'mappings of a function',
    ...twice(ofFunction('EventSourceMapping', { Enabled: false, EventSourceArn: { 'Fn::GetAtt': ['Loans', 'Arn'] } })),
  ],
])('two %s with one name are rejected', async (_, one, two) => {
  await expect(deployBoth(one, two)).rejects.toThrow(/^One\/B .*: One\/A has the same name/)
})

function twice(resource: TemplateResource): [TemplateResource, TemplateResource] {
  return [resource, resource]
}

test('names of different types, and of different parts, do not exclude each other', async () => {
  await deployBoth(managedPolicy('vault'), { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'vault' } })
  await deployBoth(
    ofFunction('Alias', { Name: 'live', FunctionVersion: '1' }),
    ofFunction('Alias', { Name: 'next', FunctionVersion: '1' }),
  )
})
