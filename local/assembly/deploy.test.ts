import { deploy, generatedName, localize } from './deploy.ts'
import type { ResourceDeclaration, ResourceProvider } from './provider.ts'
import type { Stack, Template } from './template.ts'

function shelfProvider(): { provider: ResourceProvider; declared: ResourceDeclaration[] } {
  const declared: ResourceDeclaration[] = []
  const provider: ResourceProvider = {
    type: 'Library::Shelf',
    supported: ['Name', 'Next'],
    ignored: { Color: 'colors have no effect' },
    create(resource) {
      if (resource.properties.Name === 'broken') throw new Error('the shelf cannot be created.')
      declared.push(resource)
      const limitations = resource.properties.Name === 'odd' ? ['Its depth is not emulated.'] : []
      return {
        ref: resource.properties.Name ?? resource.generatedName,
        attributes: { Arn: `arn:${resource.logicalId}` },
        limitations,
      }
    },
  }
  return { provider, declared }
}

const shelf = (Properties: object = {}, more: object = {}) => ({
  Type: 'Library::Shelf',
  Properties: { ...Properties },
  ...more,
})
const stack = (name: string, template: Template): Stack => ({ name, dependencies: [], template })

test('resources are created in the order of their references, and outputs are grouped by stack', async () => {
  const { provider, declared } = shelfProvider()
  const lower = stack('Lower', {
    Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
    Resources: {
      A: shelf({ Next: { 'Fn::Sub': '${B}' } }),
      B: shelf({ Next: { 'Fn::GetAtt': ['C', 'Arn'] } }),
      C: shelf({}, { DependsOn: ['D'] }),
      D: shelf({ Name: 'last' }),
      E: shelf({}, { Condition: 'Never' }),
    },
    Outputs: {
      Last: { Value: { Ref: 'D' }, Export: { Name: 'Lower:Last' } },
      Hidden: { Value: 'x', Condition: 'Never' },
    },
  })
  const upper = stack('Upper', {
    Resources: { F: shelf({ Name: { 'Fn::ImportValue': 'Lower:Last' } }) },
    Outputs: { Name: { Value: { Ref: 'F' } } },
  })
  const { outputs, limitations } = await deploy([lower, upper], [provider])
  expect(declared.map((each) => each.logicalId)).toEqual(['D', 'C', 'B', 'A', 'F'])
  expect(declared[2]!.properties).toEqual({ Next: 'arn:C' })
  expect(outputs).toEqual({ Lower: { Last: 'last' }, Upper: { Name: 'last' } })
  expect(limitations).toEqual([])
})

test('unsupported types and properties are reported, one line each', async () => {
  const { provider } = shelfProvider()
  const one = stack('One', {
    Resources: {
      A: shelf({ Lamp: 1, Color: 'red', Tags: [], Description: 'Poems' }),
      B: shelf({ Lamp: 1, Door: 1, Name: 'odd' }),
      Robot: { Type: 'Library::Robot', Properties: { Broken: { Ref: 'Nowhere' } } },
      Robot2: { Type: 'Library::Robot' },
      Rollout: { Type: 'AWS::CodeDeploy::DeploymentGroup', Properties: { Triggers: [{ Ref: 'Topic' }] } },
      Rollout2: { Type: 'AWS::CodeDeploy::DeploymentGroup' },
      Releases: { Type: 'AWS::CodeDeploy::Application' },
      Topic: { Type: 'AWS::SNS::Topic' },
      Meta: { Type: 'AWS::CDK::Metadata' },
    },
    Outputs: {
      Topic: { Value: { Ref: 'Topic' } },
      Robot: { Value: { 'Fn::GetAtt': ['Robot', 'Arn'] } },
    },
  })
  const { outputs, limitations } = await deploy([one], [provider])
  expect(limitations).toEqual([
    'Library::Robot is not supported: One/Robot, One/Robot2',
    'Library::Shelf: not supported: Lamp (2), Door',
    'One/B: Its depth is not emulated.',
    'One: The output is omitted: /Outputs/Robot: Robot (Library::Robot) is not emulated: it has no Arn.',
    'Not emulated: AWS::SNS::Topic: topics deliver no messages locally',
    'Not emulated: AWS::CodeDeploy::DeploymentGroup (2), AWS::CodeDeploy::Application: code is replaced without a rollout, so that its alarms (by ExecutedVersion) have no values',
  ])
  expect(outputs).toEqual({ One: { Topic: 'arn:aws:sns:us-east-1:000000000000:One-Topic' } })
})

test.each<[Template['Resources'], string]>([
  [{ A: shelf({ Name: 'broken' }) }, 'One/A (Library::Shelf): the shelf cannot be created.'],
  [
    { A: shelf({ Next: { Ref: 'Nowhere' } }) },
    'One/A (Library::Shelf): /Next: One has no resource or parameter Nowhere.',
  ],
  [
    { R: { Type: 'Library::Robot' }, A: shelf({ Next: { 'Fn::GetAtt': ['R', 'Arn'] } }) },
    'One/A (Library::Shelf): /Next: R (Library::Robot) is not emulated: it has no Arn.',
  ],
  [
    { A: shelf({ Next: { Ref: 'B' } }), B: shelf({}, { DependsOn: 'A' }) },
    'The resources of One depend on each other: A → B → A.',
  ],
])('deploy reports the resource and path of an error: %j', async (Resources, message) => {
  await expect(deploy([stack('One', { Resources })], [shelfProvider().provider])).rejects.toThrow(message)
})

// "Resource names must be unique across all of your active stacks" (AWS CloudFormation User Guide, "Name type").
test('two resources with the same name are rejected, also in different stacks', async () => {
  const [one, two] = ['One', 'Two'].map((name) => stack(name, { Resources: { A: shelf() } }))
  await expect(deploy([one!, two!], [shelfProvider().provider])).rejects.toThrow(
    'Two/A (Library::Shelf): One/A has the same name (arn:A).',
  )
})

// "For each AWS account, Export names must be unique within a region" (AWS CloudFormation User Guide, "Outputs").
test.each([
  ['a value', 'x'],
  ['a value that is not emulated', { 'Fn::GetAtt': ['R', 'Arn'] }],
])('an export name that an earlier output with %s has is rejected', async (_, Value) => {
  const Export = { Name: 'shelf' }
  const Outputs = { A: { Value, Export }, B: { Value: 'y', Export } }
  const one = stack('One', { Resources: { R: { Type: 'Library::Robot' } }, Outputs })
  await expect(deploy([one], [])).rejects.toThrow('Two outputs have the export name shelf.')
})

test('a template with a macro is rejected', async () => {
  const template = { Transform: 'AWS::LanguageExtensions', Resources: { A: shelf() } }
  await expect(deploy([stack('One', template)], [shelfProvider().provider])).rejects.toThrow(
    'One: the transform "AWS::LanguageExtensions" is not supported.',
  )
})

test('a function that provides a custom resource is not created if that resource is built in', async () => {
  const created: string[] = []
  const builtIn = (type: string): ResourceProvider => ({
    type,
    supported: ['ServiceToken'],
    create({ logicalId, properties }) {
      created.push(`${logicalId} ${properties['ServiceToken'] ?? ''}`)
      return { ref: logicalId }
    },
  })
  const one = stack('One', {
    Resources: {
      Files: { Type: 'Custom::Files', Properties: { ServiceToken: { 'Fn::GetAtt': ['Copier', 'Arn'] } } },
      Copier: { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'python3.13' } },
      Other: { Type: 'AWS::Lambda::Function' },
      Layer: { Type: 'AWS::Lambda::LayerVersion' },
    },
  })
  const { limitations } = await deploy([one], [builtIn('Custom::Files'), builtIn('AWS::Lambda::Function')])
  expect(created.toSorted()).toEqual(['Files arn:aws:lambda:us-east-1:000000000000:function:One-Copier', 'Other '])
  expect(limitations).toEqual([])
})

test('generated names are stable, and long ones are shortened but unique', () => {
  expect(generatedName('Library-dev', 'Loans1A2B')).toBe('Library-dev-Loans1A2B')
  const long = generatedName('Library', `${'x'.repeat(80)}1`)
  expect(long).toHaveLength(63)
  expect(long).not.toBe(generatedName('Library', `${'x'.repeat(80)}2`))
})

test('URLs of a hosted domain are replaced by the local URL, also across stacks', async () => {
  const { provider, declared } = shelfProvider()
  const hosting: ResourceProvider = {
    type: 'Library::Reader',
    supported: [],
    create: () => ({
      ref: 'reader',
      attributes: { Domain: 'd1.reader.example' },
      hosts: { 'd1.reader.example': 'http://127.0.0.1:1/reader' },
    }),
  }
  const domain = { 'Fn::GetAtt': ['Reader', 'Domain'] }
  const lower = stack('Lower', {
    Resources: { Reader: { Type: 'Library::Reader' } },
    Outputs: {
      Url: { Value: { 'Fn::Join': ['', ['https://', domain, '/a']] } },
      Domain: { Value: domain, Export: { Name: 'Lower:Domain' } },
    },
  })
  const upper = stack('Upper', {
    Resources: { A: shelf({ Name: { 'Fn::Join': ['', ['https://', { 'Fn::ImportValue': 'Lower:Domain' }, '/b']] } }) },
  })
  const { outputs } = await deploy([lower, upper], [provider, hosting])
  expect(outputs['Lower']).toEqual({ Url: 'http://127.0.0.1:1/reader/a', Domain: 'd1.reader.example' })
  expect(declared[0]!.properties).toEqual({ Name: 'http://127.0.0.1:1/reader/b' })
})

describe('hosted domains', () => {
  const hosts = new Map([['d1.cdn.example', 'http://127.0.0.1:4566/cdn/E1']])

  test.each([
    ['https://d1.cdn.example', 'http://127.0.0.1:4566'],
    ["default-src https://d1.cdn.example; img-src 'self'", "default-src http://127.0.0.1:4566; img-src 'self'"],
    ['https://d1.cdn.example/', 'http://127.0.0.1:4566/cdn/E1/'],
    ['https://d1.cdn.example/cakes/plum.webp?x=1', 'http://127.0.0.1:4566/cdn/E1/cakes/plum.webp?x=1'],
    ['["https://d1.cdn.example","https://other.example"]', '["http://127.0.0.1:4566","https://other.example"]'],
  ])('%s is replaced by the local URL', (text, localUrl) => {
    expect(localize(text, hosts)).toBe(localUrl)
  })

  test.each([
    'd1.cdn.example',
    'http://d1.cdn.example',
    'https://d1.cdn.example.org/',
    'https://an.d1.cdn.example',
    'https://d1.cdn.example:8443/',
    'https://d1.cdn.example@evil.example/',
  ])('%s is unchanged', (text) => {
    expect(localize(text, hosts)).toBe(text)
  })

  test('nested strings are replaced, and other values are unchanged', () => {
    const value = { Environment: { Variables: { URL: 'https://d1.cdn.example/a' } }, Size: 3, List: [true, null] }
    expect(localize(value, hosts)).toEqual({
      Environment: { Variables: { URL: 'http://127.0.0.1:4566/cdn/E1/a' } },
      Size: 3,
      List: [true, null],
    })
  })
})
