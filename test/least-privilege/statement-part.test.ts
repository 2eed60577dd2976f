import type { AttachedPolicy, PolicyStatement } from '@cartwheel/local/iam'
import { matters, partsOf, describePart, without, type Removed } from './statement-part.ts'

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
const part = (removed: Removed) =>
  parts.find((each) => each.number === 2 && JSON.stringify(each.removed) === JSON.stringify(removed))!

const value = (text: string): Removed => ({
  kind: 'value',
  operator: 'ForAllValues:StringLike',
  key: keys,
  value: text,
})

test('a statement, and each of several actions, resources and listed values, is a part', () => {
  expect(parts.map(({ number, removed }) => [number, removed.kind, Object.values(removed).at(-1)])).toEqual([
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

test.each<[Removed, PolicyStatement[]]>([
  [{ kind: 'statement' }, [log]],
  [{ kind: 'action', action: 'dynamodb:Query' }, [log, { ...lend, Action: ['dynamodb:GetItem'] }]],
  [{ kind: 'resource', resource: loans }, [log, { ...lend, Resource: [`${loans}/index/*`] }]],
  [
    value('FINE#*'),
    [log, { ...lend, Condition: { ...lend.Condition, 'ForAllValues:StringLike': { [keys]: ['LOAN#*'] } } }],
  ],
])('removing %j leaves the rest unchanged', (removed, Statement) => {
  expect(without(part(removed))).toEqual({ Version: '2012-10-17', Statement })
})

test.each<[Removed, boolean]>([
  [{ kind: 'statement' }, true],
  [{ kind: 'action', action: 'dynamodb:Query' }, true],
  [{ kind: 'action', action: 'dynamodb:GetItem' }, false],
  [{ kind: 'resource', resource: `${loans}/index/*` }, true],
  [{ kind: 'resource', resource: loans }, false],
  [value('LOAN#*'), true],
  [value('FINE#*'), false],
])('%j affects a query of an index: %s', (removed, expected) => {
  const request = {
    action: 'dynamodb:Query',
    resource: `${loans}/index/byDate`,
    context: { 'dynamodb:leadingkeys': ['LOAN#1'] },
  }
  expect(matters(part(removed), request)).toBe(expected)
})

test('a part is described by its policy’s role or resource and the removed element', () => {
  expect(describePart(part({ kind: 'action', action: 'dynamodb:Query' }))).toBe(
    'role/lender, statement 2: dynamodb:Query of “Allow dynamodb:GetItem, dynamodb:Query”',
  )
})
