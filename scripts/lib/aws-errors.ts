import { UsageError } from './deployment.ts'

/**
 * What AWS said no with, as one line for the person at the terminal: missing or expired credentials, a permission that
 * lacks, a queue that is gone.
 * @returns undefined when the error did not come from AWS, and is a bug or a connection's
 */
export function awsRefusal(error: unknown): UsageError | undefined {
  if (!(error instanceof Error) || error instanceof UsageError) return undefined
  if (error.name === 'CredentialsProviderError' || error.name === 'TokenProviderError')
    return new UsageError(
      `There are no AWS credentials: ${firstLine(error)}. Sign in (aws sso login), and name the profile: export AWS_PROFILE=NAME.`,
    )
  // What is set may be empty, or no name of a region.
  if (/^Region (is missing|not accepted)/.test(error.message))
    return new UsageError(
      'There is no AWS region: export AWS_REGION=eu-west-1, or set one in the profile of AWS_PROFILE.',
    )
  if (!('$metadata' in error) || (error as { code?: string }).code === 'ECONNREFUSED') return undefined
  if ((error.$metadata as { httpStatusCode?: number }).httpStatusCode === undefined)
    return new UsageError(`AWS cannot be reached: ${firstLine(error)}`)
  return new UsageError(`AWS refused: ${error.name}: ${firstLine(error)}`)
}

const firstLine = ({ message }: Error): string => message.split('\n')[0]!
