import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { firstLine, isAnswer, isUnreachable } from './known.ts'
import { bad, good, type Verdict } from './verdict.ts'

export interface Place {
  readonly account: string
  readonly region: string
  /** Who is asking. */
  readonly caller: string
}

/** Where a deployment would go, or why that is not known. */
export type Identity =
  | ({ readonly kind: 'known' } & Place)
  | { readonly kind: 'no-region'; readonly reason: string }
  | { readonly kind: 'no-credentials'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string }

export function checkIdentity(identity: Identity): Verdict {
  switch (identity.kind) {
    case 'known':
      return good('account', `${identity.account} in ${identity.region}, as ${identity.caller}`)
    case 'no-region':
      return bad(
        'account',
        'there is no region',
        'export AWS_REGION=eu-west-1, or set one in the profile that AWS_PROFILE names.',
      )
    case 'no-credentials':
      return bad(
        'account',
        `there are no credentials: ${identity.reason}`,
        'Sign in (aws sso login), and name the profile: export AWS_PROFILE=NAME.',
      )
    case 'unreachable':
      return bad(
        'account',
        `AWS cannot be reached: ${identity.reason}`,
        'Look at the network, AWS_REGION and AWS_ENDPOINT_URL.',
      )
    case 'refused':
      return bad(
        'account',
        `AWS does not take the credentials: ${identity.reason}`,
        'Sign in again (aws sso login), or mend AWS_PROFILE.',
      )
  }
}

/** Region and credentials come from the standard places: environment, profile, single sign-on, container, instance. */
export async function readIdentity(region = regionOfEnvironment()): Promise<Identity> {
  const client = new STSClient(region ? { region } : {})
  try {
    const resolved = await client.config.region()
    const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}))
    return { kind: 'known', account: Account!, region: resolved, caller: Arn! }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    // What is set may be empty, or no name of a region.
    if (/^Region (is missing|not accepted)/.test(error.message)) return { kind: 'no-region', reason: firstLine(error) }
    if (/^(Credentials|Token)Provider/.test(error.name)) return { kind: 'no-credentials', reason: firstLine(error) }
    if (isUnreachable(error)) return { kind: 'unreachable', reason: firstLine(error) }
    if (isAnswer(error)) return { kind: 'refused', reason: `${error.name}: ${firstLine(error)}` }
    throw error
  } finally {
    client.destroy()
  }
}

/** The CDK command line reads the second variable too; the SDK does not. */
const regionOfEnvironment = () => process.env['AWS_REGION'] || process.env['AWS_DEFAULT_REGION'] || undefined
