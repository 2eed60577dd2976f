import { Cron } from 'croner'
import { randomUUID } from 'node:crypto'
import { propertyReader } from '../assembly/property-reader.ts'
import { accountId, arn, region, type CreatedResource, type ResourceDeclaration } from '../assembly/provider.ts'
import type { ResourceProvider } from '../assembly/provider.ts'
import { dayMs, type Cancel, type Clock } from '../clock.ts'
import { Deliveries, readRetryPolicy, type RetriedTarget, type SendMessage } from '../events/deliveries.ts'
import { isoSeconds } from '../events/event.ts'
import type { AccessControl, Principal } from '../iam/types.ts'
import { parsedJson } from '../json.ts'
import type { State } from '../state/state.ts'
import { validationError } from '../wire/aws-error.ts'

interface SchedulerOptions {
  readonly state: State
  readonly clock: Clock
  readonly access: AccessControl
  /** Whether the trust policy of a role lets Scheduler assume it, on behalf of this group. */
  readonly canAssume: (roleArn: string, groupArn: string) => boolean
  /** Invokes a function asynchronously, in the current transaction. @throws AwsError when Lambda rejects the event */
  readonly invoke: (functionArn: string, payload: unknown, caller: Principal) => void
  /** Sends a message in the current transaction. @throws AwsError when the queue rejects it */
  readonly send: SendMessage
  /** Called with one line about an event that is lost. */
  readonly report: (line: string) => void
}

/** A target as in templates. */
interface ScheduleTarget extends RetriedTarget {
  readonly RoleArn: string
  readonly Input?: string
}

interface Schedule {
  readonly arn: string
  readonly expression: string
  readonly timezone: string
  readonly enabled: boolean
  readonly target: ScheduleTarget
}

/** One due time of a schedule. */
interface Execution {
  readonly id: string
  readonly scheduleArn: string
  readonly dueMs: number
  readonly target: ScheduleTarget
}

/** The default group, which `aws:SourceArn` names when Scheduler assumes a role. */
const groupArn = arn('scheduler', 'schedule-group/default')

/**
 * EventBridge Scheduler: schedules of templates that invoke functions, with the permissions of the schedule's role. The next
 * due time of each is stored: a restart does not reset a rate, and times that were missed fire once.
 */
export class SchedulerService {
  readonly providers: readonly ResourceProvider[]
  readonly #options: SchedulerOptions
  readonly #schedules = new Map<string, Schedule>()
  readonly #timers = new Map<Schedule, Cancel>()
  readonly #deliveries: Deliveries<Execution>

  constructor(options: SchedulerOptions) {
    this.#options = options
    options.state.define(`CREATE TABLE IF NOT EXISTS due_time (
      arn TEXT PRIMARY KEY, expression TEXT NOT NULL, next_ms INTEGER NOT NULL)`)
    this.#deliveries = new Deliveries({
      ...options,
      table: 'scheduler_delivery',
      attempt: (execution, attempt) =>
        options.invoke(execution.target.Arn, eventOf(execution, attempt), roleOf(execution)),
      // Scheduler sends with the role of the schedule, unlike a rule, which needs the queue's policy.
      deadLetter: (execution, attempts) => ({
        sender: roleOf(execution),
        event: eventOf(execution, attempts),
        attributes: {
          SCHEDULE_ARN: execution.scheduleArn,
          EXECUTION_ID: execution.id,
          SCHEDULED_TIME: isoSeconds(execution.dueMs),
        },
        what: `execution of schedule ${execution.scheduleArn}`,
      }),
    })
    this.providers = [
      {
        type: 'AWS::Scheduler::Schedule',
        supported: 'Name FlexibleTimeWindow ScheduleExpression ScheduleExpressionTimezone State Target'.split(' '),
        create: (resource) => this.#create(resource),
      },
    ]
  }

  /** Starts schedules and retries; call it once all resources exist. */
  start(): void {
    for (const schedule of this.#schedules.values()) if (schedule.enabled) this.#plan(schedule)
    this.#deliveries.start()
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel()
    this.#deliveries.stop()
  }

  /** Executes the schedule of a function now, besides its own times; for tests. @throws Error when it has none */
  run(functionArn: string): void {
    const schedule = [...this.#schedules.values()].find(({ target }) => target.Arn === functionArn)
    if (!schedule) throw new Error(`No schedule invokes ${functionArn}.`)
    this.#options.state.transaction(() => this.#execute(schedule, this.#options.clock.now()))
  }

  #execute({ arn: scheduleArn, target }: Schedule, dueMs: number): void {
    this.#deliveries.deliver({ id: randomUUID(), scheduleArn, dueMs, target }, dueMs)
  }

  #plan(schedule: Schedule): void {
    const { state, clock } = this.#options
    const stored = `${schedule.expression} ${schedule.timezone}`
    const known = 'SELECT next_ms FROM due_time WHERE arn = ? AND expression = ?'
    const dueMs =
      state.get<{ next_ms: number }>(known, schedule.arn, stored)?.next_ms ?? nextTimeMs(schedule, clock.now())
    if (dueMs === undefined) return
    state.run('INSERT OR REPLACE INTO due_time VALUES (?, ?, ?)', schedule.arn, stored, dueMs)
    const due = () => {
      // A timer cannot wait longer than 24.8 days and fires early then.
      if (clock.now() >= dueMs) {
        state.transaction(() => {
          const next = nextTimeMs(schedule, clock.now())
          if (next === undefined) state.run('DELETE FROM due_time WHERE arn = ?', schedule.arn)
          else state.run('UPDATE due_time SET next_ms = ? WHERE arn = ?', next, schedule.arn)
          this.#execute(schedule, dueMs)
        })
      }
      this.#plan(schedule)
    }
    this.#timers.set(schedule, clock.schedule(dueMs - clock.now(), due))
  }

  #create({ properties, generatedName, logicalId }: ResourceDeclaration): CreatedResource {
    const { FlexibleTimeWindow } = properties
    const { fail, name: nameOf } = propertyReader(properties, logicalId)
    const name = nameOf('Name', generatedName, 64)
    if (FlexibleTimeWindow?.Mode !== 'OFF') fail('has a flexible time window; only the mode OFF is emulated')
    const target = readTarget(properties['Target'] ?? {}, fail)
    if (!this.#options.canAssume(target.RoleArn, groupArn))
      fail(`has the role ${target.RoleArn}, which does not exist or cannot be assumed by EventBridge Scheduler`)
    const schedule: Schedule = {
      arn: arn('scheduler', `schedule/default/${name}`),
      expression: properties['ScheduleExpression'],
      timezone: properties['ScheduleExpressionTimezone'] ?? 'UTC',
      enabled: properties['State'] !== 'DISABLED',
      target,
    }
    nextTimeMs(schedule, 0)
    this.#schedules.set(name, schedule)
    return { ref: name, attributes: { Arn: schedule.arn } }
  }
}

const targetMembers = new Set(['Arn', 'RoleArn', 'Input', 'DeadLetterConfig', 'RetryPolicy'])

function readTarget(target: Record<string, any>, fail: (problem: string) => never): ScheduleTarget {
  const member = Object.keys(target).find((each) => !targetMembers.has(each))
  if (member !== undefined) fail(`sets Target.${member}, which is not emulated`)
  const { Arn, RoleArn, Input, DeadLetterConfig, RetryPolicy } = target
  if (!/^arn:aws:lambda:[^:]*:\d*:function:/.test(Arn ?? '')) fail(`has the target ${Arn}; only functions are emulated`)
  if (Input !== undefined && parsedJson(Input) === undefined) fail(`has an Input that is not JSON: ${Input}`)
  return { Arn, RoleArn, Input, DeadLetterConfig, RetryPolicy: readRetryPolicy(RetryPolicy) }
}

const roleOf = ({ target }: Execution): Principal => ({ kind: 'role', roleArn: target.RoleArn })

/**
 * The event that the target gets: its Input with the context attributes replaced (EventBridge Scheduler User Guide, "Adding
 * context attributes"), or without one Scheduler's own event.
 * @param attempt counted from 1
 */
function eventOf({ id, scheduleArn, dueMs, target }: Execution, attempt: number): unknown {
  const time = isoSeconds(dueMs)
  if (target.Input !== undefined) {
    const attributes = new Map([
      ['schedule-arn', scheduleArn],
      ['scheduled-time', time],
      ['execution-id', id],
      ['attempt-number', String(attempt)],
    ])
    const filled = target.Input.replace(
      /<aws\.scheduler\.([a-z-]+)>/g,
      (whole, name: string) => attributes.get(name) ?? whole,
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

const unitMs: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: dayMs }

/**
 * The next due time after a time; undefined for an expression whose times are in the past.
 * @throws AwsError ValidationException
 */
export function nextTimeMs(
  { expression, timezone }: Pick<Schedule, 'expression' | 'timezone'>,
  afterMs: number,
): number | undefined {
  const rate = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression)
  if (rate && (rate[1] === '1') === (rate[3] === '')) return afterMs + Number(rate[1]) * unitMs[rate[2]!]!
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.split(/\s+/)
  if (fields?.length !== 6 || (fields[2] === '?') === (fields[4] === '?')) throw invalidSchedule()
  try {
    // AWS counts days of the week from 1 for Sunday, as Quartz does, writes steps as 0/10, and has no seconds.
    const options = { paused: true, timezone, alternativeWeekdays: true, sloppyRanges: true, mode: '7-part' } as const
    const cron = new Cron(['0', ...fields].join(' '), options)
    let next = cron.nextRun(new Date(afterMs))
    // "Your schedule invocation gets skipped if the cron expression falls on a non-existent date and time" (AWS Knowledge Center,
    // daylight saving); the library moves it to the end of the gap.
    while (next && !cron.match(next)) next = cron.nextRun(next)
    return next?.getTime()
  } catch {
    throw invalidSchedule()
  }
}

const invalidSchedule = () => validationError('Parameter ScheduleExpression is not valid.')
