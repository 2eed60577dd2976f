import { compileConditions, type Condition } from './conditions.ts'
import { compilePattern, compileResourcePattern, type KeyValues } from './pattern.ts'
import { compileException, compilePrincipal, type Mention } from './principal.ts'
import type { PolicyDocument, PolicyStatement, Principal } from './types.ts'

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
  readonly holds: Condition
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

function compileStatement(statement: PolicyStatement, origin: StatementOrigin, variables: boolean): CompiledStatement {
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') throw new Error('Effect must be Allow or Deny.')
  if (statement.Action === undefined && statement.NotAction === undefined) throw new Error('Action is missing.')
  const hasResource = statement.Resource !== undefined || statement.NotResource !== undefined
  if (!hasResource && origin.kind === 'identity') throw new Error('Resource is missing.')
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
    holds: compileConditions(statement.Condition, { variables }),
  }
}

function principalOf(statement: PolicyStatement, origin: StatementOrigin): (principal: Principal) => Mention {
  if (origin.kind === 'identity') {
    if (statement.Principal !== undefined) throw new Error('A policy of a role cannot have a Principal.')
    return () => 'named'
  }
  if (statement.NotPrincipal !== undefined) {
    const isExcepted = compileException(statement.NotPrincipal)
    return (principal) => (isExcepted(principal) ? 'none' : 'named')
  }
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
