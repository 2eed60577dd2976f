import { parseAlarmRule, type AlarmState } from './alarm-evaluation.ts'
import { MetricStore } from './metric.ts'
import { readQuery } from './metric-query.ts'
import { ManualClock } from '../clock.ts'
import { State } from '../state/state.ts'

const none = undefined
const values = { errors: [1, none, 4, 0], requests: [10, 20, none, 0], m1: [2, 4, 6, 8] }

function calculated(source: string) {
  const clock = new ManualClock()
  const startMs = clock.now()
  const store = new MetricStore({ state: new State(':memory:'), clock })
  const metrics = Object.entries(values).map(([name, points]) => {
    for (const [minute, value] of points.entries()) {
      if (value === undefined) continue
      store.add({ namespace: 'Mill', name, dimensions: {} }, value, startMs + minute * 60_000)
    }
    const MetricStat = { Metric: { Namespace: 'Mill', MetricName: name }, Period: '60', Stat: 'Sum' }
    return { Id: name, ReturnData: 'false', MetricStat }
  })
  const twice = { Id: 'twice', ReturnData: false, Expression: '2 * m1' }
  const query = readQuery([{ Id: 'result', Expression: source }, ...metrics, twice])
  return query.points(store, { startMs, periods: 4 })
}

test.each<[string, unknown]>([
  ['m1 + 1', [3, 5, 7, 9]],
  ['2 * m1 - m1 / 2', [3, 6, 9, 12]],
  ['m1 - 2 - (3 - 1)', [-2, 0, 2, 4]],
  ['twice + 0.5', [4.5, 8.5, 12.5, 16.5]],
  // A missing or non-finite operand or result leaves the period without a value.
  ['errors / requests', [0.1, none, none, none]],
  ['100*(errors/FILL(requests, 10))', [10, none, 40, none]],
  ['FILL(errors, m1)', [1, 4, 4, 0]],
  ['m1 > 4', [0, 0, 1, 1]],
  ['m1 >= 4 AND m1 < 8', [0, 1, 1, 0]],
  ['m1 == 2 OR m1 == 8 AND m1 != 8', [1, 0, 0, 0]],
  ['IF(m1 > 4, m1, 0)', [0, 0, 6, 8]],
  ['IF(requests > 15, errors, 7)', [7, none, none, 7]],
])('evaluates %s', (source, expected) => {
  expect(calculated(source)).toEqual(expected)
})

test.each(['m1 +', '(m1', 'm1 m1', 'FILL(m1', 'm1 ? 1', '[m1]', '', 'constructor(m1)', '"x" + m1', 'FILL(m1)'])(
  'the expression %j is rejected',
  (source) => {
    expect(() => calculated(source)).toThrow()
  },
)

const states: Record<string, AlarmState> = { fire: 'ALARM', flood: 'OK', 'the cat': 'INSUFFICIENT_DATA' }

test.each([
  ['ALARM("fire")', true],
  ['ALARM("flood")', false],
  ['OK("flood") AND ALARM("fire")', true],
  ['INSUFFICIENT_DATA("the cat")', true],
  ['ALARM("arn:aws:cloudwatch:us-east-1:000000000000:alarm:fire")', true],
  ['NOT ALARM("fire")', false],
  ['NOT (ALARM("flood") OR OK("fire"))', true],
  ['OK("fire") AND ALARM("flood") OR ALARM("fire")', true],
])('evaluates the rule %s', (text, expected) => {
  expect(parseAlarmRule(text).holds((name) => states[name]!)).toBe(expected)
})

test('a rule has each of its alarms once', () => {
  expect(parseAlarmRule('(ALARM("a") OR OK("a")) AND NOT ALARM("b")').alarms).toEqual(['a', 'b'])
})

test.each([
  '',
  'ALARM("a") OK("b")',
  '(ALARM("a")',
  'ALARM("a") AND',
  'BURNING("a")',
  'ALARM("a", "b")',
  'TRUE',
  'NOT 1',
])('the rule %j is rejected', (text) => {
  expect(() => parseAlarmRule(text)).toThrow(/cannot be read|not emulated/)
})
