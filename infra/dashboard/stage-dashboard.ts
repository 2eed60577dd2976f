import { ArnFormat, Stack } from 'aws-cdk-lib'
import type { IHttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { Alarm, AlarmStatusWidget, Dashboard, MathExpression, Metric, type IWidget } from 'aws-cdk-lib/aws-cloudwatch'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'
import { ownMetric } from '../constructs/own-metric.ts'
import type { ServiceName } from '../grants.ts'
import type { Stage } from '../stages.ts'
import { graph, linesOf, period, row, sumOf } from './graph.ts'
import { namedResources, type NamedResources } from './named-resources.ts'

export interface StageDashboardProps {
  readonly stage: Stage
  readonly httpApi: IHttpApi
  readonly table: ITableV2
}

const indexes = ['GSI1', 'GSI2'] as const

/**
 * One page that says how a stage does: what customers notice first, then what became of orders, then where the work
 * waits, then what it runs on and what it costs. It shows whatever stands in the app when it is made.
 */
export class StageDashboard extends Construct {
  private readonly stage: Stage
  private readonly named: NamedResources

  constructor(scope: Construct, { stage, httpApi, table }: StageDashboardProps) {
    super(scope, 'dashboard')
    this.stage = stage
    this.named = namedResources(this.node.root)
    new Dashboard(this, 'dashboard', {
      dashboardName: stage.prefix,
      widgets: [
        [this.alarms()],
        this.customers(httpApi),
        this.errorBudget(httpApi),
        this.orders(),
        this.pictures(),
        this.waiting(),
        this.functions(),
        this.table(table.tableName),
        this.costs(httpApi, table.tableName),
      ],
    })
  }

  private alarms(): IWidget {
    const alarms = this.named.alarms
      .filter((name) => name.startsWith(`${this.stage.prefix}-`))
      .map((name) => Alarm.fromAlarmArn(this, name, this.alarmArn(name)))
    return new AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 5 })
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
        api.metricClientError({ ...count, label: 'refused (4xx)' }),
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
      label: '% answered',
    })
    return row(
      graph('Burn of the error budget', [burn], {
        unit: 'times',
        annotations: [
          { value: 14.4, label: 'wakes somebody within the hour' },
          { value: 6, label: 'within six hours' },
        ],
      }),
      graph(`Availability (objective ${Number((availabilityObjective * 100).toPrecision(6))} %)`, [availability]),
    )
  }

  private orders(): IWidget[] {
    const ofType = (metric: string, statistic: string, label: string) =>
      ['standard', 'express'].map((OrderType) =>
        this.own('orders', metric, { statistic, label: `${OrderType} ${label}`, dimensions: { OrderType } }),
      )
    return row(
      graph('Orders by outcome', [
        ...ofType('OrderRevenue', 'SampleCount', 'placed'),
        this.own('orders', 'OrdersReserved', { label: 'reserved' }),
        this.own('orders', 'OrdersRejected', { label: 'rejected' }),
        this.own('orders', 'OrdersStanding', { label: 'standing' }),
      ]),
      graph('Revenue', ofType('OrderRevenue', 'Sum', 'revenue'), { unit: 'minor units' }),
      graph('Items sold', ofType('ItemsSold', 'Sum', 'pieces')),
    )
  }

  private pictures(): IWidget[] {
    return row(
      graph('Stock', [
        this.own('inventory', 'StockReservations', { label: 'reservations' }),
        this.own('inventory', 'StockRejections', { label: 'rejections' }),
      ]),
      graph('Pictures', [
        this.own('thumbnails', 'ImagesProcessed', { label: 'made' }),
        this.own('thumbnails', 'UploadsRejected', { label: 'rejected' }),
      ]),
      graph('Mails', [this.own('notifications', 'MailsSent', { label: 'sent' })]),
    )
  }

  private waiting(): IWidget[] {
    const { queues, deadLetterQueues } = this.named
    const age = this.ofQueues('ApproximateAgeOfOldestMessage', queues)
    const depth = this.ofQueues('ApproximateNumberOfMessagesVisible', queues)
    const dead = this.ofQueues('ApproximateNumberOfMessagesVisible', deadLetterQueues)
    const relay = this.ofFunctions(
      'IteratorAge',
      'Maximum',
      this.named.functions.filter((name) => name === `${this.stage.prefix}-event-relay-relay`),
    )
    return row(
      graph('Oldest message of each queue', age, { unit: 's' }),
      graph('Messages that wait', depth),
      graph('Dead-letter queues', dead, { annotations: [{ value: 1, label: 'alarm' }] }),
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

  /** What is paid by the piece. Prices change; the counts are what a bill can be checked against. */
  private costs(api: IHttpApi, TableName: string): IWidget[] {
    const { queues, deadLetterQueues, functions } = this.named
    const logged = functions.map(
      (name) =>
        new Metric({
          namespace: 'AWS/Logs',
          metricName: 'IncomingBytes',
          dimensionsMap: { LogGroupName: `/aws/lambda/${name}` },
          statistic: 'Sum',
          period,
        }),
    )
    const units = ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'].map(
      (metricName) =>
        new Metric({ namespace: 'AWS/DynamoDB', metricName, dimensionsMap: { TableName }, statistic: 'Sum', period }),
    )
    return row(
      graph('Paid by the piece', [
        api.metricCount({ statistic: 'Sum', period, label: 'API requests' }),
        sumOf('function calls', this.ofFunctions('Invocations', 'Sum')),
        sumOf('messages sent', this.ofQueues('NumberOfMessagesSent', [...queues, ...deadLetterQueues], 'Sum')),
        sumOf('units of the table', units),
        this.own('event-relay', 'EventsPublished', { label: 'events' }),
      ]),
      graph('Time of functions', [sumOf('all functions', this.ofFunctions('Duration', 'Sum'))], { unit: 'ms' }),
      graph('Logs written', [sumOf('all functions', logged)], { unit: 'bytes' }),
    )
  }

  private ofFunctions(metric: string, statistic: string, names = this.named.functions): Metric[] {
    const { prefix } = this.stage
    return linesOf({ namespace: 'AWS/Lambda', metric, statistic, dimension: 'FunctionName', names, prefix })
  }

  private ofQueues(metric: string, names: readonly string[], statistic = 'Maximum'): Metric[] {
    const { prefix } = this.stage
    return linesOf({ namespace: 'AWS/SQS', metric, statistic, dimension: 'QueueName', names, prefix })
  }

  private own(
    service: ServiceName,
    name: string,
    about: { label: string; statistic?: string; dimensions?: Record<string, string> },
  ): Metric {
    return ownMetric({ stage: this.stage, service, name, period, ...about })
  }
}
