import type { AlarmState } from './alarm-evaluation.ts'

/** The rule of a composite alarm as a tree. */
export type AlarmRule =
  | { readonly kind: 'constant'; readonly holds: boolean }
  /** Whether an alarm, by its name, is in a state. */
  | { readonly kind: 'state'; readonly state: AlarmState; readonly alarm: string }
  | { readonly kind: 'not'; readonly rule: AlarmRule }
  | { readonly kind: 'and' | 'or'; readonly left: AlarmRule; readonly right: AlarmRule }

const token =
  /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]*)"|'([^']*)'|([^()"'\s][^()]*?))\s*\)|(AND|OR|NOT|TRUE|FALSE|[()]))/iy

type Token = { readonly word: string } | { readonly rule: AlarmRule }

/** @param text `ALARM("slow") AND NOT (OK(arn:…:alarm:quiet) OR FALSE)` @throws Error that quotes the invalid part */
export function parseAlarmRule(text: string): AlarmRule {
  const tokens = tokensOf(text)
  let position = 0
  const word = () => {
    const next = tokens[position]
    return next !== undefined && 'word' in next ? next.word : undefined
  }
  const takeIf = (wanted: string) => word() === wanted && ++position > 0

  const either = (): AlarmRule => {
    let left = both()
    while (takeIf('OR')) left = { kind: 'or', left, right: both() }
    return left
  }
  const both = (): AlarmRule => {
    let left = one()
    while (takeIf('AND')) left = { kind: 'and', left, right: one() }
    return left
  }
  const one = (): AlarmRule => {
    if (takeIf('NOT')) return { kind: 'not', rule: one() }
    if (takeIf('TRUE')) return { kind: 'constant', holds: true }
    if (takeIf('FALSE')) return { kind: 'constant', holds: false }
    if (takeIf('(')) {
      const inner = either()
      if (!takeIf(')')) throw new Error(`The alarm rule ${text} has no closing bracket.`)
      return inner
    }
    const next = tokens[position++]
    if (next === undefined || 'word' in next) throw new Error(`The alarm rule ${text} is not valid.`)
    return next.rule
  }

  const rule = either()
  if (position < tokens.length) throw new Error(`The alarm rule ${text} is not valid.`)
  return rule
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const source = text.trimEnd()
  token.lastIndex = 0
  while (token.lastIndex < source.length) {
    const from = token.lastIndex
    const match = token.exec(source)
    if (!match) throw new Error(`The alarm rule is not valid at ${source.slice(from).trim()}.`)
    const [, state, double, single, bare, word] = match
    if (word !== undefined) tokens.push({ word: word.toUpperCase() })
    else tokens.push({ rule: stateRule(state!, double ?? single ?? bare!) })
  }
  return tokens
}

const stateRule = (state: string, alarm: string): AlarmRule => ({
  kind: 'state',
  state: state.toUpperCase() as AlarmState,
  alarm: /^arn:.*?:alarm:(.*)$/.exec(alarm)?.[1] ?? alarm,
})

/** The names of the alarms that a rule refers to. */
export function alarmsOf(rule: AlarmRule): string[] {
  switch (rule.kind) {
    case 'constant':
      return []
    case 'state':
      return [rule.alarm]
    case 'not':
      return alarmsOf(rule.rule)
    case 'and':
    case 'or':
      return [...new Set([...alarmsOf(rule.left), ...alarmsOf(rule.right)])]
    default:
      return rule satisfies never
  }
}

export function holds(rule: AlarmRule, stateOf: (alarm: string) => AlarmState): boolean {
  switch (rule.kind) {
    case 'constant':
      return rule.holds
    case 'state':
      return stateOf(rule.alarm) === rule.state
    case 'not':
      return !holds(rule.rule, stateOf)
    case 'and':
      return holds(rule.left, stateOf) && holds(rule.right, stateOf)
    case 'or':
      return holds(rule.left, stateOf) || holds(rule.right, stateOf)
    default:
      return rule satisfies never
  }
}
