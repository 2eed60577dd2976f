import { randomBytes } from 'node:crypto'
import type { State } from '../state/state.ts'
import type { Principal } from './types.ts'

/** The credentials of a running function, as the Lambda service would put them into its environment. */
export interface SessionKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

/** The secret that verifies a signature; the administrator's key has no session token. */
export interface Secret {
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

interface KeyRow {
  access_key_id: string
  secret: string
  token: string
  role_arn: string
  function_name: string
}

/** Access key id and secret of the administrator, to whom IAM policies do not apply. */
const administratorKey = 'local'

/**
 * One session key for each function and role. Keys survive a restart if a state file is given, since a presigned URL must
 * remain valid after it.
 */
export class KeyRing {
  readonly #state: State | undefined
  readonly #byId = new Map<string, KeyRow>()
  readonly #byOwner = new Map<string, KeyRow>()

  constructor(state?: State) {
    this.#state = state
    state?.define(
      'CREATE TABLE IF NOT EXISTS iam_keys (access_key_id TEXT PRIMARY KEY, secret TEXT NOT NULL, token TEXT NOT NULL, role_arn TEXT NOT NULL, function_name TEXT NOT NULL)',
    )
    for (const row of state?.all<KeyRow>('SELECT * FROM iam_keys') ?? []) this.#add(row)
  }

  keyFor(roleArn: string, functionName: string): SessionKey {
    let row = this.#byOwner.get(`${roleArn} ${functionName}`)
    if (!row) {
      row = newKey(roleArn, functionName)
      this.#state?.run(
        'INSERT INTO iam_keys (access_key_id, secret, token, role_arn, function_name) VALUES (?, ?, ?, ?, ?)',
        row.access_key_id,
        row.secret,
        row.token,
        row.role_arn,
        row.function_name,
      )
      this.#add(row)
    }
    return { accessKeyId: row.access_key_id, secretAccessKey: row.secret, sessionToken: row.token }
  }

  secretOf(accessKeyId: string): Secret | undefined {
    if (accessKeyId === administratorKey) return { secretAccessKey: administratorKey }
    const row = this.#byId.get(accessKeyId)
    return row && { secretAccessKey: row.secret, sessionToken: row.token }
  }

  principalOf(accessKeyId: string): Principal | undefined {
    if (accessKeyId === administratorKey) return { kind: 'administrator' }
    const row = this.#byId.get(accessKeyId)
    return row && { kind: 'role', roleArn: row.role_arn, functionName: row.function_name }
  }

  #add(row: KeyRow): void {
    this.#byId.set(row.access_key_id, row)
    this.#byOwner.set(`${row.role_arn} ${row.function_name}`, row)
  }
}

/** `ASIA` is the prefix of temporary credentials on AWS. */
const newKey = (roleArn: string, functionName: string): KeyRow => ({
  access_key_id: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
  secret: randomBytes(30).toString('base64'),
  token: randomBytes(48).toString('base64'),
  role_arn: roleArn,
  function_name: functionName,
})
