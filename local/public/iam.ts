/** Evaluates IAM policies as the local system does. */
export type { Denial, Iam } from '../iam/iam.ts'
export { compileArnPattern, compilePattern } from '../iam/pattern.ts'
export { compilePolicy, decide, type Decision } from '../iam/policy.ts'
export { carrierOf, type AttachedPolicy } from '../iam/policy-store.ts'
export { describePrincipal } from '../iam/principal.ts'
export type { AccessRequest, PolicyDocument, PolicyStatement, Principal } from '../iam/types.ts'
