import { arn } from '../assembly/provider.ts'
import type { AccessControl } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { FunctionConfiguration } from './function-configuration.ts'
import type { LogSink } from './ports.ts'
import { roleOf } from './poller.ts'

/**
 * Writes the output of a function's environment to its log group with the permissions of the function's role. Lines
 * that the role may not write are lost, as on AWS: IAM reports the denial, and the function continues.
 */
export class FunctionLogs implements Pick<LogSink, 'append'> {
  readonly #configuration: FunctionConfiguration
  readonly #logs: LogSink
  readonly #access: AccessControl
  #streamExists = false

  constructor(options: { configuration: FunctionConfiguration; logs: LogSink; access: AccessControl }) {
    this.#configuration = options.configuration
    this.#logs = options.logs
    this.#access = options.access
  }

  append(group: string, stream: string, messages: { timestampMs: number; message: string }[]): void {
    try {
      if (!this.#logs.hasGroup(group)) this.#require('CreateLogGroup', group)
      if (!this.#streamExists) this.#require('CreateLogStream', `${group}:log-stream:${stream}`)
      this.#streamExists = true
      this.#require('PutLogEvents', `${group}:log-stream:${stream}`)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      return
    }
    this.#logs.append(group, stream, messages)
  }

  #require(operation: string, logGroup: string): void {
    const request = { action: `logs:${operation}`, resource: arn('logs', `log-group:${logGroup}`) }
    this.#access.require(roleOf(this.#configuration), [request])
  }
}

/**
 * Checks the role's permission to send Lambda's segments of a traced invocation; a denial is reported. They are not
 * stored.
 */
export function sendTrace(configuration: FunctionConfiguration, access: AccessControl): void {
  const requests = ['PutTraceSegments', 'PutTelemetryRecords'].map((operation) => ({
    action: `xray:${operation}`,
    resource: '*',
  }))
  try {
    access.require(roleOf(configuration), requests)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
  }
}
