import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'
import { promisify } from 'node:util'
import { AwsError } from '../wire/aws-error.ts'

/** As the template declares it. */
export interface PasswordPolicy {
  readonly MinimumLength?: number
  readonly RequireUppercase?: boolean
  readonly RequireLowercase?: boolean
  readonly RequireNumbers?: boolean
  readonly RequireSymbols?: boolean
}

/** Of a pool that declares none. */
export const defaultPolicy: PasswordPolicy = {
  RequireUppercase: true,
  RequireLowercase: true,
  RequireNumbers: true,
  RequireSymbols: true,
}

const characters = [
  ['RequireUppercase', /[A-Z]/, 'uppercase'],
  ['RequireLowercase', /[a-z]/, 'lowercase'],
  ['RequireNumbers', /[0-9]/, 'numeric'],
  ['RequireSymbols', /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/, 'symbol'],
] as const

/** @throws AwsError InvalidPasswordException with Cognito's messages */
export function checkPassword(policy: PasswordPolicy, password: string): void {
  const missing = characters.find(([rule, expression]) => policy[rule] && !expression.test(password))
  const problems = [
    password.length < (policy.MinimumLength ?? 8) && 'Password not long enough',
    password.length > 256 && 'Password too long',
    missing && `Password must have ${missing[2]} characters`,
    password !== password.trim() && 'Password must not start or end with a space',
  ]
  const problem = problems.find(Boolean)
  if (problem) throw new AwsError('InvalidPasswordException', `Password did not conform with policy: ${problem}`)
}

const keyBytes = 32

/** The cost N of scrypt, 2 ms of processor time: a test signs up hundreds of users, and all of them are made up. */
const currentCost = 1024
/** Of hashes that do not name theirs. */
const firstCost = 16_384

const deriveKey = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)
const derive = (password: string, salt: Buffer, N: number) =>
  deriveKey(password.normalize('NFKC'), salt, keyBytes, { N })

/** @returns `<salt>.<key>.<cost>`, the first two base64url */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, currentCost)
  return `${salt.toString('base64url')}.${key.toString('base64url')}.${currentCost}`
}

/** @param hash of {@link hashPassword}; without one (no password or user), the result is false after the same time */
export async function verifyPassword(password: string, hash: string | null = null): Promise<boolean> {
  const [salt = '', storedKey = '', cost = firstCost] = (hash ?? `..${currentCost}`).split('.')
  const key = Buffer.from(storedKey, 'base64url')
  const derived = await derive(password, Buffer.from(salt, 'base64url'), Number(cost))
  return key.length === keyBytes && timingSafeEqual(derived, key)
}
