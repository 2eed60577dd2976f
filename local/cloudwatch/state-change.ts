import type { Alarm, MetricAlarm } from './alarm.ts'
import type { AlarmStatus } from './alarm-states.ts'
import type { Query } from './metric-query.ts'

/** The detail of a `CloudWatch Alarm State Change` event, as EventBridge documents it. */
export function stateChangeDetail(alarm: Alarm, before: AlarmStatus, now: AlarmStatus): object {
  return {
    alarmName: alarm.name,
    configuration: configurationOf(alarm),
    previousState: stateOf(before),
    state: stateOf(now),
  }
}

function configurationOf(alarm: Alarm): object {
  const description = alarm.description !== undefined && { description: alarm.description }
  if (alarm.kind === 'composite') return { ...description, alarmRule: alarm.ruleText }
  return { ...description, metrics: metricsOf(alarm) }
}

const metricsOf = (alarm: MetricAlarm) => alarm.queries.map(metricOf)

function metricOf(query: Query): object {
  const { id, label, returned } = query
  const common = { id, ...(label !== undefined && { label }), returnData: returned }
  if (query.kind === 'expression') return { ...common, expression: query.source }
  const { metric, periodSeconds, statistic, unit } = query
  const { namespace, name, dimensions } = metric
  return {
    ...common,
    metricStat: {
      metric: { namespace, name, dimensions },
      period: periodSeconds,
      stat: statistic,
      ...(unit !== undefined && { unit }),
    },
  }
}

const stateOf = ({ state, reason, reasonData, sinceMs }: AlarmStatus) => ({
  value: state,
  reason,
  ...(reasonData !== undefined && { reasonData }),
  timestamp: awsTime(sinceMs),
})

/** `2026-11-21T13:40:00.000+0000` */
export const awsTime = (timeMs: number) => new Date(timeMs).toISOString().replace('Z', '+0000')
