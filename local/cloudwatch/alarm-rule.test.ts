import { alarmsOf, holds, parseAlarmRule } from './alarm-rule.ts'
import type { AlarmState } from './judgement.ts'

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
])('%s', (text, expected) => {
  expect(holds(parseAlarmRule(text), (name) => states[name]!)).toBe(expected)
})

test('the alarms of a rule', () => {
  expect(alarmsOf(parseAlarmRule('(ALARM("a") OR OK(a)) AND NOT ALARM(b)'))).toEqual(['a', 'b'])
})

test.each(['', 'ALARM(a) OK(b)', '(ALARM(a)', 'ALARM(a) AND', 'BURNING(a)', 'ALARM()'])('%j is refused', (text) => {
  expect(() => parseAlarmRule(text)).toThrow('alarm rule')
})
