import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs'
import { eventually } from '#scripts/lib/api-client.ts'
import { itemsIn } from '#scripts/lib/pages.ts'
import { logGroupOf } from '#shared/lambda/lambda-names.ts'
import { deployment } from './shop.ts'

const logs = new CloudWatchLogsClient(deployment.clientConfiguration)
/** Earlier lines are of other runs. The clocks may differ by a minute. */
const startTime = Date.now() - 60_000

export type LogLine = Record<string, unknown>

/**
 * What a function logged about a correlation id. CloudWatch shows a line some seconds after it was written, and responds
 * with empty pages while it searches.
 */
async function linesAbout(name: string, correlationId: string): Promise<LogLine[]> {
  const request = {
    logGroupName: logGroupOf(`${deployment.eventBusName}-${name}`),
    filterPattern: `{ $.correlation_id = "${correlationId}" }`,
    startTime,
  }
  const events = await itemsIn(paginateFilterLogEvents({ client: logs }, request), (page) => page.events)
  const lines: LogLine[] = events.map(({ message }) => JSON.parse(message!))
  return lines.filter((line) => line['correlation_id'] === correlationId)
}

/**
 * Waits until a consumer has handled events with a correlation id.
 * @param name of the function without the stage, such as `inventory-reserve-stock`
 * @returns all that it logged about them
 */
export const handledBy = (name: string, correlationId: string, times = 1): Promise<LogLine[]> =>
  eventually(
    `${name} to handle ${times} events of ${correlationId}`,
    async () => {
      const lines = await linesAbout(name, correlationId)
      return lines.filter(({ message }) => String(message).endsWith(' handled')).length >= times && lines
    },
    240_000,
    // An account may search its logs five times a second.
    300,
  )
