import { AwsError } from '../wire/aws-error.ts'
import type { PasswordPolicy } from './password.ts'

/** A user pool as its template declares it; users sign in with their email address, and their username is the `sub`. */
export interface Pool {
  readonly poolId: string
  readonly arn: string
  /** The `iss` claim of its tokens, and the URL under which its keys are published. */
  readonly issuer: string
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

export interface Group {
  readonly name: string
  readonly description: string | undefined
  readonly precedence: number | undefined
}

export interface Client {
  readonly clientId: string
  readonly poolId: string
  readonly authFlows: readonly string[]
  readonly accessTokenSeconds: number
  readonly idTokenSeconds: number
  readonly refreshTokenSeconds: number
}

/** The pools and app clients that templates declare. */
export class PoolRegistry {
  readonly #pools = new Map<string, Pool>()
  readonly #clients = new Map<string, Client>()

  addPool(pool: Pool): void {
    this.#pools.set(pool.poolId, pool)
  }

  addClient(client: Client): void {
    this.#clients.set(client.clientId, client)
  }

  issuedBy(issuer: string | undefined): Pool | undefined {
    return [...this.#pools.values()].find((pool) => pool.issuer === issuer)
  }

  find(poolId: string): Pool | undefined {
    return this.#pools.get(poolId)
  }

  /** @throws AwsError ResourceNotFoundException */
  pool(poolId: unknown): Pool {
    const pool = this.find(String(poolId))
    if (!pool) throw new AwsError('ResourceNotFoundException', `User pool ${String(poolId)} does not exist.`)
    return pool
  }

  /** @throws AwsError ResourceNotFoundException */
  client(clientId: unknown): { client: Client; pool: Pool } {
    const client = this.#clients.get(String(clientId))
    if (!client) throw new AwsError('ResourceNotFoundException', `User pool client ${String(clientId)} does not exist.`)
    return { client, pool: this.pool(client.poolId) }
  }
}
