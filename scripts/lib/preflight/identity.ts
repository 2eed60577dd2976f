import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { firstLine, isAnswer, isUnreachable } from '../aws-errors.ts'
import { failed, ok, warning, type Verdict } from './verdict.ts'

export interface Place {
  readonly account: string
  readonly region: string
  /** ARN of the credentials' identity. */
  readonly caller: string
}

/** Why the account and region may be unknown, and what to do. */
const problems = {
  'no-region': ['no region is set', 'export AWS_REGION=eu-west-1, or set a region in the profile of AWS_PROFILE.'],
  'no-credentials': ['no credentials found', 'Sign in (aws sso login), and set the profile: export AWS_PROFILE=NAME.'],
  rejected: ['AWS rejects the credentials', 'Sign in again (aws sso login), or correct AWS_PROFILE.'],
  unreachable: ['AWS cannot be reached', 'Check the network, AWS_REGION and AWS_ENDPOINT_URL.'],
} as const

type Identity = ({ readonly kind: 'known' } & Place) | { readonly kind: keyof typeof problems; readonly reason: string }

export function checkIdentity(identity: Identity): Verdict {
  if (identity.kind === 'known')
    return ok('account', `${identity.account} in ${identity.region}, as ${identity.caller}`)
  const [finding, remedy] = problems[identity.kind]
  return failed('account', `${finding}: ${identity.reason}`, remedy)
}

/** Region and credentials come from the standard sources: environment, profile, single sign-on, container, instance. */
export async function readIdentity(region = regionOfEnvironment()): Promise<Identity> {
  const client = new STSClient(region ? { region } : {})
  try {
    const resolved = await client.config.region()
    const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}))
    return { kind: 'known', account: Account!, region: resolved, caller: Arn! }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    // The configured region may be empty or malformed.
    if (/^Region (is missing|not accepted)/.test(error.message)) return { kind: 'no-region', reason: firstLine(error) }
    if (/^(Credentials|Token)Provider/.test(error.name)) return { kind: 'no-credentials', reason: firstLine(error) }
    if (isUnreachable(error)) return { kind: 'unreachable', reason: firstLine(error) }
    if (isAnswer(error)) return { kind: 'rejected', reason: `${error.name}: ${firstLine(error)}` }
    throw error
  } finally {
    client.destroy()
  }
}

/** The CDK CLI also reads the second variable; the SDK does not. */
const regionOfEnvironment = () => process.env['AWS_REGION'] || process.env['AWS_DEFAULT_REGION'] || undefined

interface Tools {
  /** Versions without a `v`. */
  readonly node: string
  /** The Node version that package.json pins. */
  readonly pinnedNode: string
  /** Undefined when npm did not start the script. */
  readonly npm: string | undefined
}

export function checkTools({ node, pinnedNode, npm }: Tools): Verdict {
  const found = `Node ${node}${npm ? `, npm ${npm}` : ''}`
  return node === pinnedNode
    ? ok('tools', found)
    : warning('tools', `${found}; the functions are built and tested with Node ${pinnedNode}`, 'Use npm run.')
}

/** @param userAgent as npm passes it to scripts: `npm/11.6.0 node/v24.1.0 linux x64 …` */
export const npmVersionOf = (userAgent: string | undefined): string | undefined =>
  /\bnpm\/(\S+)/.exec(userAgent ?? '')?.[1]
