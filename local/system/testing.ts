import type { LocalLine } from './line.ts'

/** One line of each kind that a test varies, of the services of a library. All have the time 0. */
export const invocation = {
  kind: 'invocation',
  time: 0,
  functionName: 'library-loans-lend-book',
  durationMs: 12.4,
  cold: false,
  correlationIds: ['c-1'],
  messages: ['A book was lent'],
  maxMemoryMb: 80,
  requestId: 'r',
} satisfies LocalLine

export const request = {
  kind: 'request',
  atMs: 0,
  apiId: 'a',
  requestId: 'r-1',
  method: 'GET',
  path: '/loans',
  status: 200,
  durationMs: 1,
} satisfies LocalLine

export const alarm = {
  kind: 'alarm',
  time: 0,
  name: 'library-loans-late',
  description: 'Books are late\nRunbook: late.md',
  before: 'OK',
  state: 'ALARM',
  reason: 'Threshold Crossed: 1 datapoint',
} satisfies LocalLine

export const denied = {
  kind: 'denied',
  time: 0,
  principal: { kind: 'role', roleArn: 'arn:role', functionName: 'library-loans-lend-book' },
  functionName: 'library-loans-lend-book',
  action: 'sqs:SendMessage',
  resource: 'arn:aws:sqs:us-east-1:0:library-fines',
  why: 'No policy of the role allows it.',
} satisfies LocalLine

export const deadLetter = {
  kind: 'dead-letter',
  time: 0,
  queueName: 'library-fines-dlq',
  queueUrl: 'http://127.0.0.1:4566/000000000000/library-fines-dlq',
  messages: 2,
  deadLetterOf: ['library-fines'],
} satisfies LocalLine
