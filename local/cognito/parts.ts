import { arn } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Call, Operation } from '../wire/service.ts'
import type { Challenges } from './challenges.ts'
import type { CodePurpose, CodeStore } from './codes.ts'
import type { Directory, User } from './directory.ts'
import type { GroupStore } from './groups.ts'
import { codeDelivery, renderMessage, type SendMail } from './messages.ts'
import type { Pool, PoolRegistry } from './pool.ts'
import type { SessionStore } from './sessions.ts'
import type { Tokens } from './tokens.ts'
import type { Triggers } from './triggers.ts'

/** The dependencies of the operations. */
export interface Parts {
  readonly state: State
  readonly clock: Clock
  readonly pools: PoolRegistry
  readonly directory: Directory
  readonly groups: GroupStore
  readonly codes: CodeStore
  readonly sessions: SessionStore
  readonly challenges: Challenges
  readonly tokens: Tokens
  readonly triggers: Triggers
  readonly sendMail: SendMail
}

type Handle = (input: Record<string, any>, call: Call) => unknown

/** An operation without IAM authorization; a password, code or token authorizes it instead. */
export const unauthenticated = (handle: Handle): Operation => ({ anonymous: true, access: () => [], handle })

/** An operation that needs the permission `cognito-idp:<action>` on the pool. */
export const administrative = (action: string, handle: Handle): Operation => ({
  access: (input) => [
    { action: `cognito-idp:${action}`, resource: arn('cognito-idp', `userpool/${String(input.UserPoolId ?? '*')}`) },
  ],
  handle,
})

export const userNotFound = () => new AwsError('UserNotFoundException', 'User does not exist.')

/** @throws AwsError UserNotFoundException */
export function requireUser(parts: Parts, pool: Pool, name: string): User {
  const user = parts.directory.find(pool, name)
  if (!user) throw userNotFound()
  return user
}

/** Applies the changes to the current state: other requests may have changed or deleted the user since it was read. */
export function change(parts: Parts, pool: Pool, user: User, changes: Partial<User>): User {
  const current = requireUser(parts, pool, user.username)
  return parts.directory.put(pool, { ...current, ...changes, modifiedAtMs: parts.clock.now() })
}

/** Creates and emails a code in one transaction. @returns CodeDeliveryDetails; undefined for a user without an address */
export function sendCode(parts: Parts, pool: Pool, user: User, purpose: CodePurpose) {
  return parts.state.transaction(() => {
    const secret = parts.codes.create(user, purpose)
    const mail = renderMessage(pool.messages.code, user, {
      secret,
      username: user.attributes['email'] ?? user.username,
    })
    if (!mail) return undefined
    parts.sendMail(mail)
    return codeDelivery(mail.to)
  })
}

export function removeUser(parts: Parts, user: User): void {
  parts.state.transaction(() => {
    parts.groups.leaveAll(user)
    parts.codes.removeAll(user)
    parts.sessions.revokeAll(user)
    parts.directory.delete(user)
  })
}
