import { randomBytes } from 'node:crypto'
import { State } from '../state/state.ts'
import type { Principal } from './types.ts'

/** The credentials of a running function, as the Lambda service would put them into its environment. */
export interface SessionKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

/** What verifies a signature, and whose it is; the administrator's key has no session token. */
export interface Signer {
  readonly principal: Principal
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** The key `local` with the secret `local`, to whom IAM policies do not apply. */
const administratorKey = 'local'
const administrator: Signer = { principal: { kind: 'administrator' }, secretAccessKey: administratorKey }

/** One session key for each function and role, stored in the state file: a presigned URL must remain valid after a restart. */
export class KeyRing {
  readonly #state: State
  /** A key never changes, and every request looks one up. */
  readonly #signers = new Map([[administratorKey, administrator]])

  constructor(state = new State(':memory:')) {
    this.#state = state
    state.define(
      'CREATE TABLE IF NOT EXISTS iam_keys (access_key_id TEXT PRIMARY KEY, secret TEXT NOT NULL, token TEXT NOT NULL, role_arn TEXT NOT NULL, function_name TEXT NOT NULL)',
    )
  }

  keyFor(roleArn: string, functionName: string): SessionKey {
    const known = this.#state.get<SessionKey>(
      'SELECT access_key_id AS accessKeyId, secret AS secretAccessKey, token AS sessionToken FROM iam_keys WHERE role_arn = ? AND function_name = ?',
      roleArn,
      functionName,
    )
    if (known) return { ...known }
    const key = {
      // The prefix of temporary credentials on AWS.
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(48).toString('base64'),
    }
    this.#state.run(
      'INSERT INTO iam_keys (access_key_id, secret, token, role_arn, function_name) VALUES (?, ?, ?, ?, ?)',
      ...Object.values(key),
      roleArn,
      functionName,
    )
    return key
  }

  signerOf(accessKeyId: string): Signer | undefined {
    const signer = this.#signers.get(accessKeyId) ?? this.#storedSigner(accessKeyId)
    if (signer) this.#signers.set(accessKeyId, signer)
    return signer
  }

  #storedSigner(accessKeyId: string): Signer | undefined {
    const row = this.#state.get<Omit<Signer, 'principal'> & { roleArn: string; functionName: string }>(
      'SELECT secret AS secretAccessKey, token AS sessionToken, role_arn AS roleArn, function_name AS functionName FROM iam_keys WHERE access_key_id = ?',
      accessKeyId,
    )
    if (!row) return undefined
    const { roleArn, functionName, ...key } = row
    return { ...key, principal: { kind: 'role', roleArn, functionName } }
  }
}
