import { AwsError } from '../wire/aws-error.ts'

/** Reads a required, non-empty string. @throws AwsError InvalidParameterException */
export function text(input: Record<string, unknown>, member: string): string {
  const value = input[member]
  if (typeof value === 'string' && value !== '') return value
  throw new AwsError('InvalidParameterException', `Missing required parameter ${member}`)
}

/** Converts `[{ Name, Value }]` to a record. @throws AwsError InvalidParameterException */
export function nameAndValues(input: unknown): Record<string, string> {
  const list = input ?? []
  const isList =
    Array.isArray(list) && list.every((one) => typeof one?.Name === 'string' && typeof (one.Value ?? '') === 'string')
  if (!isList) throw new AwsError('InvalidParameterException', 'Attributes must be a list of { Name, Value }.')
  return Object.fromEntries(list.map(({ Name, Value }) => [Name, Value ?? '']))
}

/** AWS JSON has times in seconds since the epoch. */
export const seconds = (epochMs: number) => epochMs / 1000
