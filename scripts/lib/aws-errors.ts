import { CommandError } from './errors.ts'

interface Problem {
  readonly why: string
  /** Missing if it depends on the request. */
  readonly remedy?: string
}

/**
 * Why a call of AWS failed: missing or expired credentials, a missing permission, a queue that does not exist.
 * @returns undefined when the error does not come from the AWS SDK, which adds `$metadata` also to what the network caused
 */
export function awsProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined
  if (/^(Credentials|Token)Provider/.test(error.name))
    return {
      why: `no AWS credentials found: ${firstLine(error)}`,
      remedy: 'Sign in (aws sso login), and set the profile: export AWS_PROFILE=NAME.',
    }
  // The configured region may be empty or malformed.
  if (/^Region (is missing|not accepted)/.test(error.message))
    return {
      why: 'no AWS region is set',
      remedy: 'Set one: export AWS_REGION=eu-west-1, or a region in the profile of AWS_PROFILE.',
    }
  if (!('$metadata' in error)) return undefined
  if ((error.$metadata as { httpStatusCode?: number }).httpStatusCode === undefined)
    return {
      why: `AWS cannot be reached: ${firstLine(error)}`,
      remedy: 'Check the network, AWS_REGION and AWS_ENDPOINT_URL.',
    }
  return { why: `AWS rejected the request: ${error.name}: ${firstLine(error)}` }
}

/** @returns undefined when the error is a bug, or the local system does not respond */
export function awsFailure(error: unknown): CommandError | undefined {
  const problem = awsProblem(error)
  if (!problem || (error as { code?: string }).code === 'ECONNREFUSED') return undefined
  const why = problem.why.charAt(0).toUpperCase() + problem.why.slice(1)
  return new CommandError(problem.remedy ? `${why}. ${problem.remedy}` : why)
}

/** A value that AWS returned, or why it is unknown. */
export type Known<T> = { readonly known: true; readonly value: T } | Unknown

export interface Unknown {
  readonly known: false
  readonly why: string
  readonly remedy: string
}

const denials = ['AccessDenied', 'AccessDeniedException', 'AuthorizationError', 'AuthorizationErrorException']

/**
 * Requests one value from AWS. A denial or an unreachable endpoint is also a result, so that other checks continue.
 * @param permission what the request needs, such as `ses:GetAccount`
 * @throws Error for a bug, as opposed to an error response of AWS
 */
export async function ask<T>(permission: string, question: () => Promise<T>): Promise<Known<T>> {
  try {
    return { known: true, value: await question() }
  } catch (error) {
    if (!isFromAws(error)) throw error
    if (denials.includes(error.name))
      return {
        known: false,
        why: `needs permission ${permission}`,
        remedy: 'Grant it to these credentials, or check it in the console.',
      }
    return { known: false, why: `${permission} failed: ${error.name}: ${firstLine(error)}`, remedy: 'Try again.' }
  }
}

/** Whether AWS, or the network on the way to it, caused the error. */
const isFromAws = (error: unknown): error is Error =>
  error instanceof Error && ('$metadata' in error || isUnreachable(error))

const networkFaults = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH']

const isUnreachable = (error: Error): boolean =>
  error.name === 'TimeoutError' || networkFaults.includes((error as { code?: string }).code ?? '')

/** The response to a request, or undefined when AWS rejects it with the error of this name. */
export const unless = <Response>(errorName: string, request: Promise<Response>): Promise<Response | undefined> =>
  request.catch((error: unknown) => {
    if (error instanceof Error && error.name === errorName) return undefined
    throw error
  })

const firstLine = ({ message }: Error): string => message.split('\n')[0]!

/** What follows from a result, if it is known. */
export const mapKnown = <T, Mapped>(result: Known<T>, map: (value: T) => Mapped): Known<Mapped> =>
  result.known ? { known: true, value: map(result.value) } : result

/** Combines several results: known when all of them are. */
export function all<T>(results: readonly Known<T>[]): Known<T[]> {
  const unknown = results.find((result) => !result.known)
  if (unknown && !unknown.known) return unknown
  return { known: true, value: results.flatMap((result) => (result.known ? [result.value] : [])) }
}
