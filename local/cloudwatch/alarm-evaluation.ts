import type { Points } from './expression/value.ts'

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

export const missingDataTreatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const
export type MissingData = (typeof missingDataTreatments)[number]

export interface AlarmEvaluation {
  /** Undefined keeps the current state. */
  readonly state: AlarmState | undefined
  /** The evaluated values by the index of their period. */
  readonly datapoints: ReadonlyMap<number, number>
  readonly breaching: number
  /** How many of the evaluated periods have no value. */
  readonly missing: number
}

/** The evaluation range is this many periods longer than the evaluation periods, so that a late value is not missing. */
export const extraPeriods = 2

/**
 * Evaluates an alarm over its evaluation range, as CloudWatch documents it in "Configuring how CloudWatch alarms treat
 * missing data": missing values count only if there are fewer real ones than evaluation periods.
 *
 * @param points one for each period of the range, the oldest first
 */
export function evaluateAlarm(
  points: Points,
  alarm: {
    breaches: (value: number) => boolean
    evaluationPeriods: number
    datapointsToAlarm: number
    missingData: MissingData
  },
): AlarmEvaluation {
  const { breaches, evaluationPeriods, datapointsToAlarm, missingData } = alarm
  const real = points.flatMap((value, period) => (value === undefined ? [] : [[period, value] as const]))
  const datapoints = new Map(real.slice(-evaluationPeriods))
  const breaching = [...datapoints.values()].filter(breaches).length
  const missing = evaluationPeriods - datapoints.size
  const common = { datapoints, breaching, missing }
  if (breaching >= datapointsToAlarm) return { ...common, state: 'ALARM' }
  if (missing === 0) return { ...common, state: 'OK' }
  if (missingData === 'breaching') {
    return { ...common, state: breaching + missing >= datapointsToAlarm ? 'ALARM' : 'OK' }
  }
  if (missingData === 'notBreaching') return { ...common, state: 'OK' }
  if (datapoints.size === 0) return { ...common, state: missingData === 'ignore' ? undefined : 'INSUFFICIENT_DATA' }
  if (!isOldBreach(points, breaches, datapointsToAlarm)) return { ...common, state: 'OK' }
  return { ...common, state: missingData === 'ignore' ? undefined : 'ALARM' }
}

/**
 * Whether all values breach and the first is at least `datapointsToAlarm` periods old. CloudWatch's text mentions only
 * the values after that breach; its table (`0 - X - -` is OK at 2 of 3) shows that an older value counts as well.
 */
function isOldBreach(points: Points, breaches: (value: number) => boolean, datapointsToAlarm: number): boolean {
  const first = points.findIndex((value) => value !== undefined)
  const allBreach = points.every((value) => value === undefined || breaches(value))
  return allBreach && points.length - first >= datapointsToAlarm
}
