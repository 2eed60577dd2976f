import { AwsError } from '../wire/aws-error.ts'

/** A queue's attributes that can be set, in the API's format: every value is a string. */
export type QueueAttributes = Record<string, string>

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string
  readonly maxReceiveCount: number
}

/** AWS raised the limit from 256 KiB in 2025. */
export const largestMessageBytes = 1_048_576

/** Minimum, maximum and default. */
const numbers: Readonly<Record<string, readonly [number, number, number]>> = {
  VisibilityTimeout: [0, 43_200, 30],
  MessageRetentionPeriod: [60, 1_209_600, 345_600],
  DelaySeconds: [0, 900, 0],
  ReceiveMessageWaitTimeSeconds: [0, 20, 0],
  MaximumMessageSize: [1024, largestMessageBytes, largestMessageBytes],
}

export const numericAttributes = Object.keys(numbers)

export const defaultAttributes: QueueAttributes = Object.fromEntries(
  Object.entries(numbers).map(([name, [, , value]]) => [name, String(value)]),
)

/**
 * The attributes after validated `changes`; an empty policy removes it.
 * @throws AwsError InvalidAttributeName, also for an attribute that is not emulated; InvalidAttributeValue
 */
export function changedAttributes(current: QueueAttributes, changes: QueueAttributes): QueueAttributes {
  const changed = { ...current }
  for (const [name, value] of Object.entries(changes)) {
    if (Object.hasOwn(numbers, name)) {
      const [min, max] = numbers[name]!
      if (!/^\d+$/.test(value) || Number(value) < min || Number(value) > max) throw invalidValue(name)
    } else if (name !== 'Policy' && name !== 'RedrivePolicy') {
      throw new AwsError('InvalidAttributeName', `The attribute ${name} is unknown or not emulated.`)
    } else if (value === '') {
      delete changed[name]
      continue
    } else if (name === 'RedrivePolicy') parseRedrivePolicy(value)
    else parseObject(name, value)
    changed[name] = value
  }
  return changed
}

/** @param text `{"deadLetterTargetArn": "arn:…", "maxReceiveCount": 5}`; the number may be a string */
export function parseRedrivePolicy(text: string): RedrivePolicy {
  const { deadLetterTargetArn, maxReceiveCount } = parseObject('RedrivePolicy', text)
  const count = Number(maxReceiveCount)
  if (typeof deadLetterTargetArn === 'string' && Number.isInteger(count) && count >= 1 && count <= 1000)
    return { deadLetterTargetArn, maxReceiveCount: count }
  const rule = 'It needs a deadLetterTargetArn and a maxReceiveCount from 1 to 1000.'
  throw invalidParameter(text, 'RedrivePolicy', rule)
}

function parseObject(name: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (value !== null && typeof value === 'object') return value as Record<string, unknown>
  } catch {
    // Malformed JSON gets the same error as JSON that is no object.
  }
  throw invalidValue(name)
}

const invalidValue = (name: string) => new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`)

export const missingParameter = (name: string) =>
  new AwsError('MissingParameter', `The request must contain the parameter ${name}.`)

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
