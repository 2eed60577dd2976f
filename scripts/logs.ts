import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  paginateDescribeLogGroups,
  type FilteredLogEvent,
} from '@aws-sdk/client-cloudwatch-logs'
import { parseFlags, runScript } from './command-line.ts'
import { localOutputsFile, readDeployment, UsageError } from './deployment.ts'

const help = `
npm run logs -- --correlation ID

One order's whole way: every log line of every function that carries this correlation id, in order of time.
The id is the x-correlation-id header of the API's answer, and stands in each event's metadata.

  --correlation ID   whose lines
  --hours N          how far to look back (default 24)
  --json             the lines as they were logged
  --outputs FILE     outputs of the deployment (default: those of the running local system)
`

interface Line {
  readonly timestampMs: number
  readonly group: string
  readonly message: string
}

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
  if (!id || !/^[\w.:=-]{1,128}$/.test(id)) throw new UsageError('Say whose lines: npm run logs -- --correlation ID')
  const hours = Number(flags.hours)
  if (!(hours > 0)) throw new UsageError(`--hours takes a number above zero, not ${flags.hours}.`)

  const client = new CloudWatchLogsClient(readDeployment(flags.outputs ?? localOutputsFile()).clientConfiguration)
  const lines = (await linesOf(client, id, Date.now() - hours * 3_600_000)).toSorted(
    (a, b) => a.timestampMs - b.timestampMs,
  )
  if (lines.length === 0) throw new UsageError(`No function has logged ${id} in the last ${flags.hours} hours.`)
  const startedAtMs = lines[0]!.timestampMs
  for (const line of lines) console.log(flags.json ? line.message.trim() : readable(line, startedAtMs))
})

async function linesOf(client: CloudWatchLogsClient, id: string, startTime: number): Promise<Line[]> {
  const groups: string[] = []
  for await (const page of paginateDescribeLogGroups({ client }, {})) {
    for (const group of page.logGroups ?? []) groups.push(group.logGroupName!)
  }
  const found = await Promise.all(groups.map((group) => linesOfGroup(client, group, id, startTime)))
  return found.flat()
}

async function linesOfGroup(
  client: CloudWatchLogsClient,
  group: string,
  id: string,
  startTime: number,
): Promise<Line[]> {
  const events: FilteredLogEvent[] = []
  let nextToken: string | undefined
  do {
    const page = await client.send(
      new FilterLogEventsCommand({
        logGroupName: group,
        filterPattern: `{ $.correlation_id = "${id}" }`,
        startTime,
        nextToken,
      }),
    )
    events.push(...(page.events ?? []))
    nextToken = page.nextToken
  } while (nextToken)
  return events.map((event) => ({ timestampMs: event.timestamp!, group, message: event.message! }))
}

/** `+12 ms  cartwheel-dev-orders-place-order  INFO  POST /orders  status=201` */
function readable({ timestampMs, group, message }: Line, startedAtMs: number): string {
  const { level, message: text, operation, status, event_id: eventId, duration_ms: durationMs } = JSON.parse(message)
  const details = Object.entries({ operation, status, event: eventId, ms: durationMs }).filter(
    ([, value]) => value !== undefined,
  )
  const columns = [
    `+${timestampMs - startedAtMs} ms`.padStart(9),
    group.slice(group.lastIndexOf('/') + 1).padEnd(42),
    String(level).padEnd(5),
    text,
  ]
  return [...columns, ...details.map(([key, value]) => `${key}=${value}`)].join('  ')
}
