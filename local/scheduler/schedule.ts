import { accountId, region } from '../assembly/provider.ts'
import { isoSeconds } from '../events/event.ts'
import type { Timetable } from './due-times.ts'

/** A target as in templates. */
export interface ScheduleTarget {
  readonly Arn: string
  readonly RoleArn: string
  readonly Input?: string
  readonly DeadLetterConfig?: { readonly Arn?: string }
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number }
}

export interface Schedule extends Timetable {
  readonly name: string
  readonly enabled: boolean
  readonly target: ScheduleTarget
}

/** One due time of a schedule. */
export interface Execution {
  readonly id: string
  readonly scheduleArn: string
  readonly dueMs: number
  readonly target: ScheduleTarget
}

/**
 * The event that the target gets: its Input with the context attributes replaced (EventBridge Scheduler User Guide, "Adding
 * context attributes"), or without one Scheduler's own event.
 * @param attempt counted from 1
 */
export function eventOf({ id, scheduleArn, dueMs, target }: Execution, attempt: number): unknown {
  const time = isoSeconds(dueMs)
  if (target.Input !== undefined) {
    const attributes: Readonly<Record<string, string>> = {
      'schedule-arn': scheduleArn,
      'scheduled-time': time,
      'execution-id': id,
      'attempt-number': String(attempt),
    }
    const filled = target.Input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (whole, name: string) =>
      Object.hasOwn(attributes, name) ? attributes[name]! : whole,
    )
    return JSON.parse(filled)
  }
  return {
    version: '0',
    id,
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: accountId,
    time,
    region,
    resources: [scheduleArn],
    detail: '{}',
  }
}
