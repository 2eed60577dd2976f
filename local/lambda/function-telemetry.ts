import { arn } from '../assembly/provider.ts'
import type { AccessControl } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { FunctionConfiguration } from './function-configuration.ts'
import type { LogSink } from './ports.ts'
import { roleOf } from './poller.ts'

/**
 * Writes what an environment of a function prints, with the permissions of the function's role. What the role may not
 * write is lost, as on AWS: IAM tells of it, and the function goes on.
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

/** Lambda's own segments of a traced invocation. Nothing keeps them here, but a role that may not send them is told of. */
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
