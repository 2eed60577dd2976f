import { evaluate, errorIn, unknownFunctions } from './evaluate.ts'
import { parseExpression } from './parse.ts'
import type { Points } from './value.ts'

const none = undefined
const metrics = new Map<string, Points>([
  ['errors', [1, none, 4, 0]],
  ['requests', [10, 20, none, 0]],
  ['m1', [2, 4, 6, 8]],
])

function calculated(source: string) {
  const value = evaluate(parseExpression(source), {
    metrics,
    periods: 4,
    periodSeconds: 60,
    expression: (id) => {
      throw new Error(`no query has the id ${id}`)
    },
  })
  return value.kind === 'scalar' ? value.value : value.kind === 'series' ? value.points : value
}

test.each<[string, unknown]>([
  ['m1 + 1', [3, 5, 7, 9]],
  ['2 * m1 - m1 / 2', [3, 6, 9, 12]],
  ['-(m1 - 1) ^ 2', [1, 9, 25, 49]],
  ['1 - 2 - 3', -4],
  // A missing or non-finite operand or result leaves the period without a value.
  ['errors / requests', [0.1, none, none, none]],
  ['100*(errors/FILL(requests, 10))', [10, none, 40, none]],
  ['FILL(errors, 0)', [1, 0, 4, 0]],
  ['FILL(errors, m1)', [1, 4, 4, 0]],
  ['FILL(errors, REPEAT)', [1, 1, 4, 0]],
  ['m1 > 4', [0, 0, 1, 1]],
  ['m1 >= 4 AND m1 < 8', [0, 1, 1, 0]],
  ['m1 == 2 || m1 == 8', [1, 0, 0, 1]],
  ['IF(m1 > 4, m1, 0)', [0, 0, 6, 8]],
  ['IF(requests > 15, errors)', [none, none, none, none]],
  ['IF(requests >= 10, m1)', [2, 4, none, none]],
  ['IF(1, m1, 0)', [2, 4, 6, 8]],
  ['SUM([errors, m1])', [3, 4, 10, 8]],
  ['MAX([errors, requests])', [10, 20, 4, 0]],
  ['SUM(METRICS())', [13, 24, 10, 8]],
  ['AVG(METRICS("m"))', [2, 4, 6, 8]],
  ['SUM(METRICS() * 2)', [26, 48, 20, 16]],
  ['SUM(errors)', 5],
  ['AVG(m1)', 5],
  ['MIN(m1)', 2],
  ['RATE(m1)', [none, 2 / 60, 2 / 60, 2 / 60]],
  ['DIFF(errors)', [none, none, none, -4]],
  ['SUM(errors) / PERIOD(errors)', 5 / 60],
  ['TIME_SERIES(7)', [7, 7, 7, 7]],
  ['ABS(-1.5e1) + CEIL(0.2) + FLOOR(0.8)', 16],
])('evaluates %s', (source, expected) => {
  expect(calculated(source)).toEqual(expected)
})

test.each(['m1 +', '(m1', 'm1 m1', 'SUM(m1', 'm1 ? 1', '[m1', ''])(
  'the invalid expression %j is rejected',
  (source) => {
    expect(() => parseExpression(source)).toThrow('The expression')
  },
)

test('functions that are not emulated, unknown ids and wrong argument counts are reported', () => {
  expect(unknownFunctions(parseExpression('ANOMALY_DETECTION_BAND(m1) + SUM(SEARCH("x"))'))).toEqual([
    'ANOMALY_DETECTION_BAND',
    'SEARCH',
  ])
  const ids = new Set(['m1'])
  expect(errorIn(parseExpression('m1 / m2'), ids)).toBe('no query has the id m2')
  expect(errorIn(parseExpression('FILL(m1)'), ids)).toBe('FILL has 1 argument(s)')
  expect(errorIn(parseExpression('FILL(m1, REPEAT)'), ids)).toBeUndefined()
  expect(errorIn(parseExpression('constructor(m1)'), ids)).toBeUndefined()
})

test('an operand of the wrong type is an error', () => {
  expect(() => calculated('RATE(1)')).toThrow('A metric is expected, not a scalar.')
  expect(() => calculated('"x" + 1')).toThrow('not the string "x"')
})
