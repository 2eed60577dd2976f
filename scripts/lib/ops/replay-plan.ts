import { createHash } from 'node:crypto'
import { dayMs } from '#shared/days.ts'
import { UsageError } from '../errors.ts'

export interface Archive {
  readonly name: string
  readonly arn: string
  /** 0: events do not expire. */
  readonly retentionDays: number
  readonly events: number
}

export interface Period {
  readonly from: Date
  readonly to: Date
}

/** @throws UsageError when the archive cannot contain events of the period */
export function checkPeriod({ from, to }: Period, { retentionDays }: Pick<Archive, 'retentionDays'>, now: Date): void {
  if (from >= to) throw new UsageError('--from must be before --to.')
  if (to > now) throw new UsageError(`--to is in the future; it is ${now.toISOString()} now.`)
  const oldest = new Date(now.getTime() - retentionDays * dayMs)
  if (retentionDays > 0 && from < oldest)
    throw new UsageError(
      `The archive stores events for ${retentionDays} days: --from must be ${oldest.toISOString()} or later.`,
    )
}

/** EventBridge archives an event within ten minutes, by its documentation. */
export const archivedWithinMs = 10 * 60_000

/**
 * Equal requests have the same name, so that a repetition finds the running replay instead of starting a second one;
 * `attempt` numbers intentional repetitions. At most 64 letters, digits, dots, hyphens and underscores.
 */
export function replayName({ from, to }: Period, ruleArns: readonly string[], attempt: number): string {
  const rules = createHash('sha256')
    .update([...ruleArns].toSorted().join('\n'))
    .digest('hex')
    .slice(0, 8)
  return `${compact(from)}-${compact(to)}-${rules}-${attempt}`
}

/** `20261121T130000_000Z` */
const compact = (time: Date): string => time.toISOString().replaceAll(/[-:]/g, '').replace('.', '_')

/** The replayed part of the period in whole percent, by the time of the last replayed event. */
export function progressPercent({ from, to }: Period, lastReplayed: Date | undefined): number {
  if (lastReplayed === undefined) return 0
  const share = (lastReplayed.getTime() - from.getTime()) / (to.getTime() - from.getTime())
  return Math.floor(Math.min(1, Math.max(0, share)) * 100)
}
