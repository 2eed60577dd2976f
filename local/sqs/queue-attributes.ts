import { AwsError } from '../wire/aws-error.ts'

/** A queue's attributes that can be set, in the API's format: every value is a string. */
export type QueueAttributes = Record<string, string>

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string
  readonly maxReceiveCount: number
}

/** AWS raised the limit from 256 KiB in 2025. */
const largestMessageBytes = 1_048_576

export const defaultAttributes: QueueAttributes = {
  VisibilityTimeout: '30',
  MessageRetentionPeriod: '345600',
  DelaySeconds: '0',
  ReceiveMessageWaitTimeSeconds: '0',
  MaximumMessageSize: String(largestMessageBytes),
  SqsManagedSseEnabled: 'true',
}

const ranges: Record<string, readonly [number, number]> = {
  VisibilityTimeout: [0, 43_200],
  MessageRetentionPeriod: [60, 1_209_600],
  DelaySeconds: [0, 900],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  MaximumMessageSize: [1024, largestMessageBytes],
}

const notEmulated = new Set([
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'RedriveAllowPolicy',
])

/** Attributes that an empty value removes. */
const removable = new Set(['Policy', 'RedrivePolicy'])

/**
 * The attributes after validated `changes`.
 * @throws AwsError InvalidAttributeName, InvalidAttributeValue, UnsupportedOperation
 */
export function changedAttributes(current: QueueAttributes, changes: QueueAttributes): QueueAttributes {
  const changed = { ...current }
  for (const [name, value] of Object.entries(changes)) {
    checkAttribute(name, value)
    if (removable.has(name) && value === '') delete changed[name]
    else changed[name] = value
  }
  return changed
}

function checkAttribute(name: string, value: string): void {
  const range = Object.hasOwn(ranges, name) ? ranges[name] : undefined
  if (notEmulated.has(name)) throw new AwsError('UnsupportedOperation', `The queue attribute ${name} is not emulated.`)
  if (typeof value !== 'string') throw invalidValue(name)
  if (range) {
    if (!/^\d+$/.test(value) || Number(value) < range[0] || Number(value) > range[1]) throw invalidValue(name)
  } else if (name === 'RedrivePolicy') {
    if (value !== '') parseRedrivePolicy(value)
  } else if (name === 'Policy') {
    if (value !== '') parseObject(name, value)
  } else if (name === 'SqsManagedSseEnabled') {
    if (value !== 'true' && value !== 'false') throw invalidValue(name)
  } else {
    throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`)
  }
}

/** @param text `{"deadLetterTargetArn": "arn:…", "maxReceiveCount": 5}`; the number may be a string */
export function parseRedrivePolicy(text: string): RedrivePolicy {
  const policy = parseObject('RedrivePolicy', text)
  const maxReceiveCount = Number(policy['maxReceiveCount'])
  const deadLetterTargetArn = policy['deadLetterTargetArn']
  if (typeof deadLetterTargetArn !== 'string' || !deadLetterTargetArn.startsWith('arn:')) {
    throw invalidParameter(text, 'RedrivePolicy', 'Redrive policy must name a deadLetterTargetArn.')
  }
  if (!Number.isInteger(maxReceiveCount) || maxReceiveCount < 1 || maxReceiveCount > 1000) {
    throw invalidParameter(text, 'RedrivePolicy', 'Invalid value for maxReceiveCount: it must be between 1 and 1000.')
  }
  return { deadLetterTargetArn, maxReceiveCount }
}

function parseObject(name: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Malformed JSON gets the same error as JSON that is no object.
  }
  throw invalidValue(name)
}

const invalidValue = (name: string) => new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`)

export const invalidParameter = (value: unknown, parameter: string, reason: string) =>
  new AwsError(
    'InvalidParameterValue',
    `Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`,
  )

/** @returns the validated number, or undefined when absent */
export function optionalInteger(value: unknown, parameter: string, min: number, max: number): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  throw invalidParameter(value, parameter, `Must be between ${min} and ${max}, if provided.`)
}
