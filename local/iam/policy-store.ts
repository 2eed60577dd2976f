import { compilePolicy, type CompiledStatement, type StatementOrigin } from './policy.ts'
import type { PolicyDocument, Principal } from './types.ts'

/** A policy with its document as declared, intrinsic functions resolved. */
export interface AttachedPolicy extends Pick<StatementOrigin, 'kind' | 'carrier' | 'policy'> {
  readonly document: PolicyDocument
}

interface Compiled {
  readonly statements: readonly CompiledStatement[]
}

/** All policies, compiled: the identity-based ones of roles, and the resource-based ones. */
export class PolicyStore {
  /** By kind and carrier, then by name. */
  readonly #policies = new Map<string, Map<string, AttachedPolicy & Compiled>>()
  /** ARN by name or ARN. */
  readonly #roleArns = new Map<string, string>()
  readonly #managed = new Map<string, PolicyDocument>()
  readonly #warn: (message: string) => void

  /** @param warn called with a message about a statement that cannot be evaluated */
  constructor(warn: (message: string) => void) {
    this.#warn = warn
  }

  /**
   * "IAM user, group, role, and policy names must be unique within the account. Names are not distinguished by case."
   * (IAM API Reference, https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html). A path is not part of
   * a name.
   * @throws Error when another role has the name
   */
  putRole(name: string, arn: string): void {
    const isSame = ([other, otherArn]: [string, string]) =>
      other.toLowerCase() === name.toLowerCase() && otherArn !== arn
    const other = [...this.#roleArns].find(isSame)
    if (other) throw new Error(`The role ${other[1]} has the same name.`)
    this.#roleArns.set(name, arn).set(arn, arn)
    this.#policies.set(keyOf('identity', arn), new Map())
  }

  hasRole(role: string): boolean {
    return this.#roleArns.has(role)
  }

  /** Adds or replaces an inline policy of a role. @throws Error when the role does not exist, or the document is malformed */
  putRolePolicy(role: string, policy: string, document: PolicyDocument): void {
    const carrier = this.#roleArns.get(role)
    if (carrier === undefined) throw new Error(`The role ${role} does not exist.`)
    this.#put({ kind: 'identity', carrier, policy, document })
  }

  putResourcePolicy(carrier: string, policy: string, document: PolicyDocument): void {
    this.#put({ kind: 'resource', carrier, policy, document })
  }

  putManagedPolicy(arn: string, document: PolicyDocument): void {
    compilePolicy(document, { kind: 'identity', carrier: arn, policy: arn })
    this.#managed.set(arn, document)
  }

  /** @returns false for an AWS managed policy that is not known here */
  attach(role: string, policyArn: string): boolean {
    const isAws = /^arn:[\w-]+:iam::aws:policy\//.test(policyArn)
    const document = isAws ? (policyArn.endsWith(basicPath) ? basicExecution : undefined) : this.#managed.get(policyArn)
    if (document) this.putRolePolicy(role, policyArn, document)
    else if (!isAws) throw new Error(`The managed policy ${policyArn} does not exist.`)
    return document !== undefined
  }

  /** All current policies, of roles and of resources, trust policies included. */
  policies(): AttachedPolicy[] {
    return [...this.#policies.values()].flatMap((policies) => [...policies.values()])
  }

  /** Every statement that may apply to this principal and resource. */
  *statements(principal: Principal, resourceArn: string): Generator<CompiledStatement> {
    const keys = [
      ...(principal.kind === 'role' ? [keyOf('identity', principal.roleArn)] : []),
      keyOf('resource', carrierOf(resourceArn)),
    ]
    for (const key of keys) for (const policy of this.#policies.get(key)?.values() ?? []) yield* policy.statements
  }

  #put(policy: AttachedPolicy): void {
    const key = keyOf(policy.kind, policy.carrier)
    const policies = this.#policies.get(key) ?? new Map<string, AttachedPolicy & Compiled>()
    const statements = compilePolicy(policy.document, policy)
    for (const { unsupported, origin } of statements) {
      const where = `statement ${origin.number} of ${origin.policy} (${origin.carrier})`
      if (unsupported !== undefined) this.#warn(`${unsupported} is not emulated: ${where} denies.`)
    }
    policies.set(policy.policy, { ...policy, statements })
    this.#policies.set(key, policies)
  }
}

const keyOf = (kind: AttachedPolicy['kind'], carrier: string) => `${kind} ${carrier}`

/** The resource whose policy applies to the given one: an object's bucket, an index's or stream's table. */
export function carrierOf(resourceArn: string): string {
  const service = resourceArn.split(':', 3)[2]
  if (service === 's3') return resourceArn.split('/', 1)[0]!
  if (service === 'dynamodb') return resourceArn.split('/').slice(0, 2).join('/')
  return resourceArn
}

/** The AWS managed policy of the roles that CDK makes for functions (AWS Managed Policy Reference Guide). */
const basicPath = ':policy/service-role/AWSLambdaBasicExecutionRole'
const basicExecution: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: '*',
    },
  ],
}
