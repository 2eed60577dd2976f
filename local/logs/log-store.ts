import type { ResourceProvider } from '../assembly/provider.ts'
import { arn } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import { readEmbeddedMetrics } from '../cloudwatch/embedded-metrics.ts'
import { noMetrics, type MetricSink } from '../cloudwatch/metric.ts'
import type { AccessControl } from '../iam/types.ts'
import type { State } from '../state/state.ts'
import { requireParameters, type JsonService, type Operation } from '../wire/service.ts'
import { filterLogEvents } from './filter-log-events.ts'
import { LogTable } from './log-table.ts'

/** CloudWatch Logs: the output of functions, stored in the state file and readable through the API. */
export class LogStore {
  readonly wire: JsonService
  readonly providers: readonly ResourceProvider[]
  readonly #table: LogTable
  readonly #metrics: MetricSink

  /** @param options.metrics receives the metrics in embedded metric format. @default discards them */
  constructor(options: { state: State; clock: Clock; access: AccessControl; metrics?: MetricSink }) {
    this.#metrics = options.metrics ?? noMetrics
    this.#table = new LogTable(options)
    this.wire = {
      targetPrefix: 'Logs_20140328',
      version: '1.1',
      operations: { DescribeLogGroups: describeLogGroups(this.#table), FilterLogEvents: filterLogEvents(this.#table) },
    }
    this.providers = [logGroupProvider(this.#table)]
  }

  hasGroup(name: string): boolean {
    return this.#table.hasGroup(name)
  }

  /** Appends lines to a stream; creates the group if needed. They are written soon, or before they are read. */
  append(group: string, stream: string, messages: { timestampMs: number; message: string }[]): void {
    this.#table.append(group, stream, messages)
    for (const { message } of messages) readEmbeddedMetrics(message, this.#metrics)
  }

  /** Finds lines of all groups: see {@link LogTable.containing}. */
  containing(texts: readonly string[], searched: number): ReturnType<LogTable['containing']> {
    return this.#table.containing(texts, searched)
  }

  /** Writes what was appended. */
  stop(): void {
    this.#table.flush()
  }
}

/** Names and ARNs of the groups with a prefix, in one page. */
const describeLogGroups = (table: LogTable): Operation<{ logGroupNamePrefix?: string }> => ({
  access: () => [{ action: 'logs:DescribeLogGroups', resource: arn('logs', 'log-group:*') }],
  handle(input) {
    requireParameters(input, ['logGroupNamePrefix'])
    const names = table.groupNames().filter((name) => name.startsWith(input.logGroupNamePrefix ?? ''))
    return { logGroups: names.map((name) => ({ logGroupName: name, arn: `${arn('logs', `log-group:${name}`)}:*` })) }
  },
})

function logGroupProvider(table: LogTable): ResourceProvider {
  return {
    type: 'AWS::Logs::LogGroup',
    supported: ['LogGroupName', 'RetentionInDays'],
    ignored: {
      KmsKeyId: 'the state file is not encrypted',
      LogGroupClass: 'all groups have the same class',
      Tags: 'tags have no effect locally',
    },
    create({ properties, generatedName }) {
      const name: string = properties.LogGroupName ?? generatedName
      table.putGroup(name, properties.RetentionInDays ?? null)
      return { ref: name, attributes: { Arn: `${arn('logs', `log-group:${name}`)}:*` } }
    },
  }
}
