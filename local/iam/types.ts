/** The caller of an API. */
export type Principal =
  /** The keys `local`/`local`: IAM policies do not apply. */
  | { readonly kind: 'administrator' }
  /** No signature; accepted only by operations that AWS leaves unauthenticated (sign-up, initiate auth). */
  | { readonly kind: 'anonymous' }
  /** A session of a role, such as a running function; `functionName` is its session name. */
  | { readonly kind: 'role'; readonly roleArn: string; readonly functionName?: string }
  /** AWS itself on behalf of a resource: `{ service: 'events.amazonaws.com', sourceArn: <rule arn> }`. Resource-based policies decide. */
  | { readonly kind: 'service'; readonly service: string; readonly sourceArn: string }

/** One authorization request to IAM. An API call may need several (a transaction one for each item). */
export interface AccessRequest {
  /** `dynamodb:PutItem` */
  readonly action: string
  /** An ARN, or `*` for actions without a resource. */
  readonly resource: string
  /** Values of the condition keys of this request, keys in lower case: `{ 'dynamodb:leadingkeys': ['ORDER#1'] }`. */
  readonly context?: Readonly<Record<string, readonly string[]>>
}

export interface PolicyDocument {
  readonly Version?: string
  readonly Statement: readonly PolicyStatement[] | PolicyStatement
}

export interface PolicyStatement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: unknown
  readonly NotPrincipal?: unknown
  readonly Action?: string | readonly string[]
  readonly NotAction?: string | readonly string[]
  readonly Resource?: string | readonly string[]
  readonly NotResource?: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

/** The part of IAM that the emulated services need. */
export interface AccessControl {
  /** @throws AwsError `AccessDeniedException` naming principal, action and resource, unless every request is allowed */
  require(principal: Principal, requests: readonly AccessRequest[]): void
  /** Adds or replaces the policy `name` of a resource: a queue policy, a function permission, a bucket policy. */
  putResourcePolicy(resourceArn: string, name: string, document: PolicyDocument): void
}

/** Allows everything; for tests of a single service. */
export const allowAll: AccessControl = { require: () => {}, putResourcePolicy: () => {} }
