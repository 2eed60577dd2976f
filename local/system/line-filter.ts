import type { LocalLine } from './line.ts'

/**
 * `warn` are failures and warnings, calls that IAM denied, alarms and what is not emulated; `error` are failures alone:
 * failed invocations, logged errors, responses from 500 on, and dead letters.
 */
export const lineLevels = ['all', 'warn', 'error'] as const

/** Which lines are printed: those that pass every condition. */
export interface LineFilter {
  /** Parts of the name of a function or another resource; one must match. @default any name */
  readonly services?: readonly string[]
  /** The least serious level. @default all */
  readonly level?: (typeof lineLevels)[number]
  /** @default lines with and without correlation ids */
  readonly correlationId?: string
}

export const passes = (line: LocalLine, { services = [], level = 'all', correlationId }: LineFilter): boolean =>
  lineLevels.indexOf(levelOf(line)) >= lineLevels.indexOf(level) &&
  (services.length === 0 || services.some((service) => isOf(service, line))) &&
  (correlationId === undefined || idsOf(line).includes(correlationId))

export function levelOf(line: LocalLine): (typeof lineLevels)[number] {
  switch (line.kind) {
    case 'invocation':
      return line.error === undefined ? (line.level ?? 'all') : 'error'
    case 'request':
      return line.status >= 500 ? 'error' : line.reason === undefined ? 'all' : 'warn'
    case 'dead-letter':
      return 'error'
    default:
      return 'warn'
  }
}

function idsOf(line: LocalLine): readonly (string | undefined)[] {
  if (line.kind === 'invocation') return line.correlationIds
  return line.kind === 'request' ? [line.correlationId] : []
}

/** The members of lines with names and texts that contain names. */
const nameMembers = ['functionName', 'path', 'resource', 'queueName', 'deadLetterOf', 'name', 'text', 'what']

const hyphened = (text: string) => `-${text.toLowerCase()}-`.replaceAll(/[^a-z0-9]+/g, '-')

/** Whether a name contains the part as a word: `orders` is part of `shop-orders-place-order` and not of `reorders`. */
export const isPartOf = (part: string, name: string): boolean => hyphened(name).includes(hyphened(part))

function isOf(part: string, line: LocalLine): boolean {
  const members = line as unknown as Record<string, string | string[] | undefined>
  return nameMembers.flatMap((name) => members[name] ?? []).some((name) => isPartOf(part, name))
}
