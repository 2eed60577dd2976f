import { accountId, arn, partition, region } from '../assembly/provider.ts'
import type { Principal } from './types.ts'

/**
 * How the Principal element of a resource-based policy matches a caller: by name, only through its account (which leaves
 * the grant to the caller's own policies), or not at all.
 */
export type Mention = 'named' | 'account' | 'none'

/** @throws Error when the element has a form that is not supported */
export function compilePrincipal(element: unknown): (principal: Principal) => Mention {
  if (element === '*') return () => 'named'
  if (typeof element !== 'object' || element === null)
    throw new Error(`A Principal cannot be ${JSON.stringify(element)}.`)
  const entries = Object.entries(element).flatMap(([kind, values]) =>
    [values].flat().map((value) => ({ kind, value: String(value) })),
  )
  return (principal) => {
    const mentions = entries.map((entry) => mention(entry, principal))
    return mentions.find((each) => each === 'named') ?? mentions.find((each) => each === 'account') ?? 'none'
  }
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

/** `arn:aws:sts::…:assumed-role/<role>/<session>`; the session name is the name of the function, as in Lambda. */
function sessionArn({ roleArn, functionName = 'session' }: Extract<Principal, { kind: 'role' }>): string {
  const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1)
  return `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${functionName}`
}

/** The caller as error messages of AWS name it. */
export function describePrincipal(principal: Principal): string {
  if (principal.kind === 'service') return `Service: ${principal.service} on behalf of ${principal.sourceArn}`
  if (principal.kind === 'role') return `User: ${sessionArn(principal)}`
  return `User: ${principal.kind}`
}

/** The condition keys of every request, regardless of its action; the request's own keys override them. */
export function globalKeys(principal: Principal, nowMs: number): Record<string, readonly string[]> {
  return {
    'aws:currenttime': [new Date(nowMs).toISOString()],
    'aws:requestedregion': [region],
    'aws:sourceip': ['127.0.0.1'],
    // The local endpoint represents one reached over TLS; a policy that denies plain HTTP must not deny every call here.
    'aws:securetransport': ['true'],
    'aws:principalisawsservice': [String(principal.kind === 'service')],
    ...(principal.kind === 'role' && {
      'aws:principalarn': [principal.roleArn],
      'aws:principalaccount': [accountId],
      ...(principal.functionName !== undefined && {
        'lambda:sourcefunctionarn': [arn('lambda', `function:${principal.functionName}`)],
      }),
    }),
    ...(principal.kind === 'service' && {
      'aws:principalservicename': [principal.service],
      'aws:sourcearn': [principal.sourceArn],
      'aws:sourceaccount': [principal.sourceArn.split(':')[4] || accountId],
    }),
  }
}
