import { ArnFormat, Stack } from 'aws-cdk-lib'
import type { IHttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { Alarm, AlarmStatusWidget, Dashboard, MathExpression, Metric, type IWidget } from 'aws-cdk-lib/aws-cloudwatch'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'
import { logGroupOf } from '#shared/lambda/lambda-names.ts'
import { ownMetric } from '../constructs/own-metric.ts'
import type { StackResources } from '../constructs/stage-stack.ts'
import type { Stage } from '../stages.ts'
import { graph, linesOf, period, row, sumOf } from './graph.ts'

export interface StageDashboardProps {
  readonly stage: Stage
  /** Of all stacks, in the order of the lines. */
  readonly resources: readonly StackResources[]
  readonly httpApi: IHttpApi
  readonly table: ITableV2
}

const indexes = ['GSI1', 'GSI2'] as const

/** "The array can have 1-100 ARNs" (CloudWatch API reference, Dashboard body structure, alarms of an alarm widget). */
const maxAlarmsOfWidget = 100

/**
 * The dashboard of a stage: what customers notice, then the services' own metrics, then queues, functions, the table and
 * what causes cost.
 */
export class StageDashboard extends Construct {
  private readonly stage: Stage
  private readonly resources: readonly StackResources[]

  constructor(scope: Construct, { stage, resources, httpApi, table }: StageDashboardProps) {
    super(scope, 'dashboard')
    this.stage = stage
    this.resources = resources
    new Dashboard(this, 'dashboard', {
      dashboardName: stage.prefix,
      widgets: [
        this.alarms(),
        this.customers(httpApi),
        this.errorBudget(httpApi),
        ...this.services(),
        this.queues(),
        this.functions(),
        this.table(table.tableName),
        this.costs(httpApi, table.tableName),
      ],
    })
  }

  private alarms(): IWidget[] {
    const alarms = this.all('alarms').map((name) => Alarm.fromAlarmArn(this, name, this.alarmArn(name)))
    const widgetCount = Math.ceil(alarms.length / maxAlarmsOfWidget)
    const size = Math.ceil(alarms.length / widgetCount)
    const parts = Array.from({ length: widgetCount }, (_, index) => alarms.slice(index * size, (index + 1) * size))
    return row(...parts.map((part) => (width: number) => new AlarmStatusWidget({ alarms: part, width, height: 8 })))
  }

  /** What all stacks report under a name. */
  private all<Key extends keyof StackResources>(key: Key): StackResources[Key][number][] {
    return this.resources.flatMap((stack): StackResources[Key][number][] => stack[key])
  }

  private alarmArn(name: string): string {
    const format = { service: 'cloudwatch', resource: 'alarm', resourceName: name }
    return Stack.of(this).formatArn({ ...format, arnFormat: ArnFormat.COLON_RESOURCE_NAME })
  }

  private customers(api: IHttpApi): IWidget[] {
    const latency = (percentile: string) => api.metricLatency({ statistic: percentile, period, label: percentile })
    const count = { statistic: 'Sum', period }
    return row(
      graph('Traffic', [
        api.metricCount({ ...count, label: 'requests' }),
        api.metricClientError({ ...count, label: 'rejected (4xx)' }),
      ]),
      graph('Latency', ['p50', 'p95', 'p99'].map(latency), { unit: 'ms' }),
      graph('Errors', [api.metricServerError({ ...count, label: 'failed (5xx)' })]),
    )
  }

  private errorBudget(api: IHttpApi): IWidget[] {
    const { availabilityObjective } = this.stage
    const usingMetrics = {
      requests: api.metricCount({ statistic: 'Sum', period }),
      errors: api.metricServerError({ statistic: 'Sum', period }),
    }
    const budget = Number((1 - availabilityObjective).toPrecision(6))
    const expression = `FILL(errors, 0) / requests / ${budget}`
    const burn = new MathExpression({ expression, usingMetrics, period, label: 'burn rate' })
    const availability = new MathExpression({
      expression: '100 * (1 - FILL(errors, 0) / requests)',
      usingMetrics,
      period,
      label: '% available',
    })
    return row(
      graph('Burn of the error budget', [burn], {
        unit: 'times',
        annotations: [
          { value: 14.4, label: 'alarm within one hour' },
          { value: 6, label: 'alarm within six hours' },
        ],
      }),
      graph(`Availability (objective ${Number((availabilityObjective * 100).toPrecision(6))} %)`, [availability]),
    )
  }

  /** The services' own graphs, in rows of three. */
  private services(): IWidget[][] {
    const graphs = this.all('graphs')
    const rows = Array.from({ length: Math.ceil(graphs.length / 3) }, (_, index) => 3 * index)
    return rows.map((start) => row(...graphs.slice(start, start + 3)))
  }

  private queues(): IWidget[] {
    const queues = this.all('queues')
    const age = this.ofQueues('ApproximateAgeOfOldestMessage', queues)
    const depth = this.ofQueues('ApproximateNumberOfMessagesVisible', queues)
    const dead = this.ofQueues('ApproximateNumberOfMessagesVisible', this.all('deadLetterQueues'))
    const relay = this.ofFunctions('IteratorAge', 'Maximum', [`${this.stage.prefix}-event-relay-relay`])
    const stored = ownMetric({
      stage: this.stage,
      service: 'event-relay',
      name: 'RecordsStored',
      period,
      label: 'records that can never be published',
    })
    return row(
      graph('Oldest message of each queue', age, { unit: 's' }),
      graph('Messages in queues', depth),
      graph('Dead-letter queues and unpublished records', [...dead, stored], {
        annotations: [{ value: 1, label: 'alarm' }],
      }),
      graph('Age of the relay', relay, { unit: 'ms', annotations: [{ value: 120_000, label: 'alarm' }] }),
    )
  }

  private functions(): IWidget[] {
    return row(
      graph('Errors of functions', this.ofFunctions('Errors', 'Sum')),
      graph('Throttles of functions', this.ofFunctions('Throttles', 'Sum')),
      graph('Duration of functions, p95', this.ofFunctions('Duration', 'p95'), { unit: 'ms' }),
    )
  }

  private table(TableName: string): IWidget[] {
    const of = (metricName: string, label: string, more: Record<string, string> = {}) =>
      new Metric({
        namespace: 'AWS/DynamoDB',
        metricName,
        dimensionsMap: { TableName, ...more },
        statistic: 'Sum',
        period,
        label,
      })
    const withIndexes = (metric: string, label: string) => [
      of(metric, label),
      ...indexes.map((index) => of(metric, `${label}, ${index}`, { GlobalSecondaryIndexName: index })),
    ]
    return row(
      graph('Units read and written', [
        ...withIndexes('ConsumedReadCapacityUnits', 'read'),
        ...withIndexes('ConsumedWriteCapacityUnits', 'written'),
      ]),
      graph('Throttles of the table', [
        ...withIndexes('ReadThrottleEvents', 'reads'),
        ...withIndexes('WriteThrottleEvents', 'writes'),
      ]),
    )
  }

  /** What AWS charges by count. Prices change; a bill can be checked against the counts. */
  private costs(api: IHttpApi, TableName: string): IWidget[] {
    const logged = this.all('functions').map(
      (name) =>
        new Metric({
          namespace: 'AWS/Logs',
          metricName: 'IncomingBytes',
          dimensionsMap: { LogGroupName: logGroupOf(name) },
          statistic: 'Sum',
          period,
        }),
    )
    const units = ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'].map(
      (metricName) =>
        new Metric({ namespace: 'AWS/DynamoDB', metricName, dimensionsMap: { TableName }, statistic: 'Sum', period }),
    )
    return row(
      graph('Charged by count', [
        api.metricCount({ statistic: 'Sum', period, label: 'API requests' }),
        sumOf('function invocations', this.ofFunctions('Invocations', 'Sum')),
        sumOf(
          'messages sent',
          this.ofQueues('NumberOfMessagesSent', [...this.all('queues'), ...this.all('deadLetterQueues')], 'Sum'),
        ),
        sumOf('units of the table', units),
        ownMetric({
          stage: this.stage,
          service: 'event-relay',
          name: 'EventsPublished',
          period,
          label: 'events',
        }),
      ]),
      graph('Duration of all functions', [sumOf('all functions', this.ofFunctions('Duration', 'Sum'))], { unit: 'ms' }),
      graph('Logs written', [sumOf('all functions', logged)], { unit: 'bytes' }),
    )
  }

  private ofFunctions(metric: string, statistic: string, names = this.all('functions')): Metric[] {
    const { prefix } = this.stage
    return linesOf({ namespace: 'AWS/Lambda', metric, statistic, dimension: 'FunctionName', names, prefix })
  }

  private ofQueues(metric: string, names: readonly string[], statistic = 'Maximum'): Metric[] {
    const { prefix } = this.stage
    return linesOf({ namespace: 'AWS/SQS', metric, statistic, dimension: 'QueueName', names, prefix })
  }
}
