import type { Alarm, MetricAlarm } from './alarm.ts'
import { comparisons } from './alarm.ts'
import type { AlarmEvaluation, AlarmState } from './alarm-evaluation.ts'
import { awsTime } from './state-change.ts'

/** Why a metric alarm changed, in CloudWatch's wording and as JSON. */
export function metricReason(
  alarm: MetricAlarm,
  evaluation: AlarmEvaluation,
  change: { from: AlarmState; to: AlarmState; startMs: number; nowMs: number },
): { reason: string; reasonData: string } {
  const timeOf = (period: number) => change.startMs + period * alarm.periodSeconds * 1000
  const datapoints = [...evaluation.datapoints]
  const [query] = alarm.queries
  return {
    reason: reasonText(alarm, evaluation, { ...change, timeOf }),
    reasonData: JSON.stringify({
      version: '1.0',
      queryDate: awsTime(change.nowMs),
      ...(datapoints.length > 0 && { startDate: awsTime(timeOf(datapoints[0]![0])) }),
      ...(alarm.queries.length === 1 && query?.kind === 'metric' && { statistic: query.statistic }),
      period: alarm.periodSeconds,
      recentDatapoints: datapoints.map(([, value]) => value),
      threshold: alarm.threshold,
      evaluatedDatapoints: datapoints
        .toReversed()
        .map(([period, value]) => ({ timestamp: awsTime(timeOf(period)), value })),
    }),
  }
}

function reasonText(
  alarm: MetricAlarm,
  { datapoints, breaching, missing: missingCount }: AlarmEvaluation,
  { from, to, timeOf }: { from: AlarmState; to: AlarmState; timeOf: (period: number) => number },
): string {
  const missing = `${counted(missingCount, 'datapoint')} ${missingCount === 1 ? 'was' : 'were'}`
  if (to === 'INSUFFICIENT_DATA') return `Insufficient Data: ${missing} unknown.`
  const treated = alarm.missingData === 'breaching' ? 'Breaching' : 'NonBreaching'
  if (datapoints.size === 0) {
    const { evaluationPeriods: periods } = alarm
    return `Threshold Crossed: no datapoints were received for ${counted(periods, 'period')} and ${missing.replace('datapoint', 'missing datapoint')} treated as [${treated}].`
  }
  const matching = to === 'ALARM' ? breaching : datapoints.size - breaching
  const shown = [...datapoints]
    .toReversed()
    .map(([period, value]) => `${decimal(value)} (${shortTime(timeOf(period))})`)
  const relation = `${matching === 1 ? 'was' : 'were'} ${to === 'ALARM' ? '' : 'not '}${comparisons[alarm.comparison].words}`
  const needed = to === 'ALARM' ? alarm.datapointsToAlarm : alarm.evaluationPeriods - alarm.datapointsToAlarm + 1
  return `Threshold Crossed: ${matching} out of the last ${counted(datapoints.size, 'datapoint')} [${shown.join(', ')}] ${relation} the threshold (${decimal(alarm.threshold)}) (minimum ${counted(needed, 'datapoint')} for ${from} -> ${to} transition).`
}

/** Why a composite alarm changed: the states of the alarms in its rule. */
export function compositeReason(
  children: readonly { readonly alarm: Alarm; readonly state: AlarmState; readonly sinceMs: number }[],
): { reason: string; reasonData: string } {
  const latest = children.toSorted((a, b) => b.sinceMs - a.sinceMs)[0]
  return {
    reason: latest
      ? `${latest.alarm.arn} transitioned to ${latest.state} at ${new Date(latest.sinceMs).toUTCString()}`
      : 'The rule refers to no alarm.',
    reasonData: JSON.stringify({
      triggeringAlarms: children.map(({ alarm, state, sinceMs }) => ({
        arn: alarm.arn,
        state: { value: state, timestamp: awsTime(sinceMs) },
      })),
    }),
  }
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`

/** Integers end in `.0`, as in CloudWatch's reasons. */
const decimal = (value: number) => (Number.isInteger(value) ? value.toFixed(1) : String(value))

/** `21/11/26 13:40:00` */
function shortTime(timeMs: number): string {
  const [year, month, day, time] = new Date(timeMs).toISOString().split(/[-T.]/)
  return `${day}/${month}/${year!.slice(2)} ${time}`
}
