import type { KeyValues } from './pattern.ts'
import type { CompiledStatement, StatementOrigin } from './policy.ts'
import type { AccessRequest, Principal } from './types.ts'

/** The decision on one access request, with the statement that decided it. */
export type Decision =
  | { readonly outcome: 'allowed'; readonly by: StatementOrigin }
  | { readonly outcome: 'explicitly-denied'; readonly by: StatementOrigin }
  /** `conditionFailed`: the statements that would have allowed the request except for their conditions. */
  | { readonly outcome: 'implicitly-denied'; readonly conditionFailed: readonly StatementOrigin[] }

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
