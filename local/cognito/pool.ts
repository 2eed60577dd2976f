import { AwsError } from '../wire/aws-error.ts'
import type { PasswordPolicy } from './password.ts'

/** A user pool as its template declares it; its users and tokens are in the state file. */
export interface Pool {
  readonly poolId: string
  readonly arn: string
  readonly name: string
  /** The `iss` claim of its tokens, and the URL under which its keys are published. */
  readonly issuer: string
  readonly passwordPolicy: PasswordPolicy
  readonly temporaryPasswordDays: number
  /** Whether users sign in with their address; their username is then the `sub`. */
  readonly emailIsUsername: boolean
  readonly caseSensitive: boolean
  /** Whether codes are sent to the email address, and confirming verifies it. */
  readonly verifiesEmail: boolean
  /** Whether a new address replaces the original only when it is verified. */
  readonly keepsOriginalEmail: boolean
  readonly schema: ReadonlyMap<string, AttributeSchema>
  readonly triggers: { readonly preSignUp?: string; readonly postConfirmation?: string }
  readonly onlyAdministratorsCreate: boolean
  readonly onlyAdministratorsRecover: boolean
  readonly messages: { readonly code: MessageTemplate; readonly invitation: MessageTemplate }
  /** The template's properties, for DescribeUserPool. */
  readonly properties: Readonly<Record<string, unknown>>
  readonly createdAtMs: number
}

export interface AttributeSchema {
  readonly required: boolean
  readonly mutable: boolean
}

/** `{####}` is replaced by the code or the temporary password, `{username}` by the sign-in name. */
export interface MessageTemplate {
  readonly subject: string
  readonly html: string
}

export interface Client {
  readonly clientId: string
  readonly name: string
  readonly poolId: string
  readonly authFlows: ReadonlySet<string>
  readonly hidesUserExistence: boolean
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

  pools(): Pool[] {
    return [...this.#pools.values()]
  }

  /** @throws AwsError ResourceNotFoundException */
  pool(poolId: unknown): Pool {
    const pool = this.#pools.get(String(poolId))
    if (!pool) throw new AwsError('ResourceNotFoundException', `User pool ${String(poolId)} does not exist.`)
    return pool
  }

  /** @throws AwsError ResourceNotFoundException */
  client(clientId: unknown): { client: Client; pool: Pool } {
    const client = this.#clients.get(String(clientId))
    if (!client) throw new AwsError('ResourceNotFoundException', `User pool client ${String(clientId)} does not exist.`)
    return { client, pool: this.pool(client.poolId) }
  }

  /** @throws AwsError ResourceNotFoundException, also for a client of another pool */
  clientOf(pool: Pool, clientId: unknown): Client {
    const { client } = this.client(clientId)
    if (client.poolId !== pool.poolId) {
      throw new AwsError('ResourceNotFoundException', `User pool client ${String(clientId)} does not exist.`)
    }
    return client
  }
}
