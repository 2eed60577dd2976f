import { compileConditions, type ComparedKey, type Condition } from './conditions.ts'
import { compilePattern, compileResourcePattern, type KeyValues } from './pattern.ts'
import { compilePrincipal, type Mention } from './principal.ts'
import type { AccessRequest, PolicyDocument, PolicyStatement, Principal } from './types.ts'

/** The location of a statement, for denials and reports of used permissions. */
export interface StatementOrigin {
  readonly kind: 'identity' | 'resource'
  /** ARN of the role or resource that the policy is attached to. */
  readonly carrier: string
  readonly policy: string
  /** Counted from 1. */
  readonly number: number
  readonly sid?: string
}

export interface CompiledStatement {
  readonly origin: StatementOrigin
  readonly effect: 'Allow' | 'Deny'
  mentions(principal: Principal): Mention
  coversAction(action: string): boolean
  coversResource(resource: string, keys: KeyValues): boolean
  readonly unsatisfied: Condition
  /** A condition operator or key of IAM that is not emulated; the statement then denies. */
  readonly unsupported: string | undefined
}

const policyVariablesSince = '2012-10-17'

/** @throws Error with the policy's name when the document is malformed */
export function compilePolicy(
  document: PolicyDocument,
  origin: Pick<StatementOrigin, 'kind' | 'carrier' | 'policy'>,
): CompiledStatement[] {
  const statements = asList(document?.Statement)
  const variables = (document?.Version ?? '') >= policyVariablesSince
  return statements.map((statement, index) => {
    const { kind, carrier, policy } = origin
    const from = { kind, carrier, policy, number: index + 1, sid: statement.Sid }
    try {
      return compileStatement(statement, from, variables)
    } catch (error) {
      throw new Error(`The policy ${origin.policy}, statement ${index + 1}: ${(error as Error).message}`, {
        cause: error,
      })
    }
  })
}

/** Condition operators of IAM that are not emulated; others that are not supported are mistakes in the policy. */
const operatorNotEmulated = /^(ForA\w+:)?(String(Not)?EqualsIgnoreCase|BinaryEquals|(Not)?IpAddress)(IfExists)?$/

/** Condition keys that requests of functions have on AWS and not here: a Deny with one of them must not be without effect. */
const keyNotEmulated = /^aws:(EpochTime|MultiFactorAuth\w+|PrincipalType|TokenIssueTime|UserId|ViaAWSService)$/i

const unsupportedIn = (condition: PolicyStatement['Condition'] = {}): string | undefined =>
  Object.keys(condition).find((operator) => operatorNotEmulated.test(operator)) ??
  Object.values(condition)
    .flatMap(Object.keys)
    .find((key) => keyNotEmulated.test(key))

function compileStatement(statement: PolicyStatement, origin: StatementOrigin, variables: boolean): CompiledStatement {
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') throw new Error('Effect must be Allow or Deny.')
  if (statement.Action === undefined && statement.NotAction === undefined) throw new Error('Action is missing.')
  const hasResource = statement.Resource !== undefined || statement.NotResource !== undefined
  if (!hasResource && origin.kind === 'identity') throw new Error('Resource is missing.')
  const unsupported = unsupportedIn(statement.Condition)
  return {
    origin,
    effect: statement.Effect,
    mentions: principalOf(statement, origin),
    coversAction: oneOf(statement.Action, statement.NotAction, (pattern) =>
      compilePattern(pattern, { wildcards: true, ignoreCase: true, variables: false }),
    ),
    // The trust policy of a role has no Resource element: it applies to the role itself.
    coversResource: hasResource
      ? oneOf(statement.Resource, statement.NotResource, (pattern) => compileResourcePattern(pattern, { variables }))
      : () => true,
    unsatisfied:
      unsupported === undefined
        ? compileConditions(statement.Condition, { variables })
        : () => (statement.Effect === 'Deny' ? undefined : { text: unsupported, key: unsupported.toLowerCase() }),
    unsupported,
  }
}

function principalOf(statement: PolicyStatement, origin: StatementOrigin): (principal: Principal) => Mention {
  if (origin.kind === 'identity') {
    if (statement.Principal !== undefined) throw new Error('A policy of a role cannot have a Principal.')
    return () => 'named'
  }
  if (statement.NotPrincipal !== undefined) throw new Error('NotPrincipal is not supported.')
  if (statement.Principal === undefined) throw new Error('A policy of a resource needs a Principal.')
  return compilePrincipal(statement.Principal)
}

type Cover = (text: string, keys?: KeyValues) => boolean

const noKeys: KeyValues = () => undefined

function oneOf(
  positive: string | readonly string[] | undefined,
  negative: string | readonly string[] | undefined,
  compile: (pattern: string) => (text: string, keys: KeyValues) => boolean,
): Cover {
  const patterns = asList(positive ?? negative).map(compile)
  const expected = positive !== undefined
  return (text, keys = noKeys) => patterns.some((matches) => matches(text, keys)) === expected
}

const asList = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T]

/** The decision on one access request, with the statement that decided it. */
export type Decision =
  | { readonly outcome: 'allowed'; readonly by: StatementOrigin }
  | { readonly outcome: 'explicitly-denied'; readonly by: StatementOrigin }
  /** `conditionFailed`: the statements that would have allowed the request except for their conditions. */
  | { readonly outcome: 'implicitly-denied'; readonly conditionFailed: readonly FailedCondition[] }

interface FailedCondition {
  readonly of: StatementOrigin
  readonly compared: ComparedKey
}

interface Evaluation {
  readonly principal: Principal
  readonly request: AccessRequest
  readonly keys: KeyValues
  readonly statements: Iterable<CompiledStatement>
}

/**
 * One pass over all statements that apply to this principal: an explicit Deny overrides every Allow, and without either
 * the request is implicitly denied. Within one account an identity-based or a resource-based policy suffices; a service
 * principal has only resource-based policies.
 */
export function decide({ principal, request, keys, statements }: Evaluation): Decision {
  let allowedBy: StatementOrigin | undefined
  const conditionFailed: FailedCondition[] = []
  for (const statement of statements) {
    const mention = statement.mentions(principal)
    if (mention === 'none' || !statement.coversAction(request.action)) continue
    if (!statement.coversResource(request.resource, keys)) continue
    const grants = statement.effect === 'Allow' && mention === 'named'
    const compared = statement.unsatisfied(keys)
    if (compared) {
      if (grants) conditionFailed.push({ of: statement.origin, compared })
      continue
    }
    if (statement.effect === 'Deny') return { outcome: 'explicitly-denied', by: statement.origin }
    if (grants) allowedBy ??= statement.origin
  }
  return allowedBy ? { outcome: 'allowed', by: allowedBy } : { outcome: 'implicitly-denied', conditionFailed }
}
