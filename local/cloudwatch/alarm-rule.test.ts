import { alarmsOf, holds, parseAlarmRule } from './alarm-rule.ts'
import type { AlarmState } from './alarm-evaluation.ts'

const states: Record<string, AlarmState> = { fire: 'ALARM', flood: 'OK', 'the cat': 'INSUFFICIENT_DATA' }

test.each([
  ['ALARM(fire)', true],
  ['ALARM("flood")', false],
  ["OK('flood') AND ALARM(fire)", true],
  ['INSUFFICIENT_DATA("the cat")', true],
  ['ALARM(arn:aws:cloudwatch:us-east-1:000000000000:alarm:fire)', true],
  ['NOT ALARM(fire)', false],
  ['NOT (ALARM(flood) OR FALSE)', true],
  ['ALARM(flood) AND FALSE OR TRUE', true],
  ['ALARM(flood) AND (FALSE OR TRUE)', false],
  ['ALARM(fire) and not ok(fire)', true],
])('evaluates the rule %s', (text, expected) => {
  expect(holds(parseAlarmRule(text), (name) => states[name]!)).toBe(expected)
})

test('alarmsOf returns each alarm of a rule once', () => {
  expect(alarmsOf(parseAlarmRule('(ALARM("a") OR OK(a)) AND NOT ALARM(b)'))).toEqual(['a', 'b'])
})

test.each(['', 'ALARM(a) OK(b)', '(ALARM(a)', 'ALARM(a) AND', 'BURNING(a)', 'ALARM()'])(
  'the invalid rule %j is rejected',
  (text) => {
    expect(() => parseAlarmRule(text)).toThrow('alarm rule')
  },
)
