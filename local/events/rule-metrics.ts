import type { MetricSink, Series } from '../cloudwatch/metric.ts'

type RuleMetric =
  | 'MatchedEvents'
  | 'TriggeredRules'
  | 'Invocations'
  | 'FailedInvocations'
  | 'InvocationsSentToDlq'
  | 'InvocationsFailedToBeSentToDlq'

/** The metrics that EventBridge publishes for rules: by rule, and by bus and rule. */
export class RuleMetrics {
  readonly #sink: MetricSink
  readonly #series = new Map<string, readonly Series[]>()

  constructor(sink: MetricSink) {
    this.#sink = sink
  }

  /** @param ruleArn `arn:…:rule/[<bus>/]<name>` */
  count(metric: RuleMetric, ruleArn: string): void {
    const key = `${metric} ${ruleArn}`
    let all = this.#series.get(key)
    if (!all) {
      const [RuleName = '', EventBusName = 'default'] = ruleArn
        .slice(ruleArn.indexOf('/') + 1)
        .split('/')
        .toReversed()
      const sets: Record<string, string>[] = [{ RuleName }, { EventBusName, RuleName }]
      all = sets.map((dimensions) => this.#sink.series({ namespace: 'AWS/Events', name: metric, dimensions }, 'Count'))
      this.#series.set(key, all)
    }
    for (const series of all) series.add(1)
  }
}
