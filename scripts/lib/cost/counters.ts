import type { LocalSystemOptions } from '@cartwheel/local'

const nothing = {
  apiRequests: 0,
  lambdaRequests: 0,
  lambdaGbSeconds: 0,
  dynamodbWriteUnits: 0,
  dynamodbReadUnits: 0,
  messages: 0,
  /** Invocations by queues. */
  batches: 0,
  mails: 0,
  s3Writes: 0,
  s3Reads: 0,
}

/** Counts of the local system's activity, without the requests of pollers, which depend only on time. */
export type Counts = typeof nothing

/** Billed calls and their counters. */
const counted: Readonly<Record<string, keyof Counts>> = {
  'sqs:SendMessage': 'messages',
  'ses:SendEmail': 'mails',
  's3:PutObject': 's3Writes',
  's3:GetObject': 's3Reads',
}

export interface FunctionFacts {
  readonly memoryMb: number
  /** Whether a queue invokes it. */
  readonly consumesQueue: boolean
}

type Hooks = Required<Pick<LocalSystemOptions, 'onLine' | 'onDecision' | 'onCapacity'>>

/**
 * Counts what the local system reports to its observers.
 * @param functions by their names
 * @returns `counts`, which changes as the system works, and the observer hooks for starting the system
 */
export function counters(functions: ReadonlyMap<string, FunctionFacts>): {
  readonly counts: Counts
  readonly hooks: Hooks
} {
  const counts: Counts = { ...nothing }
  return {
    counts,
    hooks: {
      onLine(line) {
        if (line.kind === 'request') counts.apiRequests += 1
        if (line.kind !== 'invocation') return
        counts.lambdaRequests += 1
        const { memoryMb, consumesQueue } = functions.get(line.functionName) ?? { memoryMb: 128, consumesQueue: false }
        if (consumesQueue) counts.batches += 1
        const gb = memoryMb / 1024
        counts.lambdaGbSeconds += (gb * Math.max(1, line.durationMs)) / 1000
      },
      onDecision(_principal, { action, resource }, { outcome }) {
        // An email asks for its configuration set too.
        const name = resource.includes(':configuration-set/') ? undefined : counted[action]
        if (outcome === 'allowed' && name) counts[name] += 1
      },
      onCapacity({ readUnits, writeUnits }) {
        counts.dynamodbReadUnits += readUnits
        counts.dynamodbWriteUnits += writeUnits
      },
    },
  }
}

/** The difference between two sets of counts. */
export const difference = (after: Counts, before: Counts): Counts =>
  Object.fromEntries(
    (Object.keys(nothing) as (keyof Counts)[]).map((name) => [name, after[name] - before[name]]),
  ) as unknown as Counts
