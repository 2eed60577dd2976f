import { systemClock, type Clock } from '../clock.ts'
import type { ResourceProvider } from '../assembly/provider.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { KeyRing, type SessionKey } from './keys.ts'
import type { KeyValues } from './pattern.ts'
import { decide, type Decision, type StatementOrigin } from './policy.ts'
import { PolicyStore } from './policy-store.ts'
import { describePrincipal, globalKeys } from './principal.ts'
import { iamProviders } from './resources.ts'
import type { AccessControl, AccessRequest, Principal } from './types.ts'

/** A call that IAM denied, with the details needed to fix a policy. */
export interface Denial {
  readonly principal: Principal
  /** Set when the caller is a function. */
  readonly functionName?: string
  readonly action: string
  readonly resource: string
  /** One sentence. */
  readonly why: string
}

export interface IamOptions {
  readonly state?: State
  readonly clock?: Clock
  readonly report?: (denial: Denial) => void
  readonly warn?: (message: string) => void
  /** Receives every decision with the deciding statement, from which a report of unused permissions is made. */
  readonly onDecision?: (principal: Principal, request: AccessRequest, decision: Decision) => void
}

/** Authorizes every call by the policies that the templates declare. */
export class Iam extends PolicyStore implements AccessControl {
  readonly providers: readonly ResourceProvider[] = iamProviders(this)
  readonly keys: KeyRing
  readonly #options: IamOptions

  constructor(options: IamOptions = {}) {
    super(options.warn ?? (() => {}))
    this.keys = new KeyRing(options.state)
    this.#options = options
  }

  require(principal: Principal, requests: readonly AccessRequest[]): void {
    if (principal.kind === 'administrator') return
    for (const request of requests) {
      const decision = this.decide(principal, request)
      if (decision.outcome !== 'allowed') throw this.#denied(principal, request, decision)
    }
  }

  /** Returns the decision without throwing or reporting a denial. */
  decide(principal: Principal, request: AccessRequest): Decision {
    const decision = decide({
      principal,
      request,
      keys: this.#keysOf(principal, request),
      statements: this.statements(principal, request.resource),
    })
    this.#options.onDecision?.(principal, request, decision)
    return decision
  }

  /** @throws Error when the role does not exist or does not trust Lambda */
  createKey(roleArn: string, functionName: string): SessionKey {
    if (!this.canAssume(roleArn, 'lambda.amazonaws.com')) {
      throw new Error(
        `The role ${roleArn} of the function ${functionName} does not exist or cannot be assumed by Lambda.`,
      )
    }
    return this.keys.keyFor(roleArn, functionName)
  }

  /** Whether the role's trust policy lets this service assume the role, on behalf of the source. */
  canAssume(roleArn: string, service: string, sourceArn = roleArn): boolean {
    if (!this.hasRole(roleArn)) return false
    const principal: Principal = { kind: 'service', service, sourceArn }
    return this.decide(principal, { action: 'sts:AssumeRole', resource: roleArn }).outcome === 'allowed'
  }

  #keysOf(principal: Principal, request: AccessRequest): KeyValues {
    let keys: Map<string, readonly string[]> | undefined
    return (key) =>
      (keys ??= new Map([
        ...Object.entries(globalKeys(principal, (this.#options.clock ?? systemClock).now())),
        ...Object.entries(request.context ?? {}),
      ])).get(key)
  }

  #denied(principal: Principal, request: AccessRequest, decision: Exclude<Decision, { outcome: 'allowed' }>): AwsError {
    const { action, resource } = request
    this.#options.report?.({
      principal,
      functionName: principal.kind === 'role' ? principal.functionName : undefined,
      action,
      resource,
      why: why(principal, decision, this.#keysOf(principal, request)),
    })
    const reason =
      decision.outcome === 'explicitly-denied'
        ? `with an explicit deny in ${kinds[decision.by.kind]}`
        : `because no ${principal.kind === 'role' ? 'identity' : 'resource'}-based policy allows the ${action} action`
    const message = `${describePrincipal(principal)} is not authorized to perform: ${action} on resource: ${resource} ${reason}`
    return new AwsError('AccessDeniedException', message)
  }
}

const kinds = { identity: 'an identity-based policy', resource: 'a resource-based policy' }

function why(principal: Principal, decision: Exclude<Decision, { outcome: 'allowed' }>, keys: KeyValues): string {
  if (decision.outcome === 'explicitly-denied') return `${describeOrigin(decision.by)} denies it.`
  if (decision.conditionFailed.length > 0) {
    const conditions = decision.conditionFailed.map(
      ({ of, compared }) =>
        `${compared.text} of ${describeOrigin(of)}, with ${keys(compared.key)?.join(', ') || 'no value'} in the request`,
    )
    return `Only conditions are not satisfied: ${conditions.join('; ')}.`
  }
  return principal.kind === 'role' ? 'No policy of the role allows it.' : 'No policy of the resource allows it.'
}

const describeOrigin = (origin: StatementOrigin) =>
  `statement ${origin.number}${origin.sid ? ` (${origin.sid})` : ''} of ${origin.policy}`
