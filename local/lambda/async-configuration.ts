import { readDestination, type Destination } from './destination.ts'

/** The retry policy and destinations of a function's asynchronous invocations. */
export interface AsyncConfiguration {
  readonly maximumRetries: number
  readonly maximumAgeMs: number
  readonly onFailure?: Destination
  readonly onSuccess?: Destination
}

export const asyncDefaults: AsyncConfiguration = { maximumRetries: 2, maximumAgeMs: 6 * 3_600_000 }

/** Reads AWS::Lambda::EventInvokeConfig. @throws Error naming what is out of range or not emulated */
export function readAsyncConfiguration(properties: Record<string, any>): AsyncConfiguration {
  const what = `The EventInvokeConfig of ${properties.FunctionName}`
  const number = (name: string, defaultValue: number, min: number, max: number) => {
    const value = Number(properties[name] ?? defaultValue)
    if (Number.isInteger(value) && value >= min && value <= max) return value
    throw new Error(`${what} has ${name} ${properties[name]}; it must be a whole number from ${min} to ${max}.`)
  }
  const { OnFailure, OnSuccess } = properties.DestinationConfig ?? {}
  return {
    maximumRetries: number('MaximumRetryAttempts', asyncDefaults.maximumRetries, 0, 2),
    maximumAgeMs: number('MaximumEventAgeInSeconds', asyncDefaults.maximumAgeMs / 1000, 60, 21_600) * 1000,
    ...(OnFailure && { onFailure: readDestination(OnFailure.Destination, what) }),
    ...(OnSuccess && { onSuccess: readDestination(OnSuccess.Destination, what) }),
  }
}
