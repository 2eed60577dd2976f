import { arn } from '../../assembly/provider.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { LogEvent, LogGroup, LogTable, Position } from '../log-table.ts'

export const invalidParameter = (message: string) => new AwsError('InvalidParameterException', message)

/** The group's name, which may come as a name or as an ARN. */
export function groupNameOf(input: { logGroupName?: unknown; logGroupIdentifier?: unknown }): string {
  const given = input.logGroupName ?? input.logGroupIdentifier
  return typeof given === 'string' ? given.replace(/^arn:.*:log-group:/, '').replace(/:\*$/, '') : ''
}

/** What IAM is asked about a group: its ARN ends in `:*`, as policies of CDK name it. */
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
export function limitOf(input: { limit?: unknown }, largest: number, otherwise = largest): number {
  const limit = input.limit ?? otherwise
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > largest) {
    throw invalidParameter(`limit must be a whole number from 1 to ${largest}.`)
  }
  return limit
}

/** @throws AwsError `InvalidParameterException` */
export function timeOf(value: unknown, otherwise: number): number {
  if (value === undefined || value === null) return otherwise
  if (typeof value !== 'number') throw invalidParameter('Times are milliseconds since the epoch.')
  return value
}

/** @throws AwsError `InvalidParameterException` unless it is a token that was given out */
export function positionOf(token: unknown): Position {
  const [, timestampMs, id] = /^(?:[fb]\/)?(-?\d+)\/(\d+)$/.exec(String(token)) ?? []
  if (timestampMs === undefined) throw invalidParameter('The specified nextToken is invalid.')
  return { timestampMs: Number(timestampMs), id: Number(id) }
}

export const tokenOf = (position: Position) => `${position.timestampMs}/${position.id}`

export const positionAt = (event: LogEvent): Position => ({ timestampMs: event.timestamp_ms, id: event.id })
