import { arn } from '../../assembly/provider.ts'
import type { Operation } from '../../wire/service.ts'
import type { LogTable } from '../log-table.ts'
import { groupResource, invalidParameter, limitOf, requireGroup } from './input.ts'

const maxPageSize = 50

export function describeOperations(table: LogTable): Record<string, Operation> {
  return {
    DescribeLogGroups: {
      access: () => [{ action: 'logs:DescribeLogGroups', resource: arn('logs', 'log-group:*') }],
      handle(input) {
        const groups = table
          .groups()
          .filter((group) => group.name.startsWith(input.logGroupNamePrefix ?? ''))
          .filter((group) => group.name.toLowerCase().includes((input.logGroupNamePattern ?? '').toLowerCase()))
          .map((group) => ({
            logGroupName: group.name,
            arn: `${arn('logs', `log-group:${group.name}`)}:*`,
            logGroupArn: arn('logs', `log-group:${group.name}`),
            creationTime: group.created_ms,
            ...(group.retention_days !== null && { retentionInDays: group.retention_days }),
          }))
        const { items, nextToken } = page(groups, limitOf(input, maxPageSize), input.nextToken)
        return { logGroups: items, nextToken }
      },
    },
    DescribeLogStreams: {
      access: (input) => [{ action: 'logs:DescribeLogStreams', resource: groupResource(input) }],
      handle(input) {
        const group = requireGroup(table, input)
        const streams = table
          .streams(group.name)
          .filter((stream) => stream.name.startsWith(input.logStreamNamePrefix ?? ''))
        if (input.orderBy === 'LastEventTime') streams.sort((a, b) => (a.last_ms ?? 0) - (b.last_ms ?? 0))
        if (input.descending === true) streams.reverse()
        const described = streams.map((stream) => ({
          logStreamName: stream.name,
          arn: arn('logs', `log-group:${group.name}:log-stream:${stream.name}`),
          creationTime: stream.created_ms,
          firstEventTimestamp: stream.first_ms,
          lastEventTimestamp: stream.last_ms,
          lastIngestionTime: stream.last_ms,
        }))
        const { items, nextToken } = page(described, limitOf(input, maxPageSize), input.nextToken)
        return { logStreams: items, nextToken }
      },
    },
  }
}

function page<T>(all: T[], limit: number, token: unknown): { items: T[]; nextToken?: string } {
  const from = token === undefined || token === null ? 0 : Number(token)
  if (!Number.isInteger(from) || from < 0) throw invalidParameter('The specified nextToken is invalid.')
  const items = all.slice(from, from + limit)
  return from + limit < all.length ? { items, nextToken: String(from + limit) } : { items }
}
