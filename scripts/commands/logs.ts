import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { InvalidArgumentError, Option } from 'commander'
import { matching, newCommand, number, outputsOption, runCommand } from '../lib/command.ts'
import { readDeployment } from '../lib/deployment.ts'
import { CommandError, UsageError } from '../lib/errors.ts'
import {
  correlationIdPattern,
  followLines,
  linesOf,
  logGroupsOf,
  logLevels,
  readableLine,
  type LogLevel,
  type LogLine,
  type LogQuery,
} from '../lib/log-lines.ts'

interface Options {
  readonly correlation?: string
  readonly service?: string
  readonly level?: LogLevel
  readonly follow?: true
  readonly hours: number
  readonly json?: true
  readonly outputs?: string
}

const serviceName = matching(/^[a-z][a-z-]*$/, 'the name of a folder below services/')

const command = newCommand(
  'npm run logs --',
  `
Prints log lines from all functions in chronological order: those with a correlation id, of a service, or of a level and above.
The correlation id is in the x-correlation-id header of an API response and in the metadata of each event.`,
)
  .option('--correlation <id>', 'the correlation id', matching(correlationIdPattern, 'a correlation id'))
  .option('--service <name>', 'only the functions of one service, such as orders', serviceName)
  .addOption(new Option('--level <level>', 'the least serious level').choices(logLevels).argParser(logLevel))
  .option('--follow', 'print new lines as they are logged, until Ctrl-C')
  .option('--hours <n>', 'how far to look back', number({ least: 0.01 }), 24)
  .option('--json', 'print the original log lines (npm run --silent omits the output of npm)')
  .addOption(outputsOption())
  .action(printLogs)

function logLevel(text: string): LogLevel {
  const level = logLevels.find((each) => each === text.toUpperCase())
  if (!level) throw new InvalidArgumentError(`It must be one of ${logLevels.join(', ')}`)
  return level
}

async function printLogs({ correlation, service, level, follow, hours, json, outputs }: Options): Promise<void> {
  if (!follow && correlation === undefined && service === undefined && level === undefined) {
    throw new UsageError('Pass --correlation, --service or --level to choose lines, or --follow to print new ones.')
  }
  const deployment = readDeployment(outputs)
  const client = new CloudWatchLogsClient(deployment.clientConfiguration)
  const startTime = follow ? Date.now() : Date.now() - hours * 3_600_000
  const query: LogQuery = { prefix: deployment.eventBusName, service, correlationId: correlation, level, startTime }
  const groups = await logGroupsOf(client, query)
  if (groups.length === 0) throw new CommandError(noLogGroup(service))
  if (follow) return follows(client, query, json)
  const lines = await linesOf(client, query, groups)
  if (lines.length === 0) throw new CommandError(nothingLogged(query, hours))
  const startedAtMs = correlation === undefined ? undefined : lines[0]!.timestampMs
  for (const line of lines) print(line, json, startedAtMs)
  // The local system has no X-Ray.
  if (json || correlation === undefined || deployment.awsEndpoint) return
  const traces = new Set(lines.flatMap(({ message }) => JSON.parse(message).trace_id ?? []))
  for (const trace of traces) console.log(`In X-Ray: trace ${trace}`)
}

async function follows(client: CloudWatchLogsClient, query: LogQuery, json: true | undefined): Promise<void> {
  const stopped = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort())
  await followLines(client, query, (line) => print(line, json), stopped.signal)
}

const print = (line: LogLine, json: true | undefined, startedAtMs?: number) =>
  console.log(json ? line.message.trim() : readableLine(line, startedAtMs))

const noLogGroup = (service: string | undefined) =>
  service === undefined
    ? 'No function of this stage has a log group.'
    : `No function of ${service} has a log group. --service takes the name of a folder below services/, such as orders.`

function nothingLogged({ correlationId: id, service, level }: LogQuery, hours: number): string {
  const who = service === undefined ? 'No function' : `No function of ${service}`
  const what = id ?? `a line of level ${level ?? logLevels[0]} or above`
  return `${who} has logged ${what} in the last ${hours} hours.`
}

await runCommand(command)
