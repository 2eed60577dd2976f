import type { AlarmState } from './alarm-evaluation.ts'
import { parseExpression, type Expression } from './expression.ts'

export const alarmStates: readonly AlarmState[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA']

/** The rule of a composite alarm: `ALARM("slow") AND NOT (OK("arn:…:alarm:quiet") OR ALARM("idle"))` */
export type AlarmRule = Expression

/** @throws Error that quotes the part that is invalid or not emulated */
export function parseAlarmRule(text: string): AlarmRule {
  const rule = parseExpression(text)
  check(rule)
  return rule
}

function check(rule: AlarmRule): void {
  const { name, operands } = rule.kind === 'call' ? rule : { name: JSON.stringify(rule), operands: [] }
  if (['AND', 'OR', 'NOT'].includes(name)) operands.forEach(check)
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
