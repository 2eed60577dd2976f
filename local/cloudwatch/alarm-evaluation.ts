import { parseExpression, type Expression } from './expression.ts'
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
type AlarmRule = Expression

/** @throws Error that quotes the part that is invalid or not emulated */
export function parseAlarmRule(text: string): AlarmRule {
  const rule = parseExpression(text)
  checkRule(rule)
  return rule
}

function checkRule(rule: AlarmRule): void {
  const { name, operands } = rule.kind === 'call' ? rule : { name: JSON.stringify(rule), operands: [] }
  if (['AND', 'OR', 'NOT'].includes(name)) operands.forEach(checkRule)
  else if (!alarmStates.some((state) => state === name) || operands.length !== 1 || operands[0]!.kind !== 'text')
    throw new Error(`${name} in an alarm rule is not emulated`)
}

/** The names of the alarms that a rule refers to. */
export function alarmsOf(rule: AlarmRule): string[] {
  if (rule.kind === 'text') return [nameOf(rule.value)]
  return rule.kind === 'call' ? [...new Set(rule.operands.flatMap(alarmsOf))] : []
}

export function holds(rule: AlarmRule, stateOf: (alarm: string) => AlarmState): boolean {
  const { name, operands } = rule as Extract<AlarmRule, { kind: 'call' }>
  const [first] = operands
  switch (name) {
    case 'NOT':
      return !holds(first!, stateOf)
    case 'AND':
      return operands.every((operand) => holds(operand, stateOf))
    case 'OR':
      return operands.some((operand) => holds(operand, stateOf))
    default:
      return first?.kind === 'text' && stateOf(nameOf(first.value)) === name
  }
}

const nameOf = (alarm: string) => /^arn:.*?:alarm:(.*)$/.exec(alarm)?.[1] ?? alarm
