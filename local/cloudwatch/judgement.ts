import type { Points } from './expression/value.ts'

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

export const missingDataTreatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const
export type MissingData = (typeof missingDataTreatments)[number]

export interface Judgement {
  /** Undefined keeps the state that there is. */
  readonly state: AlarmState | undefined
  /** The values that were looked at, by the index of their period. */
  readonly looked: ReadonlyMap<number, number>
  readonly breaching: number
  /** How many periods without a value were taken for breaching or not. */
  readonly filled: number
}

/** How many periods more than its evaluation periods an alarm looks back, so that a late value is not a missing one. */
export const extraPeriods = 2

/**
 * Decides an alarm from the values of its evaluation range, as CloudWatch documents it in "Configuring how CloudWatch
 * alarms treat missing data": missing values count only as far as there are fewer real ones than evaluation periods.
 *
 * @param points one for each period of the range, the oldest first
 */
export function judge(
  points: Points,
  alarm: {
    breaches: (value: number) => boolean
    evaluationPeriods: number
    datapointsToAlarm: number
    missingData: MissingData
  },
): Judgement {
  const { breaches, evaluationPeriods, datapointsToAlarm, missingData } = alarm
  const real = points.flatMap((value, period) => (value === undefined ? [] : [[period, value] as const]))
  const looked = new Map(real.slice(-evaluationPeriods))
  const breaching = [...looked.values()].filter(breaches).length
  const filled = evaluationPeriods - looked.size
  const common = { looked, breaching, filled }
  if (breaching >= datapointsToAlarm) return { ...common, state: 'ALARM' }
  if (filled === 0) return { ...common, state: 'OK' }
  if (missingData === 'breaching') {
    return { ...common, state: breaching + filled >= datapointsToAlarm ? 'ALARM' : 'OK' }
  }
  if (missingData === 'notBreaching') return { ...common, state: 'OK' }
  if (looked.size === 0) return { ...common, state: missingData === 'ignore' ? undefined : 'INSUFFICIENT_DATA' }
  if (!isOldBreach(points, breaches, datapointsToAlarm)) return { ...common, state: 'OK' }
  return { ...common, state: missingData === 'ignore' ? undefined : 'ALARM' }
}

/**
 * Whether there are breaches alone, of which the first is at least as many periods old as it takes to alarm. CloudWatch's
 * words speak of the values after that breach; its table (`0 - X - -` is OK at 2 of 3) shows that an older good value
 * counts as well.
 */
function isOldBreach(points: Points, breaches: (value: number) => boolean, datapointsToAlarm: number): boolean {
  const first = points.findIndex((value) => value !== undefined)
  const allBreach = points.every((value) => value === undefined || breaches(value))
  return allBreach && points.length - first >= datapointsToAlarm
}
