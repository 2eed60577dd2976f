import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  bootstrapRoles,
  endToEndActions,
  preflightActions,
  seedActions,
  syntheticOrderActions,
} from '#infra/bootstrap/permissions.ts'
import { stageNames } from '#infra/stages.ts'
import { parseBootstrapRequest } from '#infra/bootstrap/request.ts'
import { productKey } from '#services/catalog/keys.ts'
import { noticeKey } from '#services/notifications/keys.ts'
import { compilePolicy, decide, type AccessRequest } from '@cartwheel/local/iam'
import { seedTable } from '#scripts/lib/seed/seed-products.ts'
import { newFolder } from '#test/support/new-folder.ts'
import { createTestTable } from '#test/support/table.ts'
import { probeProduct } from '#scripts/lib/synthetic-orders/probe.ts'
import { root } from './synthesized.ts'
import { applicationId } from '#shared/application.ts'

// Templates are any JSON.
type Json = any

const folder = newFolder()

/** Runs the app of the pipeline's role as the CDK CLI does. */
function run(context: Record<string, string>) {
  const { status, stderr } = spawnSync(process.execPath, ['infra/bootstrap/app.ts'], {
    cwd: root,
    env: { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_VALIDATION: 'false' },
    encoding: 'utf8',
  })
  return { status, stderr }
}

function synthesize(context: Record<string, string>): Json[] {
  const { status, stderr } = run(context)
  if (status !== 0) throw new Error(stderr)
  const file = join(folder, `${applicationId}-${context['stage']}-pipeline.template.json`)
  return Object.values(JSON.parse(readFileSync(file, 'utf8')).Resources)
}

// Outside of the tests, which have a timeout: it is slow on a busy machine.
const staging = synthesize({ repository: 'acme@123/shop@456', stage: 'staging' })
const dev = synthesize({ repository: 'acme/shop', stage: 'dev', provider: 'existing' })
const prod = synthesize({ repository: 'acme/shop', stage: 'prod', provider: 'existing' })

const ofType = (resources: Json[], type: string) => resources.filter(({ Type }) => Type === type)
const roleOf = (resources: Json[]) => ofType(resources, 'AWS::IAM::Role')[0].Properties
const policyOf = (resources: Json[]) => ofType(resources, 'AWS::IAM::Policy')[0].Properties.PolicyDocument.Statement

/** An ARN with its pseudo parameters in braces. */
const text = (value: Json): string =>
  typeof value === 'string'
    ? value
    : value['Fn::Join'][1].map((part: Json) => (typeof part === 'string' ? part : `{${part.Ref}}`)).join('')
const flat = (value: Json): Json[] => (Array.isArray(value) ? value : [value])

test('only workflow runs of one repository in one environment can assume the role, for two hours', () => {
  const { AssumeRolePolicyDocument, MaxSessionDuration } = roleOf(staging)
  expect(MaxSessionDuration).toBe(7200)
  expect(AssumeRolePolicyDocument.Statement).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: { Federated: { Ref: expect.stringMatching(/^github/) } },
      Condition: {
        StringEquals: {
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:sub': 'repo:acme@123/shop@456:environment:staging',
        },
      },
    },
  ])
  expect(ofType(staging, 'AWS::IAM::OIDCProvider').map(({ Properties }) => Properties)).toMatchObject([
    { Url: 'https://token.actions.githubusercontent.com', ClientIdList: ['sts.amazonaws.com'] },
  ])
})

test("in an account with GitHub's OIDC provider no second provider is created", () => {
  expect(ofType(prod, 'AWS::IAM::OIDCProvider')).toEqual([])
  const [{ Principal, Condition }] = roleOf(prod).AssumeRolePolicyDocument.Statement
  expect(text(Principal.Federated)).toBe(
    'arn:{AWS::Partition}:iam::{AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com',
  )
  expect(Condition.StringEquals['token.actions.githubusercontent.com:sub']).toBe('repo:acme/shop:environment:prod')
})

const arn = (service: string, resource: string) =>
  `arn:{AWS::Partition}:${service}:{AWS::Region}:{AWS::AccountId}:${resource}`

const deployment = (stage: string) => [
  [
    ['sts:AssumeRole'],
    ['deploy-role', 'file-publishing-role', 'lookup-role'].map(
      (name) => `arn:{AWS::Partition}:iam::{AWS::AccountId}:role/cdk-hnb659fds-${name}-{AWS::AccountId}-{AWS::Region}`,
    ),
  ],
  [[...preflightActions], ['*']],
  [syntheticOrderActions.userPool, [arn('cognito-idp', 'userpool/*')]],
  [syntheticOrderActions.table, [arn('dynamodb', `table/${applicationId}-${stage}-data-*`)]],
]

const statements = (resources: Json[]) =>
  policyOf(resources).map(({ Action, Resource }: Json) => [flat(Action), flat(Resource).map(text)])

test("prod's role deploys, reads and places synthetic orders, and nothing else", () => {
  expect(statements(prod)).toEqual(deployment('prod'))
  expect(bootstrapRoles).toHaveLength(3)
})

test("staging's role also has the permissions of the end-to-end suite, on staging's resources", () => {
  expect(statements(staging)).toEqual([
    ...deployment('staging'),
    [seedActions.products, [arn('dynamodb', `table/${applicationId}-staging-data-*`)]],
    [seedActions.stock, [arn('dynamodb', `table/${applicationId}-staging-data-*`)]],
    [endToEndActions.userPool, [arn('cognito-idp', 'userpool/*')]],
    [endToEndActions.queues, [arn('sqs', `${applicationId}-staging-*`)]],
    [endToEndActions.bus, [arn('events', `event-bus/${applicationId}-staging`)]],
    [endToEndActions.logs, [arn('logs', `log-group:/aws/lambda/${applicationId}-staging-*`)]],
    [endToEndActions.notices, [arn('dynamodb', `table/${applicationId}-staging-data-*`)]],
  ])
})

test('a stage without traffic shifting has no permission for synthetic orders', () => {
  const sids = (resources: Json[]) => policyOf(resources).map(({ Sid }: Json) => Sid)
  for (const sid of ['SyntheticCustomer', 'SyntheticProduct']) {
    expect(sids(prod)).toContain(sid)
    expect(sids(dev)).not.toContain(sid)
  }
  expect(sids(dev)).toContain('MakeTestUsers')
})

test('users are created in the pool of the stage', () => {
  for (const [resources, stage] of [
    [staging, 'staging'],
    [prod, 'prod'],
  ] as const) {
    for (const { Resource, Condition } of policyOf(resources)) {
      const [resource] = flat(Resource).map(text)
      if (resource?.includes(':table/')) continue
      const tags = { 'aws:ResourceTag/application': applicationId, 'aws:ResourceTag/stage': stage }
      expect(Condition).toEqual(resource?.includes(':userpool/') ? { StringEquals: tags } : undefined)
    }
  }
})

/** What the role allows in the stage's table, as IAM evaluates it. */
function tableAccess(resources: Json[], stage: string) {
  const pseudo = { '{AWS::Partition}': 'aws', '{AWS::Region}': 'us-east-1', '{AWS::AccountId}': '000000000000' }
  const resolved = (value: Json) =>
    text(value).replaceAll(/\{AWS::\w+\}/g, (name) => pseudo[name as keyof typeof pseudo])
  const Statement = policyOf(resources).map((statement: Json) => ({
    ...statement,
    Resource: flat(statement.Resource).map(resolved),
  }))
  const origin = { kind: 'identity', carrier: 'the role', policy: stage } as const
  const compiled = compilePolicy({ Version: '2012-10-17', Statement }, origin)
  const used = new Set<string>()
  return {
    used,
    isAllowed({ action, context = {} }: Pick<AccessRequest, 'action' | 'context'>): boolean {
      const resource = `arn:aws:dynamodb:us-east-1:000000000000:table/${applicationId}-${stage}-data-table1`
      const principal = { kind: 'role', roleArn: 'the role' } as const
      const keys = (key: string) => context[key.toLowerCase()]
      const decision = decide({ principal, request: { action, resource, context }, keys, statements: compiled })
      if (decision.outcome === 'allowed') used.add(`${decision.by.sid} ${action}`)
      return decision.outcome === 'allowed'
    },
  }
}

test("staging's role can seed an empty table and a full one, and read notices; prod's can only write the synthetic product", async () => {
  const [ofStaging, ofProd] = [tableAccess(staging, 'staging'), tableAccess(prod, 'prod')]
  const table = await createTestTable()
  await seedTable(table, () => {})
  await seedTable(table, () => {})
  const requests = table.accessRequests().filter(({ action }) => action !== 'dynamodb:CreateTable')
  const on = (action: string, key: string) => ({ action, context: { 'dynamodb:leadingkeys': [key] } })
  const probe = on('dynamodb:PutItem', productKey(probeProduct.sku).PK)
  const notice = on('dynamodb:GetItem', noticeKey('OrderReserved/ord_1/3').PK)

  expect([...requests, probe, notice].filter((request) => !ofStaging.isAllowed(request))).toEqual([])
  expect([...requests, notice].filter((request) => ofProd.isAllowed(request))).toEqual([])
  expect(ofProd.isAllowed(probe)).toBe(true)
  // Nothing more is allowed: every permission was used, and none of them for the items of customers.
  const granted = policyOf(staging).flatMap(({ Sid, Action }: Json) => flat(Action).map((action) => `${Sid} ${action}`))
  const inTable = granted.filter((name: string) => name.includes(' dynamodb:') && !name.startsWith('Preflight'))
  expect([...ofStaging.used].toSorted()).toEqual(inTable.toSorted())
  for (const action of inTable.map((name: string) => name.split(' ')[1]!))
    for (const key of ['USER#1', 'ORDER#1', 'IDEMPOTENCY#cancelOrder#1']) {
      expect([action, key, ofStaging.isAllowed(on(action, key))]).toEqual([action, key, false])
    }
})

test('the permissions of preflight match the calls that it makes', () => {
  const asked = globSync(['scripts/lib/preflight/*.ts', 'scripts/lib/release/*.ts'], { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(/'([a-z-]+:[A-Z][A-Za-z]+)'/g)])
    .map(([, action]) => action!)
  expect([...new Set(asked)].toSorted()).toEqual([...preflightActions])
})

/** Operations of customers, which require no permission. */
const ofCustomers = ['SignUp', 'InitiateAuth']
const operationsIn = (files: readonly string[]) =>
  globSync(files, { cwd: root })
    .flatMap((file) => [
      ...readFileSync(join(root, file), 'utf8').matchAll(
        /(?:new (?=\w+Command\()|paginate)([A-Z][A-Za-z]+?)(?:Command)?\(/g,
      ),
    ])
    .map(([, operation]) => (['Put', 'Get'].includes(operation!) ? `${operation}Item` : operation!))

const operationsOf = (actions: Record<string, readonly string[]>) =>
  Object.values(actions)
    .flat()
    .map((action) => action.split(':')[1]!)

test.each([
  ['the end-to-end suite', ['test/e2e/*.ts', 'scripts/lib/sign-in.ts'], endToEndActions, []],
  // Only the end-to-end suite creates staff.
  [
    'synthetic orders',
    ['scripts/lib/synthetic-orders/*.ts', 'scripts/lib/sign-in.ts'],
    syntheticOrderActions,
    ['AdminAddUserToGroup', 'AdminCreateUser'],
  ],
])('%s has exactly the permissions for its calls', (_name, files, actions, others) => {
  const used = operationsIn(files).filter((operation) => ![...ofCustomers, ...others].includes(operation))
  const allowed = [...operationsOf(actions), ...preflightActions.map((action) => action.split(':')[1]!)]
  const granted = operationsOf(actions)
  expect(used).not.toEqual([])
  expect(used.filter((operation) => !allowed.includes(operation))).toEqual([])
  expect(granted.filter((operation) => !operationsIn(files).includes(operation))).toEqual([])
})

test.each([
  ['no repository', {}, 'Which repository'],
  ['half of the ids', { repository: 'acme@123/shop' }, 'is no repository'],
  ['a star for an id', { repository: 'acme@*/shop@456' }, 'is no repository'],
  ['no owner', { repository: 'shop' }, '"shop" is no repository'],
  ['a star', { repository: 'acme/*' }, 'is no repository'],
  ['an address', { repository: 'https://github.com/acme/shop' }, 'is no repository'],
  ['more than an environment', { repository: 'acme/shop:environment:prod' }, 'is no repository'],
  ['no stage', { repository: 'acme/shop' }, 'Which stage'],
  ['a stage that does not exist', { repository: 'acme/shop', stage: 'x' }, stageNames.join('|')],
  ['an identity that no stage sends from', { mail: 'elsewhere.example' }, 'example.com, staging.example.com'],
  ['another provider', { repository: 'acme/shop', stage: 'dev', provider: 'x' }, 'new or existing'],
])('%s is rejected', (_name, context: Record<string, string>, part) => {
  expect(() => parseBootstrapRequest((name) => context[name])).toThrow(part)
})

test('a rejection prints one line', () => {
  const { status, stderr } = run({ repository: 'shop' })
  expect([status, stderr.trim().split('\n').length]).toEqual([1, 1])
})

test('the email identity is a stack of its own, with its DNS records, and outlives the stack', () => {
  const { status, stderr } = run({ mail: 'example.com' })
  expect([status, stderr]).toEqual([0, ''])
  const template = JSON.parse(readFileSync(join(folder, `${applicationId}-mail-example-com.template.json`), 'utf8'))
  const identities = Object.values<Json>(template.Resources).filter(({ Type }) => Type === 'AWS::SES::EmailIdentity')
  expect(identities).toMatchObject([{ Properties: { EmailIdentity: 'example.com' }, DeletionPolicy: 'Retain' }])
  expect(Object.keys(template.Outputs)).toEqual(['DnsRecord1', 'DnsRecord2', 'DnsRecord3'])
})
