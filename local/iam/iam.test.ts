import { ManualClock } from '../clock.ts'
import { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { declare } from '../wire/testing.ts'
import { Iam, type Denial } from './iam.ts'
import type { AccessRequest, PolicyStatement, Principal } from './types.ts'

const trustLambda = {
  Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
}
const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/loans'
const queue = 'arn:aws:sqs:us-east-1:000000000000:fines'
const roleArn = 'arn:aws:iam::000000000000:role/lender'
const lender: Principal = { kind: 'role', roleArn, functionName: 'lend' }
const rule: Principal = {
  kind: 'service',
  service: 'events.amazonaws.com',
  sourceArn: 'arn:aws:events:us-east-1:000000000000:rule/late',
}

function iamWith(statements: PolicyStatement[], denials: Denial[] = []): Iam {
  const iam = new Iam({ clock: new ManualClock(), report: (denial) => denials.push(denial) })
  void createRole(iam, {
    Policies: [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  })
  return iam
}

const create = ({ providers }: Iam, type: string, properties: object) => declare(providers, type, 'It', properties)
/** The role `lender`, unless the properties say otherwise. */
const createRole = (iam: Iam, properties: object = {}) =>
  create(iam, 'AWS::IAM::Role', { RoleName: 'lender', AssumeRolePolicyDocument: trustLambda, ...properties })

const allow = (statement: Partial<PolicyStatement>): PolicyStatement => ({
  Effect: 'Allow',
  ...(statement.NotAction ? {} : { Action: 'dynamodb:*' }),
  ...(statement.NotResource ? {} : { Resource: '*' }),
  ...statement,
})
const deny = (statement: Partial<PolicyStatement>): PolicyStatement => ({ ...allow(statement), Effect: 'Deny' })
const request = (over: Partial<AccessRequest> = {}): AccessRequest => ({
  action: 'dynamodb:PutItem',
  resource: table,
  ...over,
})

const cases: [string, PolicyStatement[], AccessRequest, string][] = [
  ['no statement', [], request(), 'implicitly-denied'],
  ['an exact statement', [allow({ Action: 'dynamodb:PutItem', Resource: table })], request(), 'allowed'],
  ['actions in another case', [allow({ Action: 'DynamoDB:putitem' })], request(), 'allowed'],
  ['a wildcard in the action', [allow({ Action: ['sqs:*', 'dynamodb:Put*'] })], request(), 'allowed'],
  ['a question mark', [allow({ Action: 'dynamodb:PutIte?' })], request(), 'allowed'],
  ['another action', [allow({ Action: 'dynamodb:GetItem' })], request(), 'implicitly-denied'],
  ['resources are case-sensitive', [allow({ Resource: table.toUpperCase() })], request(), 'implicitly-denied'],
  [
    'a wildcard over the path',
    [allow({ Resource: `${table}/*` })],
    request({ resource: `${table}/index/byDate` }),
    'allowed',
  ],
  ['a grant on indexes does not cover the table', [allow({ Resource: `${table}/*` })], request(), 'implicitly-denied'],
  [
    'a table ARN is not a prefix',
    [allow({ Resource: table })],
    request({ resource: `${table}2` }),
    'implicitly-denied',
  ],
  ['NotAction covers other actions', [allow({ NotAction: 'dynamodb:Delete*' })], request(), 'allowed'],
  ['NotAction excludes its own actions', [allow({ NotAction: 'dynamodb:Put*' })], request(), 'implicitly-denied'],
  ['NotResource covers other resources', [allow({ NotResource: queue })], request(), 'allowed'],
  ['NotResource excludes its own resources', [allow({ NotResource: [queue, table] })], request(), 'implicitly-denied'],
  ['Deny overrides an Allow before it', [allow({}), deny({ Action: 'dynamodb:Put*' })], request(), 'explicitly-denied'],
  ['Deny overrides an Allow after it', [deny({}), allow({})], request(), 'explicitly-denied'],
  ['a Deny of another action', [allow({}), deny({ Action: 'dynamodb:Scan' })], request(), 'allowed'],
  [
    'a Deny whose condition fails',
    [allow({}), deny({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
    request(),
    'allowed',
  ],
  [
    'a variable in the resource',
    [allow({ Resource: 'arn:aws:dynamodb:*:*:table/${aws:PrincipalAccount}-x' })],
    request({ resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/000000000000-x' }),
    'allowed',
  ],
  [
    'a variable without a value',
    [allow({ Resource: 'arn:aws:dynamodb:*:*:table/${aws:username}' })],
    request({ resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/' }),
    'implicitly-denied',
  ],
  [
    'a wildcard at the end of a segment matches across colons',
    [allow({ Resource: 'arn:aws:dynamodb:*:table/loans' })],
    request(),
    'allowed',
  ],
  [
    'a wildcard at the end of a segment matches across colons in a Deny',
    [allow({}), deny({ Resource: 'arn:aws:dynamodb:*:table/loans' })],
    request(),
    'explicitly-denied',
  ],
  [
    'a wildcard within a segment does not match across colons',
    [allow({ Resource: 'arn:aws:dynamodb:us*0:table/loans' })],
    request(),
    'implicitly-denied',
  ],
  ['an ARN without its last segments', [allow({ Resource: 'arn:aws:dynamodb' })], request(), 'implicitly-denied'],
  [
    'a condition on a key that no request has',
    [allow({ Condition: { Null: { constructor: 'true' } } })],
    request({ context: {} }),
    'allowed',
  ],
  [
    'the time of the request',
    [allow({ Condition: { DateLessThan: { 'aws:CurrentTime': '2026-06-01T00:00:00Z' } } })],
    request(),
    'allowed',
  ],
]

test.each(cases)('%s', (_, statements, accessRequest, outcome) => {
  expect(iamWith(statements).decide(lender, accessRequest).outcome).toBe(outcome)
})

test('a decision names the deciding statement', () => {
  const decision = iamWith([allow({ Sid: 'Other', Action: 'sqs:*' }), allow({ Sid: 'Mine' })]).decide(lender, request())
  const by = { kind: 'identity', carrier: roleArn, policy: 'own', number: 2, sid: 'Mine' }
  expect(decision).toEqual({ outcome: 'allowed', by })
})

test('policies() lists every policy, and a replaced policy takes effect', () => {
  const iam = iamWith([allow({})])
  iam.putResourcePolicy(queue, 'Policy', { Statement: [] })
  expect(iam.policies().map(({ kind, carrier, policy }) => [kind, carrier, policy])).toEqual([
    ['identity', roleArn, 'own'],
    ['resource', roleArn, 'trust policy of It'],
    ['resource', queue, 'Policy'],
  ])
  const { document } = iam.policies()[0]!
  expect(document).toEqual({ Version: '2012-10-17', Statement: [allow({})] })
  iam.putRolePolicy(roleArn, 'own', { ...document, Statement: [] })
  expect(iam.decide(lender, request()).outcome).toBe('implicitly-denied')
  expect(() => iam.putRolePolicy('arn:aws:iam::000000000000:role/none', 'own', document)).toThrow(/does not exist/)
})

test('a denial has the message of AWS and is reported with the condition that failed', () => {
  const denials: Denial[] = []
  const iam = iamWith(
    [allow({ Sid: 'Rows', Condition: { StringLike: { 'dynamodb:LeadingKeys': 'LOAN#*' } } })],
    denials,
  )
  const denied = request({ context: { 'dynamodb:leadingkeys': ['FINE#1'] } })
  expect(() => iam.require(lender, [denied])).toThrow(
    `User: arn:aws:sts::000000000000:assumed-role/lender/lend is not authorized to perform: dynamodb:PutItem on resource: ${table} because no identity-based policy allows the dynamodb:PutItem action`,
  )
  expect(denials).toEqual([
    {
      principal: lender,
      functionName: 'lend',
      action: 'dynamodb:PutItem',
      resource: table,
      why: 'Only conditions are not satisfied: StringLike dynamodb:LeadingKeys of statement 1 (Rows) of own, with FINE#1 in the request.',
    },
  ])
  expect(() => iam.require(lender, [request()])).toThrow(AwsError)
  expect(denials[1]!.why).toMatch(/, with no value in the request\.$/)
})

test('every request of a call must be allowed', () => {
  const iam = iamWith([allow({ Action: 'dynamodb:PutItem' }), deny({ Action: 'dynamodb:DeleteItem' })])
  iam.require(lender, [request()])
  expect(() => iam.require(lender, [request(), request({ action: 'dynamodb:DeleteItem' })])).toThrow(
    'with an explicit deny in an identity-based policy',
  )
  expect(() => iam.require({ kind: 'administrator' }, [request({ action: 'dynamodb:DeleteItem' })])).not.toThrow()
  expect(() => iam.require({ kind: 'anonymous' }, [request()])).toThrow(AwsError)
})

describe('resource-based policies', () => {
  const send: AccessRequest = { action: 'sqs:SendMessage', resource: queue }
  const queuePolicy = (Principal: unknown, Condition?: PolicyStatement['Condition']) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow' as const, Action: 'sqs:SendMessage', Resource: queue, Principal, Condition }],
  })
  const outcome = (iam: Iam, principal: Principal) => iam.decide(principal, send).outcome

  test('are required for a service principal, with its source and account', () => {
    const iam = iamWith([allow({ Action: '*' })])
    expect(outcome(iam, rule)).toBe('implicitly-denied')
    iam.putResourcePolicy(
      queue,
      'p',
      queuePolicy(
        { Service: 'events.amazonaws.com' },
        { ArnEquals: { 'aws:SourceArn': rule.sourceArn }, StringEquals: { 'aws:SourceAccount': '000000000000' } },
      ),
    )
    expect(outcome(iam, rule)).toBe('allowed')
    expect(outcome(iam, { ...rule, sourceArn: rule.sourceArn + 'r' })).toBe('implicitly-denied')
    expect(outcome(iam, { ...rule, service: 'sns.amazonaws.com' })).toBe('implicitly-denied')
  })

  test('treat {"AWS": "*"} like "*", for services too', () => {
    const iam = iamWith([])
    for (const everyone of ['*', { AWS: '*' }]) {
      iam.putResourcePolicy(queue, 'p', queuePolicy(everyone))
      expect(outcome(iam, rule)).toBe('allowed')
      expect(outcome(iam, lender)).toBe('allowed')
      expect(outcome(iam, { kind: 'anonymous' })).toBe('allowed')
      iam.putResourcePolicy(queue, 'tls', {
        Statement: { Effect: 'Deny', Action: '*', Resource: '*', Principal: everyone },
      })
      expect(outcome(iam, rule)).toBe('explicitly-denied')
      iam.putResourcePolicy(queue, 'tls', { Statement: [] })
    }
  })

  test('are replaced by one of the same name', () => {
    const iam = iamWith([])
    iam.putResourcePolicy(queue, 'p', queuePolicy({ Service: 'events.amazonaws.com' }))
    iam.putResourcePolicy(queue, 'p', queuePolicy({ Service: 'sns.amazonaws.com' }))
    expect(outcome(iam, rule)).toBe('implicitly-denied')
  })

  test('grant a role access by its ARN, but not by its account alone', () => {
    const iam = iamWith([])
    iam.putResourcePolicy(queue, 'p', queuePolicy({ AWS: 'arn:aws:iam::000000000000:root' }))
    expect(outcome(iam, lender)).toBe('implicitly-denied')
    iam.putResourcePolicy(queue, 'p', queuePolicy({ AWS: [roleArn] }))
    expect(outcome(iam, lender)).toBe('allowed')
    expect(outcome(iam, rule)).toBe('implicitly-denied')
  })

  test('deny what the role allows, and apply to the objects of a bucket', () => {
    const iam = iamWith([allow({ Action: '*' })])
    const get: AccessRequest = { action: 's3:GetObject', resource: 'arn:aws:s3:::scans/page-1' }
    expect(iam.decide(lender, get).outcome).toBe('allowed')
    iam.putResourcePolicy('arn:aws:s3:::scans', 'p', {
      Statement: { Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::scans/*' },
    })
    expect(iam.decide(lender, get).outcome).toBe('explicitly-denied')
  })
})

describe('resources', () => {
  test('AWS::IAM::Policy, ManagedPolicy and ManagedPolicyArns attach policies to a role', async () => {
    const iam = iamWith([])
    const document = (Action: string) => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
    })
    void create(iam, 'AWS::IAM::Policy', {
      PolicyName: 'a',
      Roles: ['lender'],
      PolicyDocument: document('sqs:SendMessage'),
    })
    const managed = await create(iam, 'AWS::IAM::ManagedPolicy', {
      Roles: ['lender'],
      PolicyDocument: document('ses:*'),
    })
    await createRole(iam, {
      RoleName: 'reader',
      ManagedPolicyArns: [managed.ref, 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
    })
    const reader: Principal = { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/reader' }
    const outcome = (principal: Principal, action: string) => iam.decide(principal, { action, resource: '*' }).outcome
    expect(outcome(lender, 'sqs:SendMessage')).toBe('allowed')
    expect(outcome(lender, 'ses:SendEmail')).toBe('allowed')
    expect(outcome(reader, 'ses:SendEmail')).toBe('allowed')
    expect(outcome(reader, 'logs:PutLogEvents')).toBe('allowed')
    expect(outcome(reader, 'sqs:SendMessage')).toBe('implicitly-denied')
  })

  test.each([{ Path: '/library/' }, { RoleName: 'Lender' }])(
    'a role whose name another has, with %j, is rejected',
    (properties) => {
      const iam = iamWith([])
      expect(() => void createRole(iam, properties)).toThrow(`The role ${roleArn} has the same name.`)
    },
  )

  test('an unknown AWS managed policy is reported as a limitation, an unknown customer managed one throws', async () => {
    const iam = new Iam()
    const created = await createRole(iam, { ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUserAccess'] })
    expect(created.limitations).toEqual([expect.stringContaining('PowerUserAccess')])
    const ManagedPolicyArns = ['arn:aws:iam::000000000000:policy/missing']
    expect(() => void createRole(iam, { ManagedPolicyArns })).toThrow('missing')
  })

  test.each<[object, string]>([
    [{ Effect: 'Maybe', Action: '*', Resource: '*' }, 'Effect'],
    [{ Effect: 'Allow', Resource: '*' }, 'Action is missing'],
    [{ Effect: 'Allow', Action: '*' }, 'Resource is missing'],
    [{ Effect: 'Allow', Action: '*', Resource: '*', Condition: { IpRange: { k: '10.0.0.0/8' } } }, 'IpRange'],
  ])('the malformed statement %j is rejected with an error that names its policy', (statement, message) => {
    expect(() => iamWith([statement as PolicyStatement])).toThrow(new RegExp(`own, statement 1: .*${message}`))
  })
})

test.each<[string, PolicyStatement['Condition']]>([
  ['IpAddress', { IpAddress: { 'aws:SourceIp': '127.0.0.1/32' } }],
  ['aws:ViaAWSService', { Bool: { 'aws:ViaAWSService': 'false' } }],
  ['aws:MultiFactorAuthPresent', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } }],
  ['aws:TokenIssueTime', { DateLessThan: { 'aws:TokenIssueTime': '2030-01-01T00:00:00Z' } }],
])('a statement with the condition %s, which is not emulated, denies and is reported', (name, condition) => {
  const warnings: string[] = []
  const iam = new Iam({ warn: (message) => warnings.push(message) })
  const put = (Effect: 'Allow' | 'Deny', Condition?: PolicyStatement['Condition']) =>
    iam.putResourcePolicy(queue, Effect, {
      Statement: { Effect, Principal: '*', Action: '*', Resource: '*', Condition },
    })
  const outcome = () => iam.decide(rule, { action: 'sqs:SendMessage', resource: queue }).outcome
  put('Allow', condition)
  expect(outcome()).toBe('implicitly-denied')
  put('Allow')
  put('Deny', condition)
  expect(outcome()).toBe('explicitly-denied')
  expect(warnings).toEqual([
    `${name} is not emulated: statement 1 of Allow (${queue}) denies.`,
    `${name} is not emulated: statement 1 of Deny (${queue}) denies.`,
  ])
})

describe('keys', () => {
  test('a function has one key, which survives a restart', () => {
    const state = new State(':memory:')
    const start = () => {
      const iam = new Iam({ state })
      void createRole(iam)
      return iam
    }
    const key = start().createKey(roleArn, 'lend')
    const restarted = start()
    expect(restarted.createKey(roleArn, 'lend')).toEqual(key)
    expect(restarted.createKey(roleArn, 'remind').accessKeyId).not.toBe(key.accessKeyId)
    const { secretAccessKey, sessionToken } = key
    expect(restarted.keys.signerOf(key.accessKeyId)).toEqual({ principal: lender, secretAccessKey, sessionToken })
    expect(restarted.keys.signerOf('ASIAUNKNOWN')).toBeUndefined()
    expect(restarted.keys.signerOf('local')?.principal).toEqual({ kind: 'administrator' })
  })

  test('no key is created for a role that does not trust Lambda', () => {
    const iam = new Iam()
    const Statement = { ...trustLambda.Statement, Principal: { Service: 'ec2.amazonaws.com' } }
    void createRole(iam, { AssumeRolePolicyDocument: { Statement } })
    expect(() => iam.createKey(roleArn, 'lend')).toThrow('cannot be assumed by Lambda')
  })
})
