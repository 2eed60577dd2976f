import { arn } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Operation } from '../wire/service.ts'
import type { Codes } from './codes.ts'
import type { Directory, User } from './directory.ts'
import type { Client, Pool, PoolRegistry } from './pool.ts'
import type { Tokens } from './tokens.ts'
import type { PostConfirmation } from './triggers.ts'

/** The dependencies of the operations. */
export interface Parts {
  readonly state: State
  readonly clock: Clock
  readonly pools: PoolRegistry
  readonly directory: Directory
  readonly codes: Codes
  readonly tokens: Tokens
  readonly postConfirmation: PostConfirmation
}

export type Input = Record<string, any>

export type Operations = Readonly<Record<string, Operation>>

type Handle<Subject> = (subject: Subject, input: Input) => unknown

/** An operation of an app client, without IAM authorization: a password or a code authorizes it. */
export const ofClient = ({ pools }: Parts, handle: Handle<{ client: Client; pool: Pool }>): Operation => ({
  anonymous: true,
  access: () => [],
  handle: (input) => handle(pools.client(input.ClientId), input),
})

/** An operation that the user's access token authorizes. */
export const ofTokenUser = ({ tokens }: Parts, handle: Handle<{ pool: Pool; user: User }>): Operation => ({
  anonymous: true,
  access: () => [],
  handle: async (input) => handle(await tokens.userOf(text(input, 'AccessToken')), input),
})

/** An operation that needs the permission `cognito-idp:<action>` on the pool. */
export const ofPool = ({ pools }: Parts, action: string, handle: Handle<Pool>): Operation => ({
  access: (input) => [
    { action: `cognito-idp:${action}`, resource: arn('cognito-idp', `userpool/${String(input.UserPoolId ?? '*')}`) },
  ],
  handle: (input) => handle(pools.pool(input.UserPoolId), input),
})

export const invalid = (message: string) => new AwsError('InvalidParameterException', message)

/** Reads a required, non-empty string. @throws AwsError InvalidParameterException */
export function text(input: Record<string, unknown>, member: string): string {
  const value = input[member]
  if (typeof value !== 'string' || value === '') throw invalid(`Missing required parameter ${member}`)
  checkConstraint(member, value)
  return value
}

/** The greatest length and the pattern of a member (Cognito API reference). */
const constraints = new Map<string, readonly [maxLength: number, pattern: string]>([
  ['Username', [128, '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+']],
  ['Code', [2048, '[\\S]+']],
  ['ConfirmationCode', [2048, '[\\S]+']],
])

function checkConstraint(member: string, value: string): void {
  const constraint = constraints.get(member)
  if (!constraint) return
  const [maxLength, pattern] = constraint
  const violated = (rule: string) => {
    const name = member.charAt(0).toLowerCase() + member.slice(1)
    return invalid(`1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must ${rule}`)
  }
  if (value.length > maxLength) throw violated(`have length less than or equal to ${maxLength}`)
  if (!new RegExp(`^${pattern}$`, 'u').test(value)) throw violated(`satisfy regular expression pattern: ${pattern}`)
}

const standard = [
  'address', 'birthdate', 'email', 'family_name', 'gender', 'given_name', 'locale', 'middle_name', 'name', 'nickname',
  'phone_number', 'picture', 'preferred_username', 'profile', 'updated_at', 'website', 'zoneinfo',
] // oxfmt-ignore

/**
 * Reads `[{ Name, Value }]`. Only administrators may set the verification flags.
 * @throws AwsError InvalidParameterException, NotAuthorizedException
 */
export function readAttributes(input: unknown, by: 'user' | 'administrator'): Record<string, string> {
  const list: { Name?: unknown; Value?: unknown }[] = Array.isArray(input) ? input : []
  const attributes = Object.fromEntries(list.map(({ Name, Value = '' }) => [String(Name), String(Value)]))
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'email_verified' || name === 'phone_number_verified') {
      if (by === 'user')
        throw new AwsError('NotAuthorizedException', 'A client attempted to write unauthorized attribute')
    } else if (!standard.includes(name)) {
      throw invalid(`Attributes did not conform to the schema: ${name}: Attribute does not exist in the schema.`)
    }
    if (name === 'email' && !isEmailAddress(value)) throw invalid('Invalid email address format.')
  }
  return attributes
}

export const attributeList = (user: User) => Object.entries(user.attributes).map(([Name, Value]) => ({ Name, Value }))

export const isEmailAddress = (name: string) => /^[^\s@<>()",;:\\[\]]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(name)
