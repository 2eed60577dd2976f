import {
  compileArnPattern,
  compilePattern,
  type AttachedPolicy,
  type AccessRequest,
  type PolicyDocument,
  type PolicyStatement,
} from '@cartwheel/local/iam'

/**
 * A part of a policy that can be removed individually: a statement, or one of several actions, resources or values of a
 * condition. A policy grants least privilege when the removal of any part makes a call fail.
 */
export interface StatementPart {
  readonly policy: AttachedPolicy
  /** Of the statement, counted from 1. */
  readonly number: number
  readonly statement: PolicyStatement
  readonly removed: Removed
}

export type Removed =
  | { readonly kind: 'statement' }
  | { readonly kind: 'action'; readonly action: string }
  | { readonly kind: 'resource'; readonly resource: string }
  | { readonly kind: 'value'; readonly operator: string; readonly key: string; readonly value: string }

/** Conditions that list what a request may access, unlike those that restrict how it is made. */
const listing = /^ForAllValues:/

export const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : ((Array.isArray(value) ? value : [value]) as readonly T[])

export const statementsOf = ({ document }: AttachedPolicy): readonly PolicyStatement[] => listOf(document.Statement)

export const partsOf = (policy: AttachedPolicy): StatementPart[] =>
  statementsOf(policy).flatMap((statement, index) =>
    removable(statement).map((removed) => ({ policy, number: index + 1, statement, removed })),
  )

/** Whether the part lets a service assume a role. */
export const isTrust = ({ statement }: StatementPart): boolean => listOf(statement.Action)[0] === 'sts:AssumeRole'

/** A single value is removed by removing its statement. */
const several = <T>(values: readonly T[]) => (values.length > 1 ? values : [])

function removable(statement: PolicyStatement): Removed[] {
  const conditions = Object.entries(statement.Condition ?? {}).filter(([operator]) => listing.test(operator))
  return [
    { kind: 'statement' },
    ...several(listOf(statement.Action)).map((action): Removed => ({ kind: 'action', action })),
    ...several(listOf(statement.Resource)).map((resource): Removed => ({ kind: 'resource', resource })),
    ...conditions.flatMap(([operator, keys]) =>
      Object.entries(keys).flatMap(([key, values]) =>
        several(listOf(values)).map((value): Removed => ({ kind: 'value', operator, key, value })),
      ),
    ),
  ]
}

export function without({ policy, number, removed }: StatementPart): PolicyDocument {
  const Statement = statementsOf(policy).flatMap((statement, index) =>
    index + 1 === number ? reduced(statement, removed) : [statement],
  )
  return { ...policy.document, Statement }
}

function reduced(statement: PolicyStatement, removed: Removed): PolicyStatement[] {
  switch (removed.kind) {
    case 'statement':
      return []
    case 'action':
      return [{ ...statement, Action: listOf(statement.Action).filter((action) => action !== removed.action) }]
    case 'resource':
      return [{ ...statement, Resource: listOf(statement.Resource).filter((each) => each !== removed.resource) }]
    case 'value': {
      const { operator, key, value } = removed
      const keys = statement.Condition![operator]!
      const left = listOf(keys[key]).filter((each) => each !== value)
      return [{ ...statement, Condition: { ...statement.Condition, [operator]: { ...keys, [key]: left } } }]
    }
    default:
      return removed satisfies never
  }
}

/** Whether a request that the statement decided would be decided differently without the part. */
export function matters({ removed }: StatementPart, request: AccessRequest): boolean {
  switch (removed.kind) {
    case 'statement':
      return true
    case 'action':
      return matchesAction(removed.action, request.action)
    case 'resource':
      return compileArnPattern(removed.resource, { variables: true })(request.resource, () => undefined)
    case 'value': {
      const wildcards = removed.operator.endsWith('Like')
      const matches = compilePattern(removed.value, { wildcards, variables: true })
      return (request.context?.[removed.key.toLowerCase()] ?? []).some((value) => matches(value, () => undefined))
    }
    default:
      return removed satisfies never
  }
}

const matchesAction = (pattern: string, action: string) =>
  compilePattern(pattern, { wildcards: true, ignoreCase: true, variables: false })(action, () => undefined)

/** A description of the removed part: `dynamodb:Query`, `… without sqs:DeleteMessage`. */
function describeRemoved({ statement, removed }: StatementPart): string {
  const whole = `${statement.Effect} ${listOf(statement.Action).join(', ')}`
  switch (removed.kind) {
    case 'statement':
      return whole
    case 'action':
      return `${removed.action} of “${whole}”`
    case 'resource':
      return `${removed.resource.split(':').slice(5).join(':')} of “${whole}”`
    case 'value':
      return `${removed.key} ${removed.value} of “${whole}”`
    default:
      return removed satisfies never
  }
}

/** The role or resource of the policy, the number of the statement, and the removed part. */
export function describePart(part: StatementPart): string {
  const carrier = part.policy.carrier.split(':').slice(5).join(':')
  return `${carrier}, statement ${part.number}: ${describeRemoved(part)}`
}
