import { readEmbeddedMetrics } from './metric.ts'

function metricsOf(document: unknown) {
  const found: unknown[] = []
  readEmbeddedMetrics(typeof document === 'string' ? document : JSON.stringify(document), {
    add: (metric, value, timeMs) => found.push({ ...metric, value, timeMs }),
  })
  return found
}

const embedded = (directive: object, members: object = {}) => ({
  _aws: {
    Timestamp: 1_767_225_600_000,
    CloudWatchMetrics: [{ Namespace: 'Mill', Dimensions: [['service']], Metrics: [{ Name: 'Flour' }], ...directive }],
  },
  service: 'grinding',
  Flour: 12,
  ...members,
})

test('a line in the embedded metric format publishes a value of each metric for each set of dimensions', () => {
  const metric = {
    namespace: 'Mill',
    name: 'Flour',
    timeMs: 1_767_225_600_000,
  }
  expect(metricsOf(embedded({ Dimensions: [['service'], []] }))).toEqual([
    { ...metric, dimensions: { service: 'grinding' }, value: 12 },
    { ...metric, dimensions: {}, value: 12 },
  ])
  expect(metricsOf(embedded({}, { Flour: [1, 2] })).map((each: any) => each.value)).toEqual([1, 2])
})

test('a dimension may have any name', () => {
  const named = JSON.stringify(embedded({ Dimensions: [['__proto__']] })).replace('{', '{"__proto__":"rye",')
  expect(metricsOf(named).map((each: any) => Object.entries(each.dimensions))).toEqual([[['__proto__', 'rye']]])
})

test.each([
  ['another line', 'no metric here'],
  ['a line with invalid JSON', '{"CloudWatchMetrics": '],
  ['no timestamp', { ...embedded({}), _aws: { CloudWatchMetrics: [] } }],
  ['a dimension without a value', embedded({ Dimensions: [['wheel']] })],
  ['a metric without a value', embedded({ Metrics: [{ Name: 'Bran' }] })],
  ['a string value', embedded({}, { Flour: 'much' })],
  ['no dimension sets', embedded({ Dimensions: undefined })],
])('a log line publishes no metric: %s', (_, document) => {
  expect(metricsOf(document)).toEqual([])
})
