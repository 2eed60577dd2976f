import type { AwsError } from '../wire/aws-error.ts'

/** Why a target did not take an event, in the terms of EventBridge's dead-letter attributes. */
export interface DeliveryFailure {
  readonly code:
    'NO_PERMISSIONS' | 'NO_RESOURCE' | 'INVALID_PARAMETER' | 'INVALID_JSON' | 'THROTTLING' | 'ERROR_FROM_TARGET'
  readonly message: string
  /** What cannot heal by itself is not tried again. */
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

/** Doubles from a second; with the longest delay, 185 retries fill the 24 hours that AWS goes on trying. */
export const retryDelayMs = (retries: number) => Math.min(1000 * 2 ** retries, longestDelayMs)
