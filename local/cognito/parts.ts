import { arn } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import type { Operation } from '../wire/service.ts'
import type { Codes } from './codes.ts'
import type { Directory, User } from './directory.ts'
import { text, type Input } from './input.ts'
import type { Pool, PoolRegistry } from './pool.ts'
import type { SessionStore } from './sessions.ts'
import type { Tokens } from './tokens.ts'
import type { PostConfirmation } from './triggers.ts'

/** The dependencies of the operations. */
export interface Parts {
  readonly state: State
  readonly clock: Clock
  readonly pools: PoolRegistry
  readonly directory: Directory
  readonly codes: Codes
  readonly sessions: SessionStore
  readonly tokens: Tokens
  readonly postConfirmation: PostConfirmation
}

export type Operations = Readonly<Record<string, Operation>>

/** An operation without IAM authorization; a password, code or token authorizes it instead. */
export const unauthenticated = (handle: (input: Input) => unknown): Operation => ({
  anonymous: true,
  access: () => [],
  handle,
})

/** An operation that the user's access token authorizes. */
export const ofTokenUser = (parts: Parts, handle: (pool: Pool, user: User, input: Input) => unknown): Operation =>
  unauthenticated(async (input) => {
    const { pool, user } = await parts.tokens.userOf(text(input, 'AccessToken'))
    return handle(pool, user, input)
  })

/** An operation that needs the permission `cognito-idp:<action>` on the pool. */
export const administrative = (
  action: string,
  parts: Parts,
  handle: (pool: Pool, input: Input) => unknown,
): Operation => ({
  access: (input) => [
    { action: `cognito-idp:${action}`, resource: arn('cognito-idp', `userpool/${String(input.UserPoolId ?? '*')}`) },
  ],
  handle: (input) => handle(parts.pools.pool(input.UserPoolId), input),
})
