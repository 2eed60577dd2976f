import { stageOf } from '#infra/stages.ts'
import { crossServiceGrants } from '#infra/grants.ts'
import { services } from '#infra/services.ts'
import { boundaryProblems } from './service-boundaries.ts'
import { applicationId } from '#shared/application.ts'
import { isDeploymentOfWeb, labelled, synthesize, type Resource } from './synthesized.ts'

const dev = await synthesize()
const functions = dev.ofType('AWS::Lambda::Function')
const roleOf = (policy: Resource) => dev.referred(policy, policy.properties.Roles[0])
const ownerOf = (policy: Resource) =>
  functions.find((each) => each.stack === policy.stack && dev.referred(each, each.properties.Role) === roleOf(policy))

const isOfSchedule = (policy: Resource) =>
  JSON.stringify(roleOf(policy)!.properties.AssumeRolePolicyDocument).includes('scheduler.amazonaws.com')
const policies = dev.ofType('AWS::IAM::Policy').filter((policy) => !isOfSchedule(policy) && !isDeploymentOfWeb(policy))
const statementsOf = (policy: Resource): any[] => policy.properties.PolicyDocument.Statement

/** The function whose role a policy belongs to. */
function functionOf(policy: Resource): { service: string; entry: string } {
  const owner = ownerOf(policy)!
  const service = owner.properties.Environment.Variables.POWERTOOLS_SERVICE_NAME
  return { service, entry: owner.properties.FunctionName.split(`-${service}-`)[1] }
}

test('every cross-service grant states its reason as a sentence', () => {
  for (const { reason } of crossServiceGrants) expect(reason).toMatch(/^[A-Z].{30,}\.$/)
})

test('a cross-service grant names the service that owns its prefixes', () => {
  for (const { owner, prefixes } of crossServiceGrants) {
    const owners = services.filter((service) => service.prefixes.some((prefix) => prefixes.includes(prefix)))
    for (const { name } of owners) expect([owner].flat()).toContain(name)
  }
})

test('no two services own the same prefix, or a prefix of another', () => {
  const owned = services.flatMap(({ prefixes }) => prefixes)
  for (const prefix of owned) expect(owned.filter((other) => other.startsWith(prefix))).toEqual([prefix])
})

test.each(labelled(policies))('%s allows no undeclared access to the table', (_label, policy) => {
  const { service, entry } = functionOf(policy)
  expect(statementsOf(policy).flatMap((statement) => boundaryProblems(service, entry, statement))).toEqual([])
})

const table = dev.ofType('AWS::DynamoDB::GlobalTable')[0]!

/** `Arn`, `StreamArn` or `Arn/index/GSI1` of the table; undefined for anything else. */
function partOfTable(resource: any): string | undefined {
  const [start, ...rest] = resource['Fn::Join']?.[1] ?? [resource]
  const [logicalId, attribute] = dev.followImport(start)?.['Fn::GetAtt'] ?? []
  return logicalId === table.logicalId ? [attribute, ...rest].join('') : undefined
}

test.each(labelled(policies))('%s has access to the table, one index or the stream only', (_label, policy) => {
  const reached = statementsOf(policy)
    .filter(({ Action }) => [Action].flat().some((action) => action.startsWith('dynamodb:')))
    .flatMap(({ Resource }) => [Resource].flat().map(partOfTable))
  for (const part of reached) expect(part).toMatch(/^(Arn|StreamArn|Arn\/index\/GSI[12])$/)
})

test('every cross-service grant is in the policy of its function', () => {
  for (const { service, entry, prefixes } of crossServiceGrants) {
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

describe('the check of service boundaries finds', () => {
  test.each<[string, any, string]>([
    [
      'a foreign prefix',
      allow('dynamodb:PutItem', condition('STOCK#*')),
      'PutItem of STOCK#* is neither own nor declared in infra/grants.ts',
    ],
    [
      'a granted prefix with another action',
      allow('dynamodb:PutItem', condition('PRODUCT#*')),
      'PutItem of PRODUCT#* is neither own nor declared in infra/grants.ts',
    ],
    [
      'a grant of attributes that is not restricted to them',
      allow('dynamodb:UpdateItem', condition('USER#*')),
      'UpdateItem of USER#* is neither own nor declared in infra/grants.ts',
    ],
    ['a scan', allow('dynamodb:Scan', condition('ORDER#*')), 'Scan cannot be restricted to keys'],
    ['no condition', allow('dynamodb:GetItem', undefined), 'any key is allowed'],
    [
      'a missing Null condition',
      allow('dynamodb:GetItem', { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['ORDER#*'] } }),
      'a request without a leading key is allowed',
    ],
    [
      'attributes that a request may omit',
      allow('dynamodb:UpdateItem', someAttributes),
      'a request that names no attribute is allowed',
    ],
    [
      'attributes without a condition on Select',
      allow('dynamodb:UpdateItem', someAttributes),
      'all attributes may be selected',
    ],
    [
      'attributes that may be returned',
      allow('dynamodb:UpdateItem', {
        ...someAttributes,
        StringEqualsIfExists: { 'dynamodb:ReturnValues': ['NONE', 'ALL_NEW'] },
      }),
      'all attributes may be returned',
    ],
  ])('%s', (_case, bad, problem) => {
    expect(boundaryProblems('orders', 'place-order', bad)).toContain(problem)
  })
})

/** The only allowed wildcards, by the suffix of the resource. */
const allowedWildcards: readonly { actions: readonly string[]; resource: RegExp; reason: string }[] = [
  {
    actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    resource: /^\*$/,
    reason: 'X-Ray does not support resource-level permissions.',
  },
  {
    actions: ['cloudwatch:DescribeAlarms', 'sqs:ListQueues', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    resource: /^\*$/,
    reason: 'Queues cannot be listed by prefix alone, and composite alarms only with a permission for all alarms.',
  },
  {
    actions: ['sqs:GetQueueAttributes'],
    resource: new RegExp(`:${applicationId}-dev-\\*$`),
    reason: "The depths of the stage's queues are read by the prefix of their names.",
  },
  {
    actions: ['ses:SendEmail'],
    resource: /:identity\/\*$/,
    reason: "In the sandbox SES asks for the recipient's identity too; the sender is a condition.",
  },
  {
    actions: ['s3:PutObject'],
    resource: /\/(aws\/lambda|relay)\/\*$/,
    reason: 'Lambda and the relay store records below their own prefixes, with keys that only the record determines.',
  },
  {
    actions: ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'],
    resource: /^<ref>\/incoming\/\*$/,
    reason: 'Each upload has its own key.',
  },
  {
    actions: ['s3:GetObject'],
    resource: /^<ref>\/private\/\*$/,
    reason: 'Images are named by a hash of their content.',
  },
  {
    actions: ['s3:PutObject', 's3:GetObject'],
    resource: /^<ref>\/sales\/\*$/,
    reason: 'Reports are named by their day.',
  },
  {
    actions: ['s3:PutObject', 's3:GetObject'],
    resource: /^<ref>\/(labels|invoices)\/\*$/,
    reason: 'Documents are named by their order.',
  },
  {
    actions: ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'],
    resource: /^<ref>\/private\/avatars\/\*$/,
    reason: 'Avatars are named by customer, upload and a hash of their content.',
  },
  {
    actions: ['s3:PutObject', 's3:DeleteObject'],
    resource: /^<ref>\/public\/media\/products\/\*$/,
    reason: 'Images of products are named by SKU, upload and a hash of their content.',
  },
]

test.each(labelled(policies))('%s contains only the allowed wildcards', (_label, policy) => {
  for (const { Action, Resource = [], NotAction, NotResource } of statementsOf(policy)) {
    const actions = [Action].flat()
    // A text message is sent to a phone number, which is no ARN: all resources but those with one.
    const isText = actions.join() === 'sns:Publish'
    expect(NotAction).toBeUndefined()
    expect(NotResource && textOf(NotResource)).toBe(isText ? 'arn:<ref>:sns:*:*:*' : undefined)
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

test('only AWS services may invoke a function or send to a queue, and only from one resource', () => {
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

test('only one function may send email, and only from the sender of the stage', () => {
  const sends = policies.flatMap((policy) =>
    statementsOf(policy)
      .filter(({ Action }) => String(Action).startsWith('ses:'))
      .map((statement) => ({ policy, statement })),
  )
  expect(sends).toHaveLength(1)
  expect(sends[0]!.statement).toMatchObject({
    Action: 'ses:SendEmail',
    Condition: { StringEquals: { 'ses:FromAddress': stageOf('dev').mail.from } },
  })
})

test('no stage creates an email identity: it belongs to the account, and two stages may share it', () => {
  expect(dev.ofType('AWS::SES::EmailIdentity')).toEqual([])
})
