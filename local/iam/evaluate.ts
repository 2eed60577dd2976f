import type { KeyValues } from './pattern.ts'
import type { CompiledStatement, StatementOrigin } from './policy.ts'
import type { AccessRequest, Principal } from './types.ts'

/** The answer to one access request, with the statement that decided it. */
export type Decision =
  | { readonly outcome: 'allowed'; readonly by: StatementOrigin }
  | { readonly outcome: 'explicitly-denied'; readonly by: StatementOrigin }
  /** `conditionFailed` are the statements that would have allowed the request but for their conditions. */
  | { readonly outcome: 'implicitly-denied'; readonly conditionFailed: readonly StatementOrigin[] }

export interface Question {
  readonly principal: Principal
  readonly request: AccessRequest
  readonly keys: KeyValues
  readonly statements: Iterable<CompiledStatement>
}

/**
 * One pass over all statements that speak of this principal: an explicit Deny beats every Allow, and without
 * either the answer is no. Within one account a role's own policy or the resource's policy suffices; for a
 * service principal there are only policies of resources.
 */
export function decide({ principal, request, keys, statements }: Question): Decision {
  let allowedBy: StatementOrigin | undefined
  const conditionFailed: StatementOrigin[] = []
  for (const statement of statements) {
    const mention = statement.mentions(principal)
    if (mention === 'none' || !statement.coversAction(request.action)) continue
    if (!statement.coversResource(request.resource, keys)) continue
    const grants = statement.effect === 'Allow' && mention === 'named'
    if (!statement.holds(keys)) {
      if (grants) conditionFailed.push(statement.origin)
      continue
    }
    if (statement.effect === 'Deny') return { outcome: 'explicitly-denied', by: statement.origin }
    if (grants) allowedBy ??= statement.origin
  }
  return allowedBy ? { outcome: 'allowed', by: allowedBy } : { outcome: 'implicitly-denied', conditionFailed }
}
