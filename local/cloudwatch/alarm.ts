import type { AlarmRule } from './alarm-rule.ts'
import type { MissingData } from './alarm-evaluation.ts'
import type { Query } from './metric-query.ts'

export type Alarm = MetricAlarm | CompositeAlarm

interface CommonProperties {
  readonly name: string
  readonly arn: string
  readonly description?: string
  readonly actionsEnabled: boolean
  readonly actions: {
    readonly AlarmActions: readonly string[]
    readonly OKActions: readonly string[]
    readonly InsufficientDataActions: readonly string[]
  }
  /** As the template writes it, for `DescribeAlarms`. */
  readonly properties: Readonly<Record<string, any>>
}

/** Compares a metric, or an expression over metrics, with a threshold. */
export interface MetricAlarm extends CommonProperties {
  readonly kind: 'metric'
  readonly queries: readonly Query[]
  /** The id of the query that is compared. */
  readonly compared: string
  readonly periodSeconds: number
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number
  readonly threshold: number
  readonly comparison: Comparison
  readonly missingData: MissingData
  /** Why the alarm is never evaluated locally. */
  readonly notEmulated?: string
}

/** Combines the states of other alarms. */
export interface CompositeAlarm extends CommonProperties {
  readonly kind: 'composite'
  readonly ruleText: string
  readonly rule: AlarmRule
}

export const comparisons = {
  GreaterThanOrEqualToThreshold: {
    holds: (value: number, threshold: number) => value >= threshold,
    words: 'greater than or equal to',
  },
  GreaterThanThreshold: { holds: (value: number, threshold: number) => value > threshold, words: 'greater than' },
  LessThanThreshold: { holds: (value: number, threshold: number) => value < threshold, words: 'less than' },
  LessThanOrEqualToThreshold: {
    holds: (value: number, threshold: number) => value <= threshold,
    words: 'less than or equal to',
  },
}
export type Comparison = keyof typeof comparisons
