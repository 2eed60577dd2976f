import { Duration } from 'aws-cdk-lib'
import { MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import type { Stage } from '../stages.ts'
import { described } from './alarm-description.ts'
import { ownMetric } from './own-metric.ts'

export interface SilentRelayAlarmProps {
  readonly stage: Stage
}

/**
 * Orders are placed and their events are not published. A relay that is not called at all has no age that could grow,
 * fails at nothing, and fills no queue: what it does not do is all there is to see. Every order has an event of its own,
 * so that fewer events than orders is enough to know.
 */
export class SilentRelayAlarm extends Construct {
  constructor(scope: Construct, { stage }: SilentRelayAlarmProps) {
    super(scope, 'silent-relay')
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
    new MathExpression({
      expression: 'FILL(standard, 0) + FILL(express, 0) - FILL(published, 0)',
      usingMetrics: {
        standard: placed('standard'),
        express: placed('express'),
        published: ownMetric({ stage, service: 'event-relay', name: 'EventsPublished', period }),
      },
      period,
      label: 'Orders without an event',
    }).createAlarm(this, 'alarm', {
      alarmName: `${stage.prefix}-event-relay-silent`,
      alarmDescription: described('Orders are placed, and their events are not published.', 'relay-late'),
      threshold: 1,
      // One order at the end of five minutes is published in the next five; that is no silence.
      datapointsToAlarm: 2,
      evaluationPeriods: 12,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
  }
}
