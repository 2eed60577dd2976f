import { accountId, arn, partition, region } from '../assembly/provider.ts'
import type { Principal } from './types.ts'

/**
 * How the Principal element of a resource-based policy matches a caller: by name, only through its account (which leaves
 * the grant to the caller's own policies), or not at all.
 */
export type Mention = 'named' | 'account' | 'none'

/** @throws Error when the element has a form that is not supported */
export function compilePrincipal(element: unknown): (principal: Principal) => Mention {
  const mentionsOf = compileMentions(element)
  return (principal) => {
    const mentions = mentionsOf(principal)
    return mentions.find((each) => each === 'named') ?? mentions.find((each) => each === 'account') ?? 'none'
  }
}

/**
 * Whether a NotPrincipal excepts a caller. For a role it must name the account too: "you must also specify the account ARN
 * of the not-denied principal. Otherwise, the policy might deny access to the entire account containing the principal"
 * (IAM User Guide, AWS JSON policy elements: NotPrincipal).
 */
export function compileException(element: unknown): (principal: Principal) => boolean {
  const mentionsOf = compileMentions(element)
  return (principal) => {
    const mentions = mentionsOf(principal)
    if (principal.kind !== 'role') return mentions.includes('named')
    return mentions.includes('account') && (mentions.includes('named') || !mentions.includes('none'))
  }
}

/** How each principal of an element matches a caller. */
function compileMentions(element: unknown): (principal: Principal) => Mention[] {
  if (element === '*') return () => ['named']
  if (typeof element !== 'object' || element === null)
    throw new Error(`A Principal cannot be ${JSON.stringify(element)}.`)
  const entries = Object.entries(element).flatMap(([kind, values]) =>
    (Array.isArray(values) ? values : [values]).map((value) => ({ kind, value: String(value) })),
  )
  return (principal) => entries.map((entry) => mention(entry, principal))
}

function mention(entry: { kind: string; value: string }, principal: Principal): Mention {
  // "Principal": "*" and "Principal": { "AWS": "*" } are equivalent (IAM User Guide, AWS JSON policy elements: Principal).
  if (entry.kind === 'AWS' && entry.value === '*') return 'named'
  if (entry.kind === 'Service')
    return principal.kind === 'service' && entry.value === principal.service ? 'named' : 'none'
  if (entry.kind !== 'AWS' || principal.kind !== 'role') return 'none'
  if (entry.value === accountId || entry.value === `arn:${partition}:iam::${accountId}:root`) return 'account'
  return entry.value === principal.roleArn || entry.value === sessionArn(principal) ? 'named' : 'none'
}

type RolePrincipal = Extract<Principal, { kind: 'role' }>

/** `arn:aws:sts::…:assumed-role/<role>/<session>`; the session name is the name of the function, as in Lambda. */
export function sessionArn(principal: RolePrincipal): string {
  return `arn:${partition}:sts::${accountId}:assumed-role/${roleNameOf(principal)}/${sessionName(principal)}`
}

const roleNameOf = ({ roleArn }: RolePrincipal) => roleArn.slice(roleArn.lastIndexOf('/') + 1)

const sessionName = ({ functionName }: RolePrincipal) => functionName ?? 'session'

/** `<role id>:<session>` */
export const sessionUserId = (principal: RolePrincipal) => `${roleId(roleNameOf(principal))}:${sessionName(principal)}`

/** The unique id of a role. */
export const roleId = (roleName: string) => `AROA${roleName}`

/** The caller as error messages of AWS name it. */
export function describePrincipal(principal: Principal): string {
  switch (principal.kind) {
    case 'administrator':
      return `User: arn:${partition}:iam::${accountId}:user/local`
    case 'anonymous':
      return 'User: anonymous'
    case 'role':
      return `User: ${sessionArn(principal)}`
    case 'service':
      return `Service: ${principal.service} on behalf of ${principal.sourceArn}`
    default:
      return principal satisfies never
  }
}

/** The condition keys of every request, regardless of its action; the request's own keys override them. */
export function globalKeys(
  principal: Principal,
  at: { nowMs: number; sessionStartMs: number },
): Record<string, readonly string[]> {
  return {
    'aws:currenttime': [new Date(at.nowMs).toISOString()],
    'aws:epochtime': [String(Math.floor(at.nowMs / 1000))],
    'aws:requestedregion': [region],
    'aws:sourceip': ['127.0.0.1'],
    // The local endpoint represents one reached over TLS; a policy that denies plain HTTP must not deny every call here.
    'aws:securetransport': ['true'],
    ...keysOfPrincipal(principal, at.sessionStartMs),
  }
}

function keysOfPrincipal(principal: Principal, sessionStartMs: number): Record<string, readonly string[]> {
  switch (principal.kind) {
    case 'administrator':
    case 'anonymous':
      return { 'aws:principalisawsservice': ['false'], 'aws:viaawsservice': ['false'] }
    case 'role':
      return {
        'aws:principalarn': [principal.roleArn],
        'aws:principalaccount': [accountId],
        'aws:principaltype': ['AssumedRole'],
        'aws:userid': [sessionUserId(principal)],
        // "Key is present only in requests that are signed using temporary security credentials" (API Gateway Developer
        // Guide, AWS condition keys that can be used in API Gateway resource policies), as every session of a role has.
        'aws:tokenissuetime': [new Date(sessionStartMs).toISOString()],
        'aws:multifactorauthpresent': ['false'],
        'aws:principalisawsservice': ['false'],
        'aws:viaawsservice': ['false'],
        ...(principal.functionName === undefined
          ? {}
          : { 'lambda:sourcefunctionarn': [arn('lambda', `function:${principal.functionName}`)] }),
      }
    case 'service':
      return {
        'aws:principalservicename': [principal.service],
        'aws:principalisawsservice': ['true'],
        'aws:sourcearn': [principal.sourceArn],
        'aws:sourceaccount': [principal.sourceArn.split(':')[4] || accountId],
      }
    default:
      return principal satisfies never
  }
}
