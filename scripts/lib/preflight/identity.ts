import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { awsProblem, type Known } from '../aws-errors.ts'
import { failed, ok, warning, type Verdict } from './verdict.ts'

export interface Place {
  readonly account: string
  readonly region: string
  /** ARN of the credentials' identity. */
  readonly caller: string
}

export const checkIdentity = (place: Known<Place>): Verdict =>
  place.known
    ? ok('account', `${place.value.account} in ${place.value.region}, as ${place.value.caller}`)
    : failed('account', place.why, place.remedy)

/** Region and credentials come from the standard sources: environment, profile, single sign-on, container, instance. */
export async function readIdentity(): Promise<Known<Place>> {
  // The CDK CLI also reads the second variable; the SDK does not.
  const region = process.env['AWS_REGION'] || process.env['AWS_DEFAULT_REGION']
  const client = new STSClient(region ? { region } : {})
  try {
    const resolved = await client.config.region()
    const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}))
    return { known: true, value: { account: Account!, region: resolved, caller: Arn! } }
  } catch (error) {
    const problem = awsProblem(error)
    if (!problem) throw error
    return { known: false, remedy: 'Sign in again (aws sso login), or correct AWS_PROFILE.', ...problem }
  } finally {
    client.destroy()
  }
}

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
