import { isDeploymentOfWeb, synthesize } from './synthesized.ts'
import { writtenMetrics } from './written-metrics.ts'
import { applicationId, metricsNamespace } from '#shared/application.ts'

const dev = await synthesize()
const [dashboard, ...others] = dev.ofType('AWS::CloudWatch::Dashboard')
const text = dashboard!.properties.DashboardBody['Fn::Join'][1]
  .map((part: unknown) => (typeof part === 'string' ? part : '<value>'))
  .join('')
const widgets: any[] = JSON.parse(text).widgets

/** Every series of every graph: namespace, metric, then dimensions as name and value. */
const series: unknown[][] = widgets
  .flatMap(({ properties }) => properties.metrics ?? [])
  .filter(([first]) => typeof first === 'string')

const shown = (metric: string, dimension: string): string[] =>
  series.filter(([, name, of]) => name === metric && of === dimension).map(([, , , value]) => String(value))

const alarmLists: string[][] = widgets.filter(({ type }) => type === 'alarm').map(({ properties }) => properties.alarms)

const namesOf = (type: string, key: string): string[] =>
  dev
    .ofType(type)
    .filter((each) => !isDeploymentOfWeb(each))
    .map(({ properties }) => properties[key])

test('each stage has one dashboard, named after it', () => {
  expect(others).toEqual([])
  expect(dashboard!.properties.DashboardName).toBe(`${applicationId}-dev`)
})

test.each(['Errors', 'Throttles', 'Duration', 'Invocations'])('shows %s of every function', (metric) => {
  const functions = namesOf('AWS::Lambda::Function', 'FunctionName')
  expect(new Set(shown(metric, 'FunctionName'))).toEqual(new Set(functions))
})

test('shows the depth of every queue, and the message age of every queue with a consumer', () => {
  const queues = namesOf('AWS::SQS::Queue', 'QueueName')
  expect(shown('ApproximateNumberOfMessagesVisible', 'QueueName').toSorted()).toEqual(queues.toSorted())
  const workedOff = queues.filter((name) => !name.endsWith('-dlq'))
  expect(shown('ApproximateAgeOfOldestMessage', 'QueueName').toSorted()).toEqual(workedOff.toSorted())
})

test('shows the state of every alarm that sends a notification', () => {
  const alarms = [
    ...namesOf('AWS::CloudWatch::Alarm', 'AlarmName'),
    ...namesOf('AWS::CloudWatch::CompositeAlarm', 'AlarmName'),
  ].filter((name) => name.startsWith(`${applicationId}-dev-`))
  const named = alarmLists.flat().map((arn: string) => arn.split(':alarm:')[1])
  expect(named.toSorted()).toEqual(alarms.toSorted())
})

test('shows every metric that functions write, and no others', () => {
  const own = series.filter(([namespace]) => namespace === metricsNamespace)
  const shownHere = own.map(([, name, ...dimensions]) => `${dimensions[dimensions.indexOf('service') + 1]} ${name}`)
  // BytesSaved does not indicate the health of the shop.
  const expected = [...writtenMetrics].filter((metric) => metric !== 'thumbnails BytesSaved')
  expect([...new Set(shownHere)].toSorted()).toEqual(expected.toSorted())
  for (const dimensions of own) expect(dimensions.join(' ')).toContain('stage dev')
})

test('imports only the API and the table from other stacks', () => {
  const imports = dashboard!.properties.DashboardBody['Fn::Join'][1].flatMap(
    (part: any) => part['Fn::ImportValue']?.split(':')[0] ?? [],
  )
  expect([...new Set(imports)].toSorted()).toEqual([`${applicationId}-dev-api`, `${applicationId}-dev-data`])
})

test("fits its grid and CloudWatch's limits", () => {
  for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24)
  for (const { properties } of widgets) expect(properties.metrics?.length ?? 0).toBeLessThanOrEqual(500)
  expect(series.length).toBeLessThanOrEqual(2500)
  for (const alarms of alarmLists) expect(alarms.length).toBeLessThanOrEqual(100)
  const expressions: string[] = widgets.flatMap(({ properties }) =>
    (properties.metrics ?? []).flatMap(([first]: any[]) => first.expression ?? []),
  )
  expect(expressions.length).toBeGreaterThan(0)
  // Half of the 2,048 characters are left for services to come.
  for (const expression of expressions) expect(expression.length).toBeLessThanOrEqual(1024)
})
