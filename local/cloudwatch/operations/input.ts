import { AwsError } from '../../wire/aws-error.ts'

export const invalidValue = (message: string) => new AwsError('InvalidParameterValueException', message)
export const invalidCombination = (message: string) => new AwsError('InvalidParameterCombinationException', message)
export const missing = (name: string) =>
  new AwsError('MissingRequiredParameterException', `The parameter ${name} is required.`)

/** @param time seconds since the epoch, as in AWS JSON, or ISO 8601 @returns milliseconds since the epoch */
export function timeOf(time: unknown): number | undefined {
  if (time === undefined || time === null) return undefined
  const timeMs = typeof time === 'number' ? time * 1000 : Date.parse(String(time))
  if (Number.isNaN(timeMs)) throw invalidValue(`${String(time)} is not a valid time.`)
  return Math.round(timeMs)
}

export function requiredTime(name: string, time: unknown): number {
  const timeMs = timeOf(time)
  if (timeMs === undefined) throw missing(name)
  return timeMs
}

/** One page of a listing; the token is the index at which the next page starts. */
export function paged<T>(all: readonly T[], token: unknown, size: number): { page: readonly T[]; NextToken?: string } {
  const from = token === undefined ? 0 : Number(token)
  if (!Number.isInteger(from) || from < 0) throw new AwsError('InvalidNextToken', 'The next token is not valid.')
  const page = all.slice(from, from + size)
  return from + size < all.length ? { page, NextToken: String(from + size) } : { page }
}
