import { ManualClock } from '../clock.ts'
import type { Principal } from '../iam/types.ts'
import { State } from '../state/state.ts'
import { newStateFile } from '../test/folders.ts'
import { AwsError } from '../wire/aws-error.ts'
import { declare as declareIn } from '../wire/testing.ts'
import { SchedulerService } from './service.ts'

const target = {
  Arn: 'arn:aws:lambda:us-east-1:000000000000:function:bake',
  RoleArn: 'arn:aws:iam::000000000000:role/baker',
}
const everyFiveMinutes = {
  FlexibleTimeWindow: { Mode: 'OFF' },
  ScheduleExpression: 'rate(5 minutes)',
  Target: target,
}
const oven = 'arn:aws:lambda:us-east-1:000000000000:function:oven'
const deadLetterQueue = 'arn:aws:sqs:us-east-1:000000000000:burnt'

let bakery: ReturnType<typeof startBakery>
afterEach(() => bakery.stop())

/** A scheduler whose invocations fail with the given errors, one after the other, and then succeed. */
function startBakery({ failures = [] as AwsError[], denySending = false, stateFile = ':memory:' } = {}) {
  const state = new State(stateFile)
  const clock = new ManualClock()
  const invoked: { time: string; payload: any; caller: Principal }[] = []
  const sent: { queueArn: string; body: any; attributes: Record<string, string | undefined>; sender: Principal }[] = []
  const lost: string[] = []
  let sender: Principal
  const scheduler = new SchedulerService({
    state,
    clock,
    access: {
      require(principal, requests) {
        if (denySending) throw new AwsError('AccessDeniedException', `no ${requests[0]!.action}`)
        sender = principal
      },
      putResourcePolicy: () => {},
    },
    canAssume: (roleArn, groupArn) =>
      roleArn === target.RoleArn && groupArn === 'arn:aws:scheduler:us-east-1:000000000000:schedule-group/default',
    invoke(_functionArn, payload, caller) {
      invoked.push({ time: new Date(clock.now()).toISOString(), payload, caller })
      const failure = failures.shift()
      if (failure) throw failure
    },
    send: (queueArn, { body, attributes }) =>
      void sent.push({
        queueArn,
        body: JSON.parse(body),
        attributes: Object.fromEntries(
          Object.entries(attributes ?? {}).map(([name, each]) => [name, each.StringValue]),
        ),
        sender,
      }),
    report: (line) => void lost.push(line),
  })
  const declare = async (properties: object) =>
    declareIn(scheduler.providers, 'AWS::Scheduler::Schedule', 'Bake', properties, 'bakery')
  const stop = () => {
    scheduler.stop()
    state.close()
  }
  return { clock, scheduler, declare, invoked, sent, lost, stop }
}

const times = () => bakery.invoked.map(({ time }) => time)
const throttled = () => new AwsError('TooManyRequestsException', 'Rate exceeded')

test('a schedule invokes its function at each of its times, as its role, with the context attributes in its input', async () => {
  bakery = startBakery()
  const Input = JSON.stringify({
    at: '<aws.scheduler.scheduled-time>',
    by: '<aws.scheduler.schedule-arn>',
    attempt: '<aws.scheduler.attempt-number>',
    other: '<aws.scheduler.constructor>',
  })
  await bakery.declare({ ...everyFiveMinutes, Name: 'bake', Target: { ...target, Input } })
  bakery.scheduler.start()
  await bakery.clock.advance(600_000)
  expect(times()).toEqual(['2026-01-01T00:05:00.000Z', '2026-01-01T00:10:00.000Z'])
  expect(bakery.invoked[1]).toMatchObject({
    caller: { kind: 'role', roleArn: target.RoleArn },
    payload: {
      at: '2026-01-01T00:10:00Z',
      by: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/bake',
      attempt: '1',
      other: '<aws.scheduler.constructor>',
    },
  })
})

test('without an input, the function gets an event of the scheduler', async () => {
  bakery = startBakery()
  await bakery.declare(everyFiveMinutes)
  bakery.scheduler.start()
  await bakery.clock.advance(300_000)
  expect(bakery.invoked[0]!.payload).toMatchObject({
    source: 'aws.scheduler',
    'detail-type': 'Scheduled Event',
    time: '2026-01-01T00:05:00Z',
    resources: ['arn:aws:scheduler:us-east-1:000000000000:schedule/default/bakery-Bake'],
    detail: '{}',
  })
})

test('a disabled schedule never fires, unless a test runs it', async () => {
  bakery = startBakery()
  await bakery.declare({ ...everyFiveMinutes, Name: 'never', State: 'DISABLED', Target: { ...target, Arn: oven } })
  bakery.scheduler.start()
  await bakery.clock.advance(10 * 3_600_000)
  expect(times()).toEqual([])
  bakery.scheduler.run(oven)
  expect(times()).toHaveLength(1)
  expect(() => bakery.scheduler.run('unknown')).toThrow('No schedule invokes unknown')
})

test('a restart continues the rate, and fires once for all times that were missed', async () => {
  const stateFile = newStateFile()
  const run = async (fromMs: number, forMs: number) => {
    bakery = startBakery({ stateFile })
    await bakery.clock.advance(fromMs)
    await bakery.declare(everyFiveMinutes)
    bakery.scheduler.start()
    await bakery.clock.advance(forMs)
    bakery.stop()
    return times()
  }
  expect(await run(0, 240_000)).toEqual([])
  expect(await run(240_000, 60_000)).toEqual(['2026-01-01T00:05:00.000Z'])
  expect(await run(1_800_000, 0)).toEqual(['2026-01-01T00:30:00.000Z'])
  bakery = startBakery()
})

test('a throttled invocation is retried, with the number of its attempt', async () => {
  bakery = startBakery({ failures: [throttled(), throttled()] })
  await bakery.declare({ ...everyFiveMinutes, Target: { ...target, Input: '"<aws.scheduler.attempt-number>"' } })
  bakery.scheduler.start()
  await bakery.clock.advance(310_000)
  expect(bakery.invoked.map(({ payload }) => payload)).toEqual(['1', '2', '3'])
  expect(bakery.lost).toEqual([])
})

test('an event that is too old is sent to the dead-letter queue, as the role', async () => {
  const RetryPolicy = { MaximumEventAgeInSeconds: '60' }
  bakery = startBakery({ failures: Array.from({ length: 20 }, throttled) })
  const Input = '{"time":"<aws.scheduler.scheduled-time>"}'
  const DeadLetterConfig = { Arn: deadLetterQueue }
  await bakery.declare({ ...everyFiveMinutes, Target: { ...target, Input, RetryPolicy, DeadLetterConfig } })
  bakery.scheduler.start()
  await bakery.clock.advance(590_000)
  expect(bakery.sent).toEqual([
    {
      queueArn: deadLetterQueue,
      body: { time: '2026-01-01T00:05:00Z' },
      sender: { kind: 'role', roleArn: target.RoleArn },
      attributes: expect.objectContaining({
        ERROR_CODE: 'THROTTLING',
        EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds',
        RETRY_ATTEMPTS: '5',
        SCHEDULED_TIME: '2026-01-01T00:05:00Z',
        TARGET_ARN: target.Arn,
      }),
    },
  ])
})

test('a denied invocation of a schedule whose role may not send to its dead-letter queue is lost and reported', async () => {
  bakery = startBakery({
    failures: [new AwsError('AccessDeniedException', 'no lambda:InvokeFunction')],
    denySending: true,
  })
  await bakery.declare({ ...everyFiveMinutes, Target: { ...target, DeadLetterConfig: { Arn: deadLetterQueue } } })
  bakery.scheduler.start()
  await bakery.clock.advance(300_000)
  expect(bakery.lost).toEqual([expect.stringContaining('rejected it (no sqs:SendMessage)')])
})

// The ranges are those of CreateSchedule (EventBridge Scheduler API Reference).
test.each([
  [{ Name: 's'.repeat(65) }, 'it must have 1 to 64 letters'],
  [{ Target: { ...target, RetryPolicy: { MaximumRetryAttempts: 186 } } }, 'a whole number from 0 to 185'],
  [{ FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, 'flexible time window'],
  [{ ScheduleExpression: 'rate(5 minute)' }, 'ScheduleExpression is not valid'],
  [{ ScheduleExpressionTimezone: 'Mars/Olympus', ScheduleExpression: 'cron(0 8 * * ? *)' }, 'not valid'],
  [{ Target: { ...target, Arn: deadLetterQueue } }, 'only functions are emulated'],
  [{ Target: { ...target, RoleArn: 'arn:aws:iam::000000000000:role/other' } }, 'cannot be assumed'],
  [{ Target: { ...target, Input: 'flour' } }, 'not JSON'],
  [{ Target: { ...target, SqsParameters: {} } }, 'sets Target.SqsParameters'],
])('%j is rejected', async (more, message) => {
  bakery = startBakery()
  await expect(bakery.declare({ ...everyFiveMinutes, ...more })).rejects.toThrow(message)
})
