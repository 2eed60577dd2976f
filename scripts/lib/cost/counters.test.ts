import type { LocalLine } from '@cartwheel/local'
import { counters, difference } from './counters.ts'

const invocation = (functionName: string, durationMs: number) =>
  ({
    kind: 'invocation' as const,
    functionName,
    durationMs,
    time: 0,
    cold: false,
    correlationIds: [],
    messages: [],
    maxMemoryMb: 1,
    requestId: 'r',
  }) satisfies LocalLine

test('invocations count with the memory of their function, at least one millisecond each, and those by queues as batches', () => {
  const { counts, hooks } = counters(new Map([['big', { memoryMb: 2048, consumesQueue: true }]]))
  hooks.onLine(invocation('big', 500))
  hooks.onLine(invocation('unknown', 0.2))
  expect(counts).toMatchObject({ lambdaRequests: 2, batches: 1 })
  expect(counts.lambdaGbSeconds).toBeCloseTo(1 + 0.125 / 1000, 10)
})

test('only billed calls that were allowed count', () => {
  const { counts, hooks } = counters(new Map())
  const before = { ...counts }
  const principal = { kind: 'administrator' } as const
  const decide = (action: string, outcome: 'allowed' | 'implicitly-denied', resource = '*') =>
    hooks.onDecision(principal, { action, resource }, { outcome, by: {}, conditionFailed: [] } as any)
  decide('sqs:SendMessage', 'allowed')
  decide('sqs:SendMessage', 'implicitly-denied')
  decide('ses:SendEmail', 'allowed')
  decide('ses:SendEmail', 'allowed', 'arn:aws:ses:us-east-1:000000000000:configuration-set/mails')
  decide('iam:GetRole', 'allowed')
  hooks.onCapacity({ operation: 'PutItem', tableName: 't', readUnits: 0, writeUnits: 2 })
  expect(difference(counts, before)).toMatchObject({ messages: 1, mails: 1, dynamodbWriteUnits: 2, s3Writes: 0 })
})
