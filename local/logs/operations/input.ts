import { arn } from '../../assembly/provider.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { LogEvent, LogGroup, LogTable, Position } from '../log-table.ts'

export const invalidParameter = (message: string) => new AwsError('InvalidParameterException', message)

/** The group's name; the input has a name or an ARN. */
function groupNameOf(input: { logGroupName?: unknown; logGroupIdentifier?: unknown }): string {
  const given = input.logGroupName ?? input.logGroupIdentifier
  return typeof given === 'string' ? given.replace(/^arn:.*:log-group:/, '').replace(/:\*$/, '') : ''
}

/** The ARN of a group for IAM: it ends in `:*`, as in CDK's policies. */
export const groupResource = (input: object) => `${arn('logs', `log-group:${groupNameOf(input)}`)}:*`

/** @throws AwsError `ResourceNotFoundException` */
export function requireGroup(table: LogTable, input: object): LogGroup {
  const name = groupNameOf(input)
  if (name === '') throw invalidParameter('Either logGroupName or logGroupIdentifier must be given.')
  const group = table.group(name)
  if (!group) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.')
  return group
}

/** @throws AwsError `InvalidParameterException` */
export function limitOf(input: { limit?: unknown }, max: number): number {
  const limit = input.limit ?? max
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > max) {
    throw invalidParameter(`limit must be an integer from 1 to ${max}.`)
  }
  return limit
}

/** @throws AwsError `InvalidParameterException` */
export function timeOf(value: unknown, defaultMs: number): number {
  if (value === undefined || value === null) return defaultMs
  if (typeof value !== 'number') throw invalidParameter('Times are milliseconds since the epoch.')
  return value
}

/** @throws AwsError `InvalidParameterException` for an invalid token */
export function positionOf(token: unknown): Position {
  const [, timestampMs, id] = /^(?:[fb]\/)?(-?\d+)\/(\d+)$/.exec(String(token)) ?? []
  if (timestampMs === undefined) throw invalidParameter('The specified nextToken is invalid.')
  return { timestampMs: Number(timestampMs), id: Number(id) }
}

export const tokenOf = (position: Position) => `${position.timestampMs}/${position.id}`

export const positionAt = (event: LogEvent): Position => ({ timestampMs: event.timestamp_ms, id: event.id })
