import { AwsError } from '../../wire/aws-error.ts'
import type { Operation } from '../../wire/service.ts'
import { readAttributes } from '../attributes.ts'
import type { User } from '../directory.ts'
import { nameAndValues, text } from '../input.ts'
import { renderMessage } from '../messages.ts'
import { administrative, change, removeUser, requireUser, type Parts } from '../parts.ts'
import { checkPassword, hashPassword, generatePassword } from '../password.ts'
import type { Pool } from '../pool.ts'
import { updateAttributes } from '../update-attributes.ts'
import { attributeList, userView } from '../user-view.ts'
import { addUser, newUser } from './sign-up.ts'

type Input = Record<string, any>

export function administrationOperations(parts: Parts): Record<string, Operation> {
  const onUser = (action: string, handle: (pool: Pool, user: User, input: Input) => unknown) =>
    administrative(action, (input) => {
      const pool = parts.pools.pool(input['UserPoolId'])
      return handle(pool, requireUser(parts, pool, text(input, 'Username')), input)
    })
  return {
    AdminCreateUser: administrative('AdminCreateUser', (input) => adminCreateUser(parts, input)),
    AdminGetUser: onUser('AdminGetUser', (_, user) => {
      const { Attributes, ...view } = userView(user)
      return { ...view, UserAttributes: Attributes }
    }),
    AdminSetUserPassword: onUser('AdminSetUserPassword', (pool, user, input) => setPassword(parts, pool, user, input)),
    AdminDeleteUser: onUser('AdminDeleteUser', (_, user) => removeUser(parts, user)),
    AdminDisableUser: onUser('AdminDisableUser', (pool, user) => {
      parts.sessions.revokeAll(user)
      change(parts, pool, user, { enabled: false })
    }),
    AdminEnableUser: onUser('AdminEnableUser', (pool, user) => void change(parts, pool, user, { enabled: true })),
    AdminUpdateUserAttributes: onUser('AdminUpdateUserAttributes', (pool, user, input) => {
      updateAttributes(
        parts,
        pool,
        user,
        readAttributes(pool, input['UserAttributes'], 'administrator'),
        'administrator',
      )
    }),
    AdminUserGlobalSignOut: onUser('AdminUserGlobalSignOut', (_, user) => parts.sessions.revokeAll(user)),
    ListUsers: administrative('ListUsers', (input) => listUsers(parts, input)),
  }
}

async function adminCreateUser(parts: Parts, input: Input) {
  const pool = parts.pools.pool(input['UserPoolId'])
  if (input['MessageAction'] === 'RESEND')
    throw new AwsError('InvalidParameterException', 'MessageAction RESEND is not emulated.')
  const name = text(input, 'Username')
  const draft = newUser(parts, pool, name, readAttributes(pool, input['UserAttributes'], 'administrator'))
  const password = input['TemporaryPassword'] === undefined ? generatePassword() : text(input, 'TemporaryPassword')
  checkPassword(pool.passwordPolicy, password)
  await parts.triggers.preSignUp(pool, draft, {
    source: 'PreSignUp_AdminCreateUser',
    clientMetadata: input['ClientMetadata'],
    validationData: input['ValidationData'] && nameAndValues(input['ValidationData']),
  })
  const created: User = { ...draft, passwordHash: await hashPassword(password), status: 'FORCE_CHANGE_PASSWORD' }
  parts.state.transaction(() => {
    addUser(parts, pool, created)
    const invitation =
      input['MessageAction'] === 'SUPPRESS'
        ? undefined
        : renderMessage(pool.messages.invitation, created, { secret: password, username: name })
    if (invitation) parts.sendMail(invitation)
  })
  return { User: userView(created) }
}

async function setPassword(parts: Parts, pool: Pool, user: User, input: Input) {
  const password = text(input, 'Password')
  checkPassword(pool.passwordPolicy, password)
  change(parts, pool, user, {
    passwordHash: await hashPassword(password),
    passwordSetAtMs: parts.clock.now(),
    status: input['Permanent'] === true ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD',
  })
}

function listUsers(parts: Parts, input: Input) {
  const pool = parts.pools.pool(input['UserPoolId'])
  const limit = Number(input['Limit'] ?? 60)
  if (!Number.isInteger(limit) || limit < 1 || limit > 60) {
    throw new AwsError('InvalidParameterException', 'Limit must be between 1 and 60.')
  }
  const matches = filterOf(input['Filter'])
  const users = parts.directory.list(pool, decodeToken(input['PaginationToken'])).filter(matches)
  const page = users.slice(0, limit)
  const wanted: string[] | undefined = input['AttributesToGet']
  return {
    Users: page.map((user) => {
      const attributes = attributeList(user).filter(({ Name }) => wanted?.includes(Name) ?? true)
      return { ...userView(user), Attributes: attributes }
    }),
    PaginationToken: users.length > limit ? Buffer.from(page.at(-1)!.username).toString('base64url') : undefined,
  }
}

const decodeToken = (token: unknown) =>
  typeof token === 'string' ? Buffer.from(token, 'base64url').toString('utf8') : ''

/** `email = "a@example.com"`, or `^=` for a prefix; also for username, sub, status and cognito:user_status. */
function filterOf(filter: unknown): (user: User) => boolean {
  if (filter === undefined || filter === '') return () => true
  const [, name, operator, value] = /^\s*"?([\w:]+)"?\s*(=|\^=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(String(filter)) ?? []
  if (name === undefined || value === undefined)
    throw new AwsError('InvalidParameterException', 'Invalid search expression.')
  const wanted = value.replaceAll(/\\(.)/g, '$1')
  return (user) => {
    const actual = valueOf(user, name)
    return operator === '=' ? actual === wanted : (actual?.startsWith(wanted) ?? false)
  }
}

function valueOf(user: User, name: string): string | undefined {
  switch (name) {
    case 'username':
      return user.username
    case 'cognito:user_status':
      return user.status
    case 'status':
      return user.enabled ? 'Enabled' : 'Disabled'
    default:
      return Object.hasOwn(user.attributes, name) ? user.attributes[name] : undefined
  }
}
