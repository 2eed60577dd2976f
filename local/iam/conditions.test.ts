import { compileConditions, type ConditionBlock } from './conditions.ts'

type Keys = Record<string, string[]>

const holds = (block: ConditionBlock, keys: Keys) =>
  compileConditions(block, { variables: true })((key) => keys[key]) === undefined

/** operator, value(s) in the policy, value(s) in the request (undefined: the key is absent), expected result */
const cases: [string, unknown, string[] | undefined, boolean][] = [
  ['StringEquals', 'a', ['a'], true],
  ['StringEquals', 'a', ['A'], false],
  ['StringEquals', ['a', 'b'], ['b'], true],
  ['StringEquals', 'a*', ['ab'], false],
  ['StringEquals', 'a*', ['a*'], true],
  ['StringEquals', 'a', undefined, false],
  ['StringEquals', '${aws:user}', ['ada'], true],
  ['StringEquals', '${aws:absent}', [''], false],
  ['StringEquals', "${aws:absent, 'guest'}", ['guest'], true],
  ['StringEquals', '${$}{x}', ['${x}'], true],
  ['StringNotEquals', 'a', ['b'], true],
  ['StringNotEquals', 'a', ['a'], false],
  ['StringNotEquals', ['a', 'b'], ['b'], false],
  ['StringNotEquals', 'a', undefined, true],
  ['StringLike', 'LOAN#*', ['LOAN#7'], true],
  ['StringLike', 'LOAN#?', ['LOAN#77'], false],
  ['StringLike', 'LOAN#*', ['xLOAN#7'], false],
  ['StringLike', 'a.c', ['abc'], false],
  ['StringLike', '${aws:user}/*', ['ada/x'], true],
  ['StringLike', 'a${*}', ['a*'], true],
  ['StringLike', 'a${*}', ['ab'], false],
  ['StringLike', '*', ['a\nb'], true],
  ['StringLike', 'a', undefined, false],
  ['StringNotLike', 'LOAN#*', ['LOAN#7'], false],
  ['StringNotLike', 'LOAN#*', undefined, true],
  ['NumericEquals', '10', ['10.0'], true],
  ['NumericEquals', 10, ['10'], true],
  ['NumericEquals', '10', ['x'], false],
  ['NumericNotEquals', '10', ['11'], true],
  ['NumericLessThan', '10', ['9'], true],
  ['NumericLessThan', '10', ['10'], false],
  ['NumericLessThanEquals', '10', ['10'], true],
  ['NumericGreaterThan', '9', ['10'], true],
  ['NumericGreaterThanEquals', '10', ['9'], false],
  ['NumericLessThan', '10', undefined, false],
  ['DateEquals', '2026-01-01T00:00:00Z', ['1767225600'], true],
  ['DateNotEquals', '2026-01-01T00:00:00Z', ['2026-01-01T00:00:00.000Z'], false],
  ['DateLessThan', '2026-01-02T00:00:00Z', ['2026-01-01T00:00:00Z'], true],
  ['DateLessThanEquals', '2026-01-01', ['2026-01-01T00:00:00Z'], true],
  ['DateGreaterThan', '2026-01-01T00:00:00Z', ['2026-01-01T00:00:00Z'], false],
  ['DateGreaterThanEquals', '2026-01-01T00:00:00Z', ['2026-01-01T00:00:00Z'], true],
  ['Bool', 'false', ['False'], true],
  ['Bool', false, ['false'], true],
  ['Bool', 'true', ['false'], false],
  ['Bool', 'false', undefined, false],
  ['ArnEquals', 'arn:aws:sqs:*:*:loans', ['arn:aws:sqs:us-east-1:1:loans'], true],
  ['ArnLike', 'arn:aws:events:us-east-1:1:rule/*', ['arn:aws:events:us-east-1:1:rule/bus/loan'], true],
  ['ArnLike', 'arn:aws:sqs:us-east-1:*loans', ['arn:aws:sqs:us-east-1:1:loans'], false],
  ['ArnLike', 'arn:aws:sqs:*', ['arn:aws:sqs:us-east-1:1:loans'], true],
  ['ArnLike', 'arn:aws:sqs:*', undefined, false],
  ['ArnNotEquals', 'arn:aws:sqs:*:*:loans', ['arn:aws:sqs:us-east-1:1:loans'], false],
  ['ArnNotLike', 'arn:aws:sqs:*:*:loans', ['arn:aws:sqs:us-east-1:1:fines'], true],
  ['Null', 'true', undefined, true],
  ['Null', 'true', ['x'], false],
  ['Null', 'false', ['x'], true],
  ['Null', 'false', undefined, false],
  ['Null', true, [], true],

  ['StringEqualsIfExists', 'a', undefined, true],
  ['StringEqualsIfExists', 'a', ['b'], false],
  ['NumericLessThanIfExists', '3', undefined, true],
  ['BoolIfExists', 'true', undefined, true],
  ['BoolIfExists', 'true', ['false'], false],
  ['ArnLikeIfExists', 'arn:aws:sqs:*', undefined, true],

  // Several values match no operator without a set operator.
  ['StringEquals', 'a', ['b', 'a'], false],
  ['StringLike', 'LOAN#*', ['LOAN#1', 'FINE#2'], false],
  ['StringLike', 'LOAN#*', ['LOAN#1', 'LOAN#2'], false],
  ['StringEqualsIfExists', 'a', ['a', 'a'], false],
  ['StringNotEquals', 'a', ['b', 'c'], false],
  ['NumericLessThan', '10', ['1', '2'], false],

  // An empty value of a policy variable counts as no value.
  ['StringLike', '${aws:empty}*', ['x'], false],
  ['StringEquals', '${aws:empty}', [''], false],
  ['StringEquals', "${aws:empty, 'guest'}", ['guest'], true],
  ['ArnLike', 'arn:aws:sqs:*:*:${aws:empty}*', ['arn:aws:sqs:us-east-1:1:loans'], false],

  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b', 'a'], true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
  ['ForAllValues:StringEquals', 'a', undefined, true],
  ['ForAllValues:StringEquals', 'a', [], true],
  ['ForAllValues:StringLike', ['LOAN#*'], ['LOAN#1', 'LOAN#2'], true],
  ['ForAllValues:StringLike', ['LOAN#*'], ['LOAN#1', 'FINE#2'], false],
  ['ForAllValues:StringNotEquals', ['a'], ['b', 'c'], true],
  ['ForAllValues:StringNotEquals', ['a'], ['b', 'a'], false],
  ['ForAllValues:StringNotEquals', ['a'], undefined, true],
  ['ForAllValues:StringEqualsIfExists', 'a', undefined, true],
  ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'b'], true],
  ['ForAnyValue:StringEquals', ['a', 'b'], ['c'], false],
  ['ForAnyValue:StringEquals', 'a', undefined, false],
  ['ForAnyValue:StringNotEquals', 'a', ['a', 'b'], true],
  ['ForAnyValue:StringNotEquals', 'a', ['a'], false],
  ['ForAnyValue:StringNotEquals', 'a', undefined, false],
  ['ForAnyValue:StringEqualsIfExists', 'a', undefined, false],
  ['ForAnyValue:StringEqualsIfExists', 'a', ['a'], true],
  ['ForAllValues:StringEquals', 'a', [''], true],
  ['ForAllValues:StringEquals', 'a', ['', 'b'], false],
  ['ForAnyValue:StringEquals', '', [''], false],
]

test.each(cases)('%s %j evaluates for %j to %s', (operator, expected, actual, result) => {
  const keys: Keys = { 'aws:user': ['ada'], 'aws:empty': [''], ...(actual && { 'svc:key': actual }) }
  expect(holds({ [operator]: { 'svc:Key': expected } }, keys)).toBe(result)
})

test('all operators and all keys must match', () => {
  const block = { StringEquals: { a: '1', b: '2' }, Bool: { c: 'true' } }
  expect(holds(block, { a: ['1'], b: ['2'], c: ['true'] })).toBe(true)
  expect(holds(block, { a: ['1'], b: ['3'], c: ['true'] })).toBe(false)
  expect(holds(block, { a: ['1'], b: ['2'], c: ['false'] })).toBe(false)
})

test('a policy variable is plain text before version 2012-10-17', () => {
  const condition = compileConditions({ StringEquals: { k: '${aws:user}' } }, { variables: false })
  expect(condition((key) => ({ k: ['${aws:user}'], 'aws:user': ['ada'] })[key])).toBeUndefined()
})

test.each([
  [{ StringMatches: { k: 'a' } }, 'StringMatches'],
  [{ constructor: { k: 'a' } }, 'constructor'],
  [{ 'ForAllValues:Null': { k: 'true' } }, 'ForAllValues:Null'],
  [{ NumericEquals: { k: 'ten' } }, 'ten'],
  [{ IpAddress: { k: '10.0.0.0/8' } }, 'IpAddress'],
  [{ NumericNotLessThan: { k: '1' } }, 'NumericNotLessThan'],
  [{ Not: { k: '1' } }, 'Not'],
  [{ Null: { k: 'maybe' } }, 'maybe'],
])('%j is rejected with an error that names the invalid part', (block, name) => {
  expect(() => compileConditions(block as unknown as ConditionBlock, { variables: true })).toThrow(name)
})
