import type { MetricSink, Series } from '../cloudwatch/metric.ts'

type RuleMetric =
  | 'MatchedEvents'
  | 'TriggeredRules'
  | 'Invocations'
  | 'FailedInvocations'
  | 'InvocationsSentToDlq'
  | 'InvocationsFailedToBeSentToDlq'

/**
 * The metrics that EventBridge publishes for rules. "Metrics that specify only the RuleName dimension refer to the default
 * event bus. Metrics that specify both the EventBusName and RuleName dimensions refer to a custom event bus" (EventBridge
 * User Guide, "Monitoring Amazon EventBridge").
 */
export class RuleMetrics {
  readonly #sink: MetricSink
  readonly #series = new Map<string, Series>()

  constructor(sink: MetricSink) {
    this.#sink = sink
  }

  /** @param ruleArn `arn:…:rule/[<bus>/]<name>` */
  count(metric: RuleMetric, ruleArn: string): void {
    const key = `${metric} ${ruleArn}`
    let series = this.#series.get(key)
    if (!series) {
      const [RuleName = '', EventBusName] = ruleArn
        .slice(ruleArn.indexOf('/') + 1)
        .split('/')
        .toReversed()
      const dimensions = { ...(EventBusName !== undefined && { EventBusName }), RuleName }
      series = this.#sink.series({ namespace: 'AWS/Events', name: metric, dimensions }, 'Count')
      this.#series.set(key, series)
    }
    series.add(1)
  }
}
