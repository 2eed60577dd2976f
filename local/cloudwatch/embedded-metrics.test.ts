import { takeEmbeddedMetrics } from './embedded-metrics.ts'

function taken(document: unknown) {
  const found: unknown[] = []
  takeEmbeddedMetrics(typeof document === 'string' ? document : JSON.stringify(document), {
    series: (metric, unit, highResolution) => ({
      add: (value, _count, timeMs) => found.push({ ...metric, unit, highResolution, value, timeMs }),
    }),
  })
  return found
}

const embedded = (directive: object, members: object = {}) => ({
  _aws: {
    Timestamp: 1_767_225_600_000,
    CloudWatchMetrics: [
      { Namespace: 'Mill', Dimensions: [['service']], Metrics: [{ Name: 'Flour', Unit: 'Kilobytes' }], ...directive },
    ],
  },
  service: 'grinding',
  Flour: 12,
  ...members,
})

test('a line in the embedded metric format is a value of each metric for each set of dimensions', () => {
  const metric = {
    namespace: 'Mill',
    name: 'Flour',
    unit: 'Kilobytes',
    timeMs: 1_767_225_600_000,
    highResolution: false,
  }
  expect(taken(embedded({ Dimensions: [['service'], []] }))).toEqual([
    { ...metric, dimensions: { service: 'grinding' }, value: 12 },
    { ...metric, dimensions: {}, value: 12 },
  ])
  expect(taken(embedded({}, { Flour: [1, 2] })).map((each: any) => each.value)).toEqual([1, 2])
})

test.each([
  ['another line', 'the miller sleeps'],
  ['a line that only looks like it', '{"CloudWatchMetrics": '],
  ['no time', { ...embedded({}), _aws: { CloudWatchMetrics: [] } }],
  ['a dimension without a value', embedded({ Dimensions: [['wheel']] })],
  ['a metric without a value', embedded({ Metrics: [{ Name: 'Bran' }] })],
  ['a text for a value', embedded({}, { Flour: 'much' })],
  ['more values than a line may list', embedded({}, { Flour: Array.from({ length: 101 }, () => 1) })],
  ['no dimensions at all', embedded({ Dimensions: undefined })],
])('%s is a line and no metric', (_, document) => {
  expect(taken(document)).toEqual([])
})
