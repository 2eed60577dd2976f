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

/** Whether a name of the line contains the part as a word: `orders` is part of `shop-orders-place-order` and not of `reorders`. */
function isOf(part: string, line: LocalLine): boolean {
  const words = part
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
  const wanted = `-${words.join('-')}-`
  return namesOf(line).some((name) => `-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-`.includes(wanted))
}

function namesOf(line: LocalLine): readonly string[] {
  switch (line.kind) {
    case 'invocation':
      return [line.functionName]
    case 'request':
      return [line.path]
    case 'denied':
      return [line.functionName ?? '', line.resource]
    case 'dead-letter':
      return [line.queueName, ...line.deadLetterOf]
    case 'alarm':
      return [line.name]
    case 'warning':
      return [line.text]
    default:
      return [line.what]
  }
}
