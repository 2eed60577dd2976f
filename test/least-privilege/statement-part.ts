import { compileArnPattern, compilePattern } from '@cartwheel/local/iam/pattern.ts'
import type { AttachedPolicy } from '@cartwheel/local/iam/policy-store.ts'
import type { AccessRequest, PolicyDocument, PolicyStatement } from '@cartwheel/local/iam/types.ts'

/**
 * What can be taken out of a policy by itself: a whole statement, or one of several actions, resources or values of a
 * condition. A policy is least when whichever of them is taken, something fails.
 */
export interface StatementPart {
  readonly policy: AttachedPolicy
  /** Of the statement, counted from 1. */
  readonly number: number
  readonly statement: PolicyStatement
  readonly taken: Taken
}

export type Taken =
  | { readonly kind: 'statement' }
  | { readonly kind: 'action'; readonly action: string }
  | { readonly kind: 'resource'; readonly resource: string }
  | { readonly kind: 'value'; readonly operator: string; readonly key: string; readonly value: string }

/** Conditions that list what a request may touch, as against those that say how it must come. */
const listing = /^ForAllValues:/

export const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : ((Array.isArray(value) ? value : [value]) as readonly T[])

export const statementsOf = ({ document }: AttachedPolicy): readonly PolicyStatement[] => listOf(document.Statement)

export const partsOf = (policy: AttachedPolicy): StatementPart[] =>
  statementsOf(policy).flatMap((statement, index) =>
    takable(statement).map((taken) => ({ policy, number: index + 1, statement, taken })),
  )

/** Of a single value nothing can be taken but the whole statement. */
const several = <T>(values: readonly T[]) => (values.length > 1 ? values : [])

function takable(statement: PolicyStatement): Taken[] {
  const conditions = Object.entries(statement.Condition ?? {}).filter(([operator]) => listing.test(operator))
  return [
    { kind: 'statement' },
    ...several(listOf(statement.Action)).map((action): Taken => ({ kind: 'action', action })),
    ...several(listOf(statement.Resource)).map((resource): Taken => ({ kind: 'resource', resource })),
    ...conditions.flatMap(([operator, keys]) =>
      Object.entries(keys).flatMap(([key, values]) =>
        several(listOf(values)).map((value): Taken => ({ kind: 'value', operator, key, value })),
      ),
    ),
  ]
}

/** The policy as it would stand without the part. */
export function without({ policy, number, taken }: StatementPart): PolicyDocument {
  const Statement = statementsOf(policy).flatMap((statement, index) =>
    index + 1 === number ? reduced(statement, taken) : [statement],
  )
  return { ...policy.document, Statement }
}

function reduced(statement: PolicyStatement, taken: Taken): PolicyStatement[] {
  switch (taken.kind) {
    case 'statement':
      return []
    case 'action':
      return [{ ...statement, Action: listOf(statement.Action).filter((action) => action !== taken.action) }]
    case 'resource':
      return [{ ...statement, Resource: listOf(statement.Resource).filter((each) => each !== taken.resource) }]
    case 'value': {
      const { operator, key, value } = taken
      const keys = statement.Condition![operator]!
      const left = listOf(keys[key]).filter((each) => each !== value)
      return [{ ...statement, Condition: { ...statement.Condition, [operator]: { ...keys, [key]: left } } }]
    }
    default:
      return taken satisfies never
  }
}

/** Whether a request that the statement decided would be decided otherwise without the part. */
export function matters({ taken }: StatementPart, request: AccessRequest): boolean {
  switch (taken.kind) {
    case 'statement':
      return true
    case 'action':
      return matchesAction(taken.action, request.action)
    case 'resource':
      return compileArnPattern(taken.resource, { variables: true })(request.resource, () => undefined)
    case 'value': {
      const wildcards = taken.operator.endsWith('Like')
      const matches = compilePattern(taken.value, { wildcards, variables: true })
      return (request.context?.[taken.key.toLowerCase()] ?? []).some((value) => matches(value, () => undefined))
    }
    default:
      return taken satisfies never
  }
}

const matchesAction = (pattern: string, action: string) =>
  compilePattern(pattern, { wildcards: true, ignoreCase: true, variables: false })(action, () => undefined)

/** What is taken, in words: `dynamodb:Query`, `… without sqs:DeleteMessage`. */
function tellTaken({ statement, taken }: StatementPart): string {
  const whole = `${statement.Effect} ${listOf(statement.Action).join(', ')}`
  switch (taken.kind) {
    case 'statement':
      return whole
    case 'action':
      return `${taken.action} of “${whole}”`
    case 'resource':
      return `${taken.resource.split(':').slice(5).join(':')} of “${whole}”`
    case 'value':
      return `${taken.key} ${taken.value} of “${whole}”`
    default:
      return taken satisfies never
  }
}

/** The end of an ARN: of a role, a queue, a bucket, a function with its alias. */
export const carrierName = ({ carrier }: Pick<AttachedPolicy, 'carrier'>): string =>
  carrier.split(':').slice(5).join(':')

/** Names a part for a person: who carries the policy, which statement, what is taken. */
export const tell = (part: StatementPart): string =>
  `${carrierName(part.policy)}, statement ${part.number}: ${tellTaken(part)}`
