import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isWebBucket, root, synthesize } from './synthesized.ts'
import { applicationId } from '#shared/application.ts'

const dev = await synthesize()
const web = dev.resources.filter(({ stack }) => stack === `${applicationId}-dev-web`)
const ofWeb = (type: string) => web.filter((each) => each.type === type)
const bucket = dev.resources.find(isWebBucket)!
const [assets, pages, ...others] = ofWeb('Custom::CDKBucketDeployment')

test('the deployment of the web is the only custom resource of all templates', () => {
  const types = dev.resources.map(({ type }) => type).filter((type) => /^Custom::|CustomResource$/.test(type))
  expect(new Set(types)).toEqual(new Set(['Custom::CDKBucketDeployment']))
  expect(others).toEqual([])
})

test('hashed files are immutable and stay for pages that are open; everything else is checked at each use', () => {
  expect(assets!.properties).toMatchObject({
    DestinationBucketKeyPrefix: 'assets',
    SystemMetadata: { 'cache-control': 'public, max-age=31536000, immutable' },
    Prune: false,
  })
  expect(pages!.properties).toMatchObject({ SystemMetadata: { 'cache-control': 'no-cache' }, Prune: true })
  expect(pages!.properties).not.toHaveProperty('DestinationBucketKeyPrefix')
  expect(pages!.properties.Exclude).toEqual(['assets/*'])
})

test('pages are deployed after the files that they name', () => {
  const template = dev.templates.get(`${applicationId}-dev-web`)
  expect(template.Resources[pages!.logicalId].DependsOn).toContain(assets!.logicalId)
})

test('deleting the stack deletes the files, so that the bucket can be deleted after it', () => {
  for (const { properties } of [assets!, pages!]) {
    expect(dev.followImport(properties.DestinationBucketName)).toEqual({ Ref: bucket.logicalId })
    expect(properties.RetainOnDelete).toBe(false)
  }
  // CDK's function leaves the files of a bucket with this tag.
  const tags = bucket.properties.Tags.map(({ Key }: any) => Key)
  expect(tags.filter((key: string) => key.startsWith('aws-cdk:cr-owned'))).toEqual([])
})

test('config.json has what differs between stages, and no secret', () => {
  const markers = Object.values<any>(pages!.properties.SourceMarkers[1])
  const imported = (value: any) =>
    dev.followImport(value['Fn::ImportValue'] ? value : value['Fn::Select']?.[1]?.['Fn::Split']?.[1])
  expect(markers.map((value) => imported(value) ?? value)).toEqual([
    { Ref: 'AWS::Region' },
    { Ref: dev.ofType('AWS::Cognito::UserPool')[0]!.logicalId },
    { Ref: dev.ofType('AWS::Cognito::UserPoolClient')[0]!.logicalId },
    { 'Fn::GetAtt': [expect.any(String), 'ProviderURL'] },
    { 'Fn::GetAtt': [expect.any(String), 'ProviderURL'] },
  ])
  const source = readFileSync(join(root, 'web/src/config.ts'), 'utf8')
  const members = [...source.matchAll(/^ {2}readonly (\w+): string$/gm)].map(([, name]) => name)
  expect(members).toEqual(['stage', 'region', 'userPoolId', 'userPoolClientId', 'cognitoUrl'])
})

test('the function that copies files reads archives, and writes and deletes in this bucket only', () => {
  const [role, ...otherRoles] = ofWeb('AWS::IAM::Role')
  expect(otherRoles).toEqual([])
  expect(role!.properties.ManagedPolicyArns).toBeUndefined()
  const [policy, ...otherPolicies] = ofWeb('AWS::IAM::Policy')
  expect(otherPolicies).toEqual([])
  const allowed = policy!.properties.PolicyDocument.Statement.map(({ Action, Resource }: any) => {
    const [first, ...rest] = Resource['Fn::Join']?.[1] ?? [Resource]
    const whole = dev.followImport(first)?.['Fn::GetAtt']?.[0] === bucket.logicalId ? ['<web>', ...rest] : rest
    return [[Action].flat(), whole.map((part: any) => (typeof part === 'string' ? part : '<ref>')).join('')]
  })
  expect(allowed).toEqual([
    [['logs:CreateLogStream', 'logs:PutLogEvents'], ''],
    [['s3:GetObject'], '<ref>:s3:::<ref>/*'],
    [['s3:GetBucketTagging', 's3:ListBucket'], '<web>'],
    [['s3:DeleteObject', 's3:PutObject'], '<web>/*'],
  ])
})

test('its log group has a retention, and is deleted with the stage', () => {
  const [handler] = ofWeb('AWS::Lambda::Function')
  const group = dev.referred(handler!, handler!.properties.LoggingConfig.LogGroup)!
  expect([group.properties.RetentionInDays, group.deletionPolicy]).toEqual([7, 'Delete'])
})
