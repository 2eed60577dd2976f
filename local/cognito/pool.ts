import { AwsError } from '../wire/aws-error.ts'
import type { PasswordPolicy } from './password.ts'
import type { SigningKey } from './signing-keys.ts'

/** A user pool as its template declares it; users sign in with their email address, and their username is the `sub`. */
export interface Pool {
  readonly poolId: string
  readonly arn: string
  /** The `iss` claim of its tokens, and the URL under which its keys are published. */
  readonly issuer: string
  readonly signingKey: SigningKey
  readonly passwordPolicy: PasswordPolicy
  readonly temporaryPasswordDays: number
  readonly caseSensitive: boolean
  /** Whether users can change their address: a new one then replaces the original when it is verified. */
  readonly keepsOriginalEmail: boolean
  /** The ARN of the trigger. */
  readonly postConfirmation: string | undefined
  /** The email with a code, in whose HTML `{####}` is replaced by the code. */
  readonly codeMessage: { readonly subject: string; readonly html: string }
  readonly groups: Map<string, Group>
}

interface Group {
  readonly name: string
  readonly description: string | undefined
  readonly precedence: number | undefined
}

/** The names are those of a user, in any order; groups that the template no longer declares are left out. */
export const groupsOf = (pool: Pool, names: readonly string[]): Group[] =>
  names
    .toSorted()
    .flatMap((name) => pool.groups.get(name) ?? [])
    .toSorted((a, b) => (a.precedence ?? Number.MAX_VALUE) - (b.precedence ?? Number.MAX_VALUE))

export interface Client {
  readonly clientId: string
  readonly poolId: string
  readonly authFlows: readonly string[]
  readonly accessTokenSeconds: number
  readonly idTokenSeconds: number
  readonly refreshTokenSeconds: number
}

/** The pools and app clients that templates declare, by their ids. */
export class PoolRegistry {
  readonly pools = new Map<string, Pool>()
  readonly clients = new Map<string, Client>()

  /** @throws AwsError ResourceNotFoundException */
  pool(poolId: unknown): Pool {
    const pool = this.pools.get(String(poolId))
    if (!pool) throw new AwsError('ResourceNotFoundException', `User pool ${String(poolId)} does not exist.`)
    return pool
  }

  /** @throws AwsError ResourceNotFoundException */
  client(clientId: unknown): { client: Client; pool: Pool } {
    const client = this.clients.get(String(clientId))
    if (!client) throw new AwsError('ResourceNotFoundException', `User pool client ${String(clientId)} does not exist.`)
    return { client, pool: this.pool(client.poolId) }
  }
}
