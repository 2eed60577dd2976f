import { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { Rule } from 'aws-cdk-lib/aws-events'
import { addAlarm } from './alarm.ts'

export interface LostEventsAlarmProps {
  readonly rule: Rule
  /** Of the alarm, without the stage's prefix and `-lost`. */
  readonly name: string
  /**
   * The dimensions that CloudWatch has for the rule: "Metrics that specify only the RuleName dimension refer to the default
   * event bus. Metrics that specify both the EventBusName and RuleName dimensions refer to a custom event bus"
   * (EventBridge User Guide, "Monitoring Amazon EventBridge").
   */
  readonly dimensions: Readonly<{ RuleName: string; EventBusName?: string }>
}

/**
 * EventBridge could neither deliver an event to the target of a rule nor to the target's dead-letter queue, which happens
 * "because of permissions errors, unavailable resources, or size limits" (the same page). Nothing else reports that.
 */
export function addLostEventsAlarm({ rule, name, dimensions }: LostEventsAlarmProps): void {
  const lost = new Metric({
    namespace: 'AWS/Events',
    metricName: 'InvocationsFailedToBeSentToDlq',
    dimensionsMap: dimensions,
    statistic: 'Sum',
    period: Duration.minutes(1),
  })
  addAlarm(rule, 'lost-alarm', lost, {
    name: `${name}-lost`,
    problem: 'An event reached neither its target nor the dead-letter queue.',
    runbook: 'lost-events',
    threshold: 1,
  })
}
