import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { parseFlags, runScript } from '../lib/command.ts'
import { localOutputsFile, readDeployment, UsageError } from '../lib/deployment.ts'
import { correlationIdPattern, linesOf, readableLine } from '../lib/log-lines.ts'

const help = `
npm run logs -- --correlation ID

One order's whole way: every log line of every function that carries this correlation id, in order of time.
The id is the x-correlation-id header of the API's answer, and stands in each event's metadata.

  --correlation ID   whose lines
  --hours N          how far to look back (default 24)
  --json             the lines as they were logged
  --outputs FILE     outputs of the deployment (default: those of the running local system)
`

await runScript(async () => {
  const flags = parseFlags(
    {
      correlation: { type: 'string' },
      hours: { type: 'string', default: '24' },
      json: { type: 'boolean' },
      outputs: { type: 'string' },
    },
    help,
  )
  const id = flags.correlation
  if (!id || !correlationIdPattern.test(id)) throw new UsageError('Say whose lines: npm run logs -- --correlation ID')
  const hours = Number(flags.hours)
  if (!(hours > 0)) throw new UsageError(`--hours takes a number above zero, not ${flags.hours}.`)

  const deployment = readDeployment(flags.outputs ?? localOutputsFile())
  const client = new CloudWatchLogsClient(deployment.clientConfiguration)
  const startTime = Date.now() - hours * 3_600_000
  const lines = await linesOf(client, { prefix: deployment.eventBusName, id, startTime })
  if (lines.length === 0) throw new UsageError(`No function has logged ${id} in the last ${flags.hours} hours.`)
  const startedAtMs = lines[0]!.timestampMs
  for (const line of lines) console.log(flags.json ? line.message.trim() : readableLine(line, startedAtMs))
  const traces = new Set(lines.flatMap(({ message }) => JSON.parse(message).trace_id ?? []))
  if (!flags.json) for (const trace of traces) console.log(`In X-Ray: trace ${trace}`)
})
