import { crossings, ownPrefixes, type ServiceName } from '#infra/grants.ts'
import { labelled, synthesise, type Resource } from './synthesised.ts'
import { trespasses } from './walls.ts'

const dev = await synthesise()
const policies = dev.ofType('AWS::IAM::Policy')
const statementsOf = (policy: Resource): any[] => policy.properties.PolicyDocument.Statement

/** The function whose role a policy belongs to. */
function functionOf(policy: Resource): { service: ServiceName; entry: string } {
  const role = dev.referred(policy, policy.properties.Roles[0])
  const owner = dev
    .ofType('AWS::Lambda::Function')
    .find(
      (candidate) => candidate.stack === policy.stack && dev.referred(candidate, candidate.properties.Role) === role,
    )!
  const service = owner.properties.Environment.Variables.POWERTOOLS_SERVICE_NAME
  return { service, entry: owner.properties.FunctionName.replace(`cartwheel-dev-${service}-`, '') }
}

test('these and no other grants cross a wall inside the table', () => {
  expect(
    crossings.map(({ service, entry, actions, owner, prefixes, attributes }) =>
      [service, entry, actions.join(), owner, prefixes.join(), attributes?.join() ?? 'all attributes'].join(' '),
    ),
  ).toEqual([
    'orders place-order BatchGetItem catalog PRODUCT# PK,SK,sku,name,price,status',
    'orders place-order UpdateItem users USER# PK,SK,orderCount,lastOrderAt',
    'orders place-order PutItem payments PAYMENT# all attributes',
    'thumbnails admin-create-upload GetItem catalog PRODUCT# all attributes',
    'notifications send-mail GetItem users USER# PK,SK,email,name,notifications',
  ])
  for (const { reason } of crossings) expect(reason).toMatch(/^[A-Z].{30,}\.$/)
})

test('no two services own the same prefix, and none owns the beginning of another', () => {
  const owned = Object.values(ownPrefixes).flat() as string[]
  for (const prefix of owned) expect(owned.filter((other) => other.startsWith(prefix))).toEqual([prefix])
})

test.each(labelled(policies))('%s stays within its walls', (_label, policy) => {
  const { service, entry } = functionOf(policy)
  expect(statementsOf(policy).flatMap((statement) => trespasses(service, entry, statement))).toEqual([])
})

test('every crossing is in the policy of its function', () => {
  for (const { service, entry, prefixes } of crossings) {
    const policy = policies.find((candidate) => {
      const owner = functionOf(candidate)
      return owner.service === service && owner.entry === entry
    })!
    const reached = statementsOf(policy).flatMap(
      ({ Condition }) => Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? [],
    )
    expect(reached).toEqual(expect.arrayContaining(prefixes.map((prefix) => `${prefix}*`)))
  }
})

const condition = (pattern: string) => ({
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [pattern] },
  Null: { 'dynamodb:LeadingKeys': 'false' },
})
const allow = (Action: string, Condition: unknown) => ({ Effect: 'Allow', Action, Condition })

const someAttributes = {
  ...condition('USER#*'),
  'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['PK', 'SK', 'orderCount', 'lastOrderAt'] },
}

describe('the check of the walls notices', () => {
  test.each<[string, any, string]>([
    [
      'a foreign prefix',
      allow('dynamodb:PutItem', condition('STOCK#*')),
      'PutItem of STOCK#* is neither own nor granted',
    ],
    [
      'a granted prefix with another action',
      allow('dynamodb:PutItem', condition('PRODUCT#*')),
      'PutItem of PRODUCT#* is neither own nor granted',
    ],
    [
      'granted attributes left open',
      allow('dynamodb:UpdateItem', condition('USER#*')),
      'UpdateItem of USER#* is neither own nor granted',
    ],
    ['a scan', allow('dynamodb:Scan', condition('ORDER#*')), 'Scan cannot be held to keys'],
    ['no condition', allow('dynamodb:GetItem', undefined), 'any key may be reached'],
    [
      'a missing guard',
      allow('dynamodb:GetItem', { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['ORDER#*'] } }),
      'a request without a leading key would pass',
    ],
    [
      'attributes that a request need not name',
      allow('dynamodb:UpdateItem', someAttributes),
      'a request that names no attribute would pass',
    ],
    [
      'attributes that may be selected beside',
      allow('dynamodb:UpdateItem', someAttributes),
      'all attributes may be selected',
    ],
    [
      'attributes that may be returned beside',
      allow('dynamodb:UpdateItem', {
        ...someAttributes,
        StringEqualsIfExists: { 'dynamodb:ReturnValues': ['NONE', 'ALL_NEW'] },
      }),
      'all attributes may be returned',
    ],
  ])('%s', (_case, bad, problem) => {
    expect(trespasses('orders', 'place-order', bad)).toContain(problem)
  })
})

/** The only wildcards there are, by the end of the resource, each with its reason. */
const allowedWildcards: readonly { actions: readonly string[]; resource: RegExp; reason: string }[] = [
  {
    actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    resource: /^\*$/,
    reason: 'X-Ray has no resources to name.',
  },
  {
    actions: ['s3:PutObject'],
    resource: /\/aws\/lambda\/\*$/,
    reason: 'Lambda chooses the keys of records that it keeps, below its own prefix.',
  },
  {
    actions: ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'],
    resource: /^<ref>\/incoming\/\*$/,
    reason: 'Each upload has a key of its own.',
  },
  {
    actions: ['s3:PutObject', 's3:GetObject'],
    resource: /^<ref>\/(public|private)\/\*$/,
    reason: 'Pictures are named by their content.',
  },
]

test.each(labelled(policies))('%s names actions and resources', (_label, policy) => {
  for (const { Action, Resource, NotAction, NotResource } of statementsOf(policy)) {
    expect({ NotAction, NotResource }).toEqual({})
    const actions = [Action].flat()
    for (const action of actions) expect(action).not.toContain('*')
    for (const resource of [Resource].flat().map(textOf)) {
      if (!resource.includes('*')) continue
      const exception = allowedWildcards.find(
        (allowed) => allowed.resource.test(resource) && actions.every((action) => allowed.actions.includes(action)),
      )
      expect({ actions, resource, allowed: exception !== undefined }).toEqual({ actions, resource, allowed: true })
    }
  }
})

const textOf = (resource: any): string =>
  typeof resource === 'string'
    ? resource
    : (resource['Fn::Join']?.[1] ?? []).map((part: unknown) => (typeof part === 'string' ? part : '<ref>')).join('')

test('whoever may call a function or write to a queue from outside is one resource of AWS', () => {
  for (const { properties } of dev.ofType('AWS::Lambda::Permission')) {
    expect(properties.Principal).toMatch(/^[a-z-]+\.amazonaws\.com$/)
    expect(properties.SourceArn).toBeDefined()
  }
  for (const { properties } of dev.ofType('AWS::SQS::QueuePolicy')) {
    for (const { Effect, Principal, Condition } of properties.PolicyDocument.Statement) {
      if (Effect === 'Allow')
        expect([Principal.Service, Condition]).toEqual(['events.amazonaws.com', expect.anything()])
    }
  }
})

test('mail is sent as the one identity', () => {
  const sends = policies.flatMap((policy) =>
    statementsOf(policy)
      .filter(({ Action }) => String(Action).startsWith('ses:'))
      .map((statement) => ({ policy, statement })),
  )
  expect(sends).toHaveLength(1)
  expect(sends[0]!.statement.Action).toBe('ses:SendEmail')
  const identity = dev.ofType('AWS::SES::EmailIdentity')[0]!
  expect(JSON.stringify(sends[0]!.statement.Resource)).toContain(`{"Ref":"${identity.logicalId}"}`)
})
