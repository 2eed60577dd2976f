import { compilePolicy, type CompiledStatement, type StatementOrigin } from './policy.ts'
import type { PolicyDocument, PolicyStatement, Principal } from './types.ts'

/** A policy with its document as declared, intrinsic functions resolved. */
export interface AttachedPolicy extends Pick<StatementOrigin, 'kind' | 'carrier' | 'policy'> {
  readonly document: PolicyDocument
}

interface CompiledPolicy extends AttachedPolicy {
  readonly statements: readonly CompiledStatement[]
}

interface Role {
  readonly arn: string
  readonly policies: Map<string, CompiledPolicy>
}

/** All policies, compiled: identity-based ones by role, resource-based ones by the resource's ARN. */
export class PolicyStore {
  readonly #roles = new Map<string, Role>()
  readonly #managed = new Map<string, PolicyDocument>()
  readonly #resources = new Map<string, Map<string, CompiledPolicy>>()

  putRole(name: string, arn: string): void {
    this.#roles.set(arn, { arn, policies: new Map() })
    this.#roles.set(name, this.#roles.get(arn)!)
  }

  /** @throws Error when the role does not exist or the document is malformed */
  putRolePolicy(role: string, policyName: string, document: PolicyDocument): void {
    const { arn, policies } = this.#role(role)
    policies.set(policyName, compile({ kind: 'identity', carrier: arn, policy: policyName, document }))
  }

  putManagedPolicy(arn: string, document: PolicyDocument): void {
    compile({ kind: 'identity', carrier: arn, policy: arn, document })
    this.#managed.set(arn, document)
  }

  /** @returns false for an AWS managed policy that is not known here */
  attach(role: string, policyArn: string): boolean {
    const path = awsManagedPath(policyArn)
    const document = path === undefined ? this.#managed.get(policyArn) : awsManagedPolicies[path]
    if (document) this.putRolePolicy(role, policyArn, document)
    else if (path === undefined) throw new Error(`The managed policy ${policyArn} does not exist.`)
    return document !== undefined
  }

  putResourcePolicy(resourceArn: string, name: string, document: PolicyDocument): void {
    const policies = this.#resources.get(resourceArn) ?? new Map<string, CompiledPolicy>()
    policies.set(name, compile({ kind: 'resource', carrier: resourceArn, policy: name, document }))
    this.#resources.set(resourceArn, policies)
  }

  hasRole(role: string): boolean {
    return this.#roles.has(role)
  }

  /** Every policy of every role and resource. */
  list(): AttachedPolicy[] {
    const carriers = [...new Set(this.#roles.values())].map(({ policies }) => policies)
    return [...carriers, ...this.#resources.values()].flatMap((policies) => [...policies.values()])
  }

  /** Every statement that may apply to this principal and resource. */
  *statements(principal: Principal, resourceArn: string): Generator<CompiledStatement> {
    if (principal.kind === 'role') {
      for (const policy of this.#roles.get(principal.roleArn)?.policies.values() ?? []) yield* policy.statements
    }
    for (const policy of this.#resources.get(carrierOf(resourceArn))?.values() ?? []) yield* policy.statements
  }

  #role(role: string): Role {
    const found = this.#roles.get(role)
    if (!found) throw new Error(`The role ${role} does not exist.`)
    return found
  }
}

const compile = (policy: AttachedPolicy): CompiledPolicy => ({
  ...policy,
  statements: compilePolicy(policy.document, policy),
})

/** The resource whose policy applies to the given one: an object's bucket, an index's or stream's table. */
export function carrierOf(resourceArn: string): string {
  const service = resourceArn.split(':', 3)[2]
  if (service === 's3') return resourceArn.split('/', 1)[0]!
  if (service === 'dynamodb') return resourceArn.split('/').slice(0, 2).join('/')
  return resourceArn
}

const policy = (...statements: Omit<PolicyStatement, 'Effect'>[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: statements.map((statement) => ({ Effect: 'Allow', Resource: '*', ...statement })),
})

const writeLogs = { Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'] }

/**
 * The AWS managed policies that templates for functions attach, by the path below `arn:aws:iam::aws:policy/`, with the
 * statements of the AWS managed policy reference.
 */
const awsManagedPolicies: Readonly<Record<string, PolicyDocument>> = {
  'service-role/AWSLambdaBasicExecutionRole': policy(writeLogs),
  'service-role/AWSLambdaSQSQueueExecutionRole': policy({
    Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', ...writeLogs.Action],
  }),
  'service-role/AWSLambdaDynamoDBExecutionRole': policy({
    Action: [
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
      ...writeLogs.Action,
    ],
  }),
  AWSXRayDaemonWriteAccess: policy({
    Action: [
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:GetSamplingStatisticSummaries',
    ],
  }),
}

/** @returns the path below `arn:aws:iam::aws:policy/`, or undefined when the ARN is not of an AWS managed policy */
const awsManagedPath = (policyArn: string) => /^arn:[\w-]+:iam::aws:policy\/(.+)$/.exec(policyArn)?.[1]
