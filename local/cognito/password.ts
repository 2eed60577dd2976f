import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { AwsError } from '../wire/aws-error.ts'

export interface PasswordPolicy {
  readonly minimumLength: number
  readonly requireUppercase: boolean
  readonly requireLowercase: boolean
  readonly requireNumbers: boolean
  readonly requireSymbols: boolean
}

const symbol = /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/

/** @throws AwsError InvalidPasswordException with Cognito's messages */
export function checkPassword(policy: PasswordPolicy, password: string): void {
  const problem = problemOf(policy, password)
  if (problem) throw new AwsError('InvalidPasswordException', `Password did not conform with policy: ${problem}`)
}

function problemOf(policy: PasswordPolicy, password: string): string | undefined {
  if (password.length < policy.minimumLength) return 'Password not long enough'
  if (password.length > 256) return 'Password too long'
  if (policy.requireUppercase && !/[A-Z]/.test(password)) return 'Password must have uppercase characters'
  if (policy.requireLowercase && !/[a-z]/.test(password)) return 'Password must have lowercase characters'
  if (policy.requireNumbers && !/[0-9]/.test(password)) return 'Password must have numeric characters'
  if (policy.requireSymbols && !symbol.test(password)) return 'Password must have symbol characters'
  if (password.startsWith(' ') || password.endsWith(' ')) return 'Password must not start or end with a space'
  return undefined
}

const keyBytes = 32

const derive = (password: string, salt: Buffer) =>
  new Promise<Buffer>((resolve, reject) =>
    scrypt(password.normalize('NFKC'), salt, keyBytes, (error, key) => (error ? reject(error) : resolve(key))),
  )

/** @returns `<salt>.<key>`, both base64url */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return `${salt.toString('base64url')}.${(await derive(password, salt)).toString('base64url')}`
}

/** @param hash of {@link hashPassword}; without one (no password or user), the result is false after the same time */
export async function verifyPassword(password: string, hash: string | null = null): Promise<boolean> {
  const [salt, key] = (hash ?? '.').split('.').map((part) => Buffer.from(part, 'base64url'))
  const derived = await derive(password, salt!)
  return key!.length === keyBytes && timingSafeEqual(derived, key!)
}
