import { awsManagedPath, awsManagedPolicies } from './managed-policies.ts'
import { compilePolicy, type CompiledStatement } from './policy.ts'
import type { PolicyDocument, Principal } from './types.ts'

interface Role {
  readonly arn: string
  readonly policies: Map<string, readonly CompiledStatement[]>
}

/** All policies, compiled: those of roles by role, those of resources by the resource's ARN. */
export class PolicyStore {
  readonly #roles = new Map<string, Role>()
  readonly #managed = new Map<string, PolicyDocument>()
  readonly #resources = new Map<string, Map<string, readonly CompiledStatement[]>>()

  putRole(name: string, arn: string): void {
    this.#roles.set(arn, { arn, policies: new Map() })
    this.#roles.set(name, this.#roles.get(arn)!)
  }

  /** @throws Error when the role does not exist or the document is malformed */
  putRolePolicy(role: string, policyName: string, document: PolicyDocument): void {
    this.#role(role).policies.set(policyName, compilePolicy(document, { kind: 'identity', policy: policyName }))
  }

  putManagedPolicy(arn: string, document: PolicyDocument): void {
    compilePolicy(document, { kind: 'identity', policy: arn })
    this.#managed.set(arn, document)
  }

  /** @returns false when the policy is one of AWS's that is not known here */
  attach(role: string, policyArn: string): boolean {
    const path = awsManagedPath(policyArn)
    const document = path === undefined ? this.#managed.get(policyArn) : awsManagedPolicies[path]
    if (document) this.putRolePolicy(role, policyArn, document)
    else if (path === undefined) throw new Error(`The managed policy ${policyArn} does not exist.`)
    return document !== undefined
  }

  putResourcePolicy(resourceArn: string, name: string, document: PolicyDocument): void {
    const policies = this.#resources.get(resourceArn) ?? new Map<string, readonly CompiledStatement[]>()
    policies.set(name, compilePolicy(document, { kind: 'resource', policy: name }))
    this.#resources.set(resourceArn, policies)
  }

  hasRole(role: string): boolean {
    return this.#roles.has(role)
  }

  /** Every statement that may speak about this principal and resource. */
  *statements(principal: Principal, resourceArn: string): Generator<CompiledStatement> {
    if (principal.kind === 'role') {
      for (const policy of this.#roles.get(principal.roleArn)?.policies.values() ?? []) yield* policy
    }
    for (const policy of this.#resources.get(carrierOf(resourceArn))?.values() ?? []) yield* policy
  }

  #role(role: string): Role {
    const found = this.#roles.get(role)
    if (!found) throw new Error(`The role ${role} does not exist.`)
    return found
  }
}

/** The resource that carries the policy for another: an object's bucket, an index's or stream's table. */
export function carrierOf(resourceArn: string): string {
  const service = resourceArn.split(':', 3)[2]
  if (service === 's3') return resourceArn.split('/', 1)[0]!
  if (service === 'dynamodb') return resourceArn.split('/').slice(0, 2).join('/')
  return resourceArn
}
