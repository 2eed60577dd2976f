import { releaseConflicts } from './release-conflicts.ts'

interface Changes {
  readonly version?: string
  readonly concurrency?: number
  readonly role?: string
  readonly table?: unknown
  readonly config?: string
  /** The key prefixes of items that the function may put. */
  readonly puts?: readonly string[]
}

const canary = 'CodeDeployDefault.LambdaCanary10Percent5Minutes'

/** A stack of one bakery function behind an alias. */
const template = ({
  version = 'bakeV1',
  concurrency,
  role = 'bakeRole',
  table,
  config = canary,
  puts,
}: Changes = {}) => ({
  Resources: {
    bake: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'bakery-bake',
        Role: { 'Fn::GetAtt': [role, 'Arn'] },
        Environment: { Variables: { TABLE_NAME: table ?? { 'Fn::ImportValue': 'bakery-data:table' } } },
      },
    },
    policy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        Roles: [{ Ref: role }],
        PolicyDocument: {
          Statement: [
            { Effect: 'Allow', Action: ['logs:PutLogEvents'], Resource: '*' },
            {
              Effect: 'Allow',
              Action: 'dynamodb:PutItem',
              Resource: { 'Fn::ImportValue': 'bakery-data:tableArn' },
              ...(puts ? { Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': puts } } } : {}),
            },
          ],
        },
      },
    },
    group: { Type: 'AWS::CodeDeploy::DeploymentGroup', Properties: { DeploymentConfigName: config } },
    live: {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        FunctionName: { Ref: 'bake' },
        FunctionVersion: { 'Fn::GetAtt': [version, 'Version'] },
        ...(concurrency ? { ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: concurrency } } : {}),
      },
      UpdatePolicy: { CodeDeployLambdaAliasUpdate: { DeploymentGroupName: { Ref: 'group' } } },
    },
  },
})

const before = template({ concurrency: 5 })

test.each<[string, Changes]>([
  ['nothing', { concurrency: 5 }],
  ['code alone', { concurrency: 5, version: 'bakeV2' }],
  ['concurrency alone', { concurrency: 10 }],
  ['the removal of concurrency alone', {}],
  ['a role that no version uses yet', { concurrency: 5, role: 'otherRole' }],
  [
    'code and role in an all-at-once release',
    { concurrency: 5, version: 'bakeV2', role: 'otherRole', config: 'CodeDeployDefault.LambdaAllAtOnce' },
  ],
])('%s may change', (_what, changes) => {
  expect(releaseConflicts(before, template(changes))).toEqual([])
})

test.each<[string, Changes, RegExp]>([
  [
    'code and more concurrency',
    { concurrency: 10, version: 'bakeV2' },
    /^bakery-bake: .*\(5 to 10\) change together\./,
  ],
  ['code and the removal of concurrency', { version: 'bakeV2' }, /back to 5, deploy, then change it\.$/],
  ['code and role in a canary', { concurrency: 5, version: 'bakeV2', role: 'otherRole' }, /bakeRole to otherRole/],
  ['the table in a canary', { concurrency: 5, version: 'bakeV2', table: 'bakery-restored' }, /two tables.*all-at-once/],
])('%s must not change together', (_what, changes, sentence) => {
  expect(releaseConflicts(before, template(changes))).toEqual([expect.stringMatching(sentence)])
})

test('the first concurrency of a function whose code changes is a conflict, even in an all-at-once release', () => {
  const atOnce = { config: 'CodeDeployDefault.LambdaAllAtOnce' }
  const conflicts = releaseConflicts(template(atOnce), template({ ...atOnce, concurrency: 5, version: 'bakeV2' }))
  expect(conflicts).toEqual([expect.stringContaining('(0 to 5)')])
})

const ofRelease = (puts?: readonly string[], changes: Changes = {}) => template({ ...changes, ...(puts && { puts }) })

test.each<[string, readonly string[], readonly string[] | undefined]>([
  ['more prefixes', ['CAKE#*'], ['CAKE#*', 'BREAD#*']],
  ['no condition any more', ['CAKE#*'], undefined],
])('code and a role with %s may change together in a canary', (_what, puts, next) => {
  expect(releaseConflicts(ofRelease(puts), ofRelease(next, { version: 'bakeV2' }))).toEqual([])
})

test.each<[string, readonly string[] | undefined, readonly string[]]>([
  ['fewer prefixes', ['CAKE#*', 'BREAD#*'], ['CAKE#*']],
  ['a new condition', undefined, ['CAKE#*']],
])('code and a role with %s must not change together in a canary', (_what, puts, next) => {
  const conflicts = releaseConflicts(ofRelease(puts), ofRelease(next, { version: 'bakeV2' }))
  expect(conflicts).toEqual([expect.stringMatching(/^bakery-bake: its role loses permissions \(dynamodb:PutItem\)/)])
  expect(releaseConflicts(ofRelease(puts), ofRelease(next))).toEqual([])
  const atOnce = { version: 'bakeV2', config: 'CodeDeployDefault.LambdaAllAtOnce' }
  expect(releaseConflicts(ofRelease(puts), ofRelease(next, atOnce))).toEqual([])
})

test('an alias that is not deployed yet has no conflicts', () => {
  expect(releaseConflicts({ Resources: {} }, before)).toEqual([])
})
