import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { InvalidArgumentError } from 'commander'
import { newCommand, number, outputsOption, runCommand } from '../lib/command.ts'
import { localOutputsFile, readDeployment } from '../lib/deployment.ts'
import { CommandError } from '../lib/errors.ts'
import { correlationIdPattern, linesOf, readableLine } from '../lib/log-lines.ts'

interface Options {
  readonly correlation: string
  readonly hours: number
  readonly json?: true
  readonly outputs?: string
}

const command = newCommand(
  'npm run logs --',
  'Prints every log line with a correlation id, from all functions, in chronological order. The id is in the x-correlation-id header of an API response and in the metadata of each event.',
)
  .requiredOption('--correlation <id>', 'the correlation id', correlationId)
  .option('--hours <n>', 'how far to look back', number({ least: 0.01 }), 24)
  .option('--json', 'print the original log lines (npm run --silent omits the output of npm)')
  .addOption(outputsOption())
  .action(printLogs)

function correlationId(text: string): string {
  if (!correlationIdPattern.test(text)) throw new InvalidArgumentError('It must be a correlation id')
  return text
}

async function printLogs({ correlation: id, hours, json, outputs }: Options): Promise<void> {
  const deployment = readDeployment(outputs ?? localOutputsFile())
  const client = new CloudWatchLogsClient(deployment.clientConfiguration)
  const startTime = Date.now() - hours * 3_600_000
  const lines = await linesOf(client, { prefix: deployment.eventBusName, id, startTime })
  if (lines.length === 0) throw new CommandError(`No function has logged ${id} in the last ${hours} hours.`)
  const startedAtMs = lines[0]!.timestampMs
  for (const line of lines) console.log(json ? line.message.trim() : readableLine(line, startedAtMs))
  // The local system has no X-Ray.
  if (json || deployment.awsEndpoint) return
  const traces = new Set(lines.flatMap(({ message }) => JSON.parse(message).trace_id ?? []))
  for (const trace of traces) console.log(`In X-Ray: trace ${trace}`)
}

await runCommand(command)
