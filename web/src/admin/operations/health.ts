import type { Operations } from '../../api/types.ts'

type Queue = Operations['queues'][number]
export type Alarm = Operations['alarms'][number]

/** A queue and the dead-letter queue of the same name; scheduled work has the latter only. */
export interface Consumer {
  /** Without the stage's prefix: `orders-apply-events`. */
  readonly name: string
  readonly queue: Queue | undefined
  readonly deadLetters: number
}

const deadLetterSuffix = '-dlq'

/** @returns a row for each consumer, those with dead letters first, then those with work */
export function consumersOf(queues: readonly Queue[], stage: string): Consumer[] {
  const deadLetters = new Map<string, number>()
  const sources = new Map<string, Queue | undefined>()
  for (const queue of queues) {
    const name = withoutPrefix(queue.name, stage)
    if (queue.isDeadLetterQueue) {
      const source = name.endsWith(deadLetterSuffix) ? name.slice(0, -deadLetterSuffix.length) : name
      deadLetters.set(source, depthOf(queue))
      if (!sources.has(source)) sources.set(source, undefined)
    } else sources.set(name, queue)
  }
  return [...sources]
    .map(([name, queue]) => ({ name, queue, deadLetters: deadLetters.get(name) ?? 0 }))
    .toSorted(
      (one, other) =>
        other.deadLetters - one.deadLetters || waitingOf(other) - waitingOf(one) || (one.name < other.name ? -1 : 1),
    )
}

const depthOf = ({ waiting, inFlight, delayed }: Queue) => waiting + inFlight + delayed

export const hasMessages = ({ queue, deadLetters }: Consumer): boolean =>
  deadLetters > 0 || (queue !== undefined && depthOf(queue) > 0)

/** Messages in flight are handled at this moment, so that they make no consumer slow. */
const waitingOf = ({ queue }: Consumer) => queue?.waiting ?? 0

/** `cartwheel-dev-orders-apply-events` of the stage `dev` as `orders-apply-events` */
export function withoutPrefix(name: string, stage: string): string {
  const mark = `-${stage}-`
  const index = name.indexOf(mark)
  return index < 0 ? name : name.slice(index + mark.length)
}

/** An alarm's description ends with the page that says what to do: `See docs/runbooks/queue-late.md` */
export function problemOf({ description }: Alarm): { readonly problem: string; readonly runbook: string | undefined } {
  const match = /^(.*?)\s*See (docs\/runbooks\/[\w-]+\.md)$/s.exec(description)
  return match ? { problem: match[1]!, runbook: match[2]! } : { problem: description, runbook: undefined }
}

export interface Health {
  readonly raised: readonly Alarm[]
  readonly unknown: number
  readonly deadLetters: number
}

export function healthOf({ alarms }: Operations, consumers: readonly Consumer[]): Health {
  return {
    raised: alarms.filter(({ state }) => state === 'ALARM'),
    unknown: alarms.filter(({ state }) => state === 'INSUFFICIENT_DATA').length,
    deadLetters: consumers.reduce((sum, { deadLetters }) => sum + deadLetters, 0),
  }
}
