import type { AttachedPolicy } from '@cartwheel/local/iam/policy-store.ts'
import type { PolicyStatement } from '@cartwheel/local/iam/types.ts'
import { matters, partsOf, tell, without, type Taken } from './statement-part.ts'

const loans = 'arn:aws:dynamodb:us-east-1:000000000000:table/loans'
const keys = 'dynamodb:LeadingKeys'
const lend: PolicyStatement = {
  Effect: 'Allow',
  Action: ['dynamodb:GetItem', 'dynamodb:Query'],
  Resource: [loans, `${loans}/index/*`],
  Condition: {
    'ForAllValues:StringLike': { [keys]: ['LOAN#*', 'FINE#*'] },
    StringEqualsIfExists: { 'dynamodb:ReturnValues': ['NONE', 'UPDATED_OLD'] },
  },
}
const log: PolicyStatement = { Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: '*' }
const policy: AttachedPolicy = {
  kind: 'identity',
  carrier: 'arn:aws:iam::000000000000:role/lender',
  policy: 'own',
  document: { Version: '2012-10-17', Statement: [log, lend] },
}
const parts = partsOf(policy)
const part = (taken: Taken) =>
  parts.find((each) => each.number === 2 && JSON.stringify(each.taken) === JSON.stringify(taken))!

const value = (text: string): Taken => ({ kind: 'value', operator: 'ForAllValues:StringLike', key: keys, value: text })

test('a statement can be taken, and each of several actions, resources and listed values', () => {
  expect(parts.map(({ number, taken }) => [number, taken.kind, Object.values(taken).at(-1)])).toEqual([
    [1, 'statement', 'statement'],
    [2, 'statement', 'statement'],
    [2, 'action', 'dynamodb:GetItem'],
    [2, 'action', 'dynamodb:Query'],
    [2, 'resource', loans],
    [2, 'resource', `${loans}/index/*`],
    [2, 'value', 'LOAN#*'],
    [2, 'value', 'FINE#*'],
  ])
})

test.each<[Taken, PolicyStatement[]]>([
  [{ kind: 'statement' }, [log]],
  [{ kind: 'action', action: 'dynamodb:Query' }, [log, { ...lend, Action: ['dynamodb:GetItem'] }]],
  [{ kind: 'resource', resource: loans }, [log, { ...lend, Resource: [`${loans}/index/*`] }]],
  [
    value('FINE#*'),
    [log, { ...lend, Condition: { ...lend.Condition, 'ForAllValues:StringLike': { [keys]: ['LOAN#*'] } } }],
  ],
])('without %j the rest stays as it was', (taken, Statement) => {
  expect(without(part(taken))).toEqual({ Version: '2012-10-17', Statement })
})

test.each<[Taken, boolean]>([
  [{ kind: 'statement' }, true],
  [{ kind: 'action', action: 'dynamodb:Query' }, true],
  [{ kind: 'action', action: 'dynamodb:GetItem' }, false],
  [{ kind: 'resource', resource: `${loans}/index/*` }, true],
  [{ kind: 'resource', resource: loans }, false],
  [value('LOAN#*'), true],
  [value('FINE#*'), false],
])('%j matters to a query of an index: %s', (taken, expected) => {
  const request = {
    action: 'dynamodb:Query',
    resource: `${loans}/index/byDate`,
    context: { 'dynamodb:leadingkeys': ['LOAN#1'] },
  }
  expect(matters(part(taken), request)).toBe(expected)
})

test('a part is told by who carries it and what is taken', () => {
  expect(tell(part({ kind: 'action', action: 'dynamodb:Query' }))).toBe(
    'role/lender, statement 2: dynamodb:Query of “Allow dynamodb:GetItem, dynamodb:Query”',
  )
})
