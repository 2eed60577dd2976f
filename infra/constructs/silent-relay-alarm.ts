import { Duration } from 'aws-cdk-lib'
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import { orderTypes } from '#services/orders/events.ts'
import { addAlarm } from './alarm.ts'
import { ownMetric } from './own-metric.ts'
import { StageStack } from './stage-stack.ts'

/**
 * Orders are placed and their events are not published. A relay that is never invoked reports no age, no error and no
 * queue depth, so only missing events reveal it. Every order has its own event: fewer events than orders is enough.
 */
export class SilentRelayAlarm extends Construct {
  constructor(scope: Construct) {
    super(scope, 'silent-relay')
    const { stage } = StageStack.of(this)
    const period = Duration.minutes(5)
    const placed = (OrderType: string) =>
      ownMetric({
        stage,
        service: 'orders',
        name: 'OrderRevenue',
        statistic: 'SampleCount',
        dimensions: { OrderType },
        period,
      })
    const missing = new MathExpression({
      expression: `${orderTypes.map((type) => `FILL(${type}, 0)`).join(' + ')} - FILL(published, 0)`,
      usingMetrics: {
        ...Object.fromEntries(orderTypes.map((type) => [type, placed(type)])),
        published: ownMetric({ stage, service: 'event-relay', name: 'EventsPublished', period }),
      },
      period,
      label: 'Orders without an event',
    })
    addAlarm(this, 'alarm', missing, {
      name: 'event-relay-silent',
      problem: 'Orders are placed, and their events are not published.',
      runbook: 'relay-late',
      threshold: 1,
      // An order at the end of one period may be published in the next, so one period proves nothing.
      datapointsToAlarm: 2,
      evaluationPeriods: 12,
    })
  }
}
