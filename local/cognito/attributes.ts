import { AwsError } from '../wire/aws-error.ts'
import { nameAndValues } from './input.ts'
import type { AttributeSchema, Pool } from './pool.ts'

const invalid = (message: string) => new AwsError('InvalidParameterException', message)

const standard = [
  'address', 'birthdate', 'email', 'family_name', 'gender', 'given_name', 'locale', 'middle_name', 'name', 'nickname',
  'phone_number', 'picture', 'preferred_username', 'profile', 'updated_at', 'website', 'zoneinfo',
] // prettier-ignore

/** The standard attributes as changed by a pool's `Schema`, and its `custom:` ones. */
export function schemaOf(declared: readonly Record<string, any>[]): Map<string, AttributeSchema> {
  const schema = new Map<string, AttributeSchema>(standard.map((name) => [name, { required: false, mutable: true }]))
  for (const { Name: name, Required: required, Mutable: mutable } of declared) {
    schema.set(standard.includes(name) ? name : `custom:${name}`, {
      required: required === true,
      mutable: mutable !== false,
    })
  }
  return schema
}

/** Only administrators may set the verification flags. @throws AwsError InvalidParameterException, NotAuthorizedException */
export function readAttributes(pool: Pool, input: unknown, by: 'user' | 'administrator'): Record<string, string> {
  const attributes = nameAndValues(input)
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'email_verified' || name === 'phone_number_verified') {
      if (by === 'user')
        throw new AwsError('NotAuthorizedException', 'A client attempted to write unauthorized attribute')
    } else if (!pool.schema.has(name)) {
      throw invalid(`Attributes did not conform to the schema: ${name}: Attribute does not exist in the schema.`)
    }
    if (name === 'email' && !isEmailAddress(value)) throw invalid('Invalid email address format.')
  }
  return attributes
}

export function requireAttributes(pool: Pool, attributes: Readonly<Record<string, string>>): void {
  const missing = [...pool.schema].filter(([name, { required }]) => required && !attributes[name]).map(([name]) => name)
  if (missing.length === 0) return
  throw invalid(
    `Attributes did not conform to the schema: ${missing.map((name) => `${name}: The attribute ${name} is required`).join('; ')}`,
  )
}

export function rejectImmutable(pool: Pool, changes: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(changes)) {
    if (pool.schema.get(name)?.mutable === false) throw invalid(`user.${name}: Attribute cannot be updated.`)
  }
}

export const isEmailAddress = (text: string) => /^[^\s@<>()",;:\\[\]]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(text)
