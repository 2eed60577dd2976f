import type { AwsError } from '../wire/aws-error.ts'

/** Why a target did not accept an event, as in EventBridge's dead-letter queue attributes. */
export interface DeliveryFailure {
  readonly code:
    'NO_PERMISSIONS' | 'NO_RESOURCE' | 'INVALID_PARAMETER' | 'INVALID_JSON' | 'THROTTLING' | 'ERROR_FROM_TARGET'
  readonly message: string
  /** False for failures that a retry cannot fix. */
  readonly retriable: boolean
}

const codes: Record<string, DeliveryFailure['code']> = {
  AccessDeniedException: 'NO_PERMISSIONS',
  AccessDenied: 'NO_PERMISSIONS',
  QueueDoesNotExist: 'NO_RESOURCE',
  ResourceNotFoundException: 'NO_RESOURCE',
  InvalidParameterValue: 'INVALID_PARAMETER',
  InvalidParameterValueException: 'INVALID_PARAMETER',
  InvalidMessageContents: 'INVALID_PARAMETER',
  RequestTooLargeException: 'INVALID_PARAMETER',
  MissingParameter: 'INVALID_PARAMETER',
  TooManyRequestsException: 'THROTTLING',
  ThrottlingException: 'THROTTLING',
}

export function failureOf(error: AwsError): DeliveryFailure {
  const code = codes[error.name] ?? 'ERROR_FROM_TARGET'
  return { code, message: error.message, retriable: code === 'THROTTLING' || code === 'ERROR_FROM_TARGET' }
}

const longestDelayMs = 480_000

/** Doubles from one second; with the longest delay, 185 retries take the 24 hours for which AWS retries. */
export const retryDelayMs = (retries: number) => Math.min(1000 * 2 ** retries, longestDelayMs)
