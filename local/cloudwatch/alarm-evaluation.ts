import { parseExpression } from './expression.ts'
import type { Points } from './metric-query.ts'

export const alarmStates = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const
export type AlarmState = (typeof alarmStates)[number]

/** Undefined leaves the state as it is. */
export interface Evaluation {
  readonly state: AlarmState | undefined
  readonly reason: string
}

export const missingDataTreatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const
export type MissingData = (typeof missingDataTreatments)[number]

/** When an alarm changes its state. */
export interface AlarmCondition {
  readonly breaches: (value: number) => boolean
  /** `GreaterThanThreshold 5` */
  readonly words: string
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number
  readonly missingData: MissingData
}

/** The evaluation range is this many periods longer than the evaluation periods, so that a late value is not missing. */
export const extraPeriods = 2

/**
 * Evaluates an alarm over its evaluation range, as CloudWatch documents it in "Configuring how CloudWatch alarms treat
 * missing data": missing values count only if there are fewer real ones than evaluation periods.
 *
 * @param points one for each period of the range, the oldest first
 */
export function evaluateAlarm(points: Points, condition: AlarmCondition): Evaluation {
  const { breaches, evaluationPeriods, datapointsToAlarm, missingData } = condition
  const values = points.filter((value) => value !== undefined).slice(-evaluationPeriods)
  const breaching = values.filter(breaches).length
  const missing = evaluationPeriods - values.length
  const reason =
    values.length === 0
      ? `No datapoints were received for ${evaluationPeriods} period(s), which are treated as ${missingData}.`
      : `Threshold Crossed: ${breaching} of the last ${values.length} datapoint(s) [${values.join(', ')}] are ${condition.words} (minimum ${datapointsToAlarm}).`
  const state = () => {
    if (breaching >= datapointsToAlarm) return 'ALARM'
    if (missing === 0) return 'OK'
    if (missingData === 'breaching') return breaching + missing >= datapointsToAlarm ? 'ALARM' : 'OK'
    if (missingData === 'notBreaching') return 'OK'
    if (values.length === 0) return missingData === 'ignore' ? undefined : 'INSUFFICIENT_DATA'
    if (!isOldBreach(points, breaches, datapointsToAlarm)) return 'OK'
    return missingData === 'ignore' ? undefined : 'ALARM'
  }
  return { state: state(), reason }
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

/** The rule of a composite alarm: `ALARM("slow") AND NOT (OK("arn:…:alarm:quiet") OR ALARM("idle"))` */
interface AlarmRule {
  /** The names of the alarms that it refers to. */
  readonly alarms: string[]
  holds(stateOf: (alarm: string) => AlarmState): boolean
}

/** @throws Error that quotes the part that is invalid or not emulated */
export function parseAlarmRule(text: string): AlarmRule {
  // The meaning of a text is the name of an alarm, which only the functions for states accept.
  const rule = parseExpression<string | AlarmRule>(text, {
    number: reject,
    name: reject,
    text: (alarm) => /^arn:.*?:alarm:(.*)$/.exec(alarm)?.[1] ?? alarm,
    call(name, operands) {
      const [alarm] = operands
      if (alarmStates.some((state) => state === name) && operands.length === 1 && typeof alarm === 'string')
        return { alarms: [alarm], holds: (stateOf) => stateOf(alarm) === name }
      const rules = operands.map((operand) => (typeof operand === 'string' ? reject(operand) : operand))
      const alarms = [...new Set(rules.flatMap((each) => each.alarms))]
      if (name === 'AND') return { alarms, holds: (stateOf) => rules.every((each) => each.holds(stateOf)) }
      if (name === 'OR') return { alarms, holds: (stateOf) => rules.some((each) => each.holds(stateOf)) }
      return name === 'NOT' ? { alarms, holds: (stateOf) => !rules[0]!.holds(stateOf) } : reject(name)
    },
  })
  return typeof rule === 'string' ? reject(rule) : rule
}

function reject(part: unknown): never {
  throw new Error(`${JSON.stringify(part)} in an alarm rule is not emulated`)
}
