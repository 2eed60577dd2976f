import { AwsError } from '../wire/aws-error.ts'

export type Input = Record<string, any>

const invalid = (message: string) => new AwsError('InvalidParameterException', message)

/** Reads a required, non-empty string. @throws AwsError InvalidParameterException */
export function text(input: Record<string, unknown>, member: string): string {
  const value = input[member]
  if (typeof value === 'string' && value !== '') return value
  throw invalid(`Missing required parameter ${member}`)
}

const standard = [
  'address', 'birthdate', 'email', 'family_name', 'gender', 'given_name', 'locale', 'middle_name', 'name', 'nickname',
  'phone_number', 'picture', 'preferred_username', 'profile', 'updated_at', 'website', 'zoneinfo',
] // prettier-ignore

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

export const isEmailAddress = (name: string) => /^[^\s@<>()",;:\\[\]]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(name)
