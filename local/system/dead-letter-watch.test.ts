import { State } from '../state/state.ts'
import { startSqs } from '../sqs/testing.ts'
import { watchDeadLetters } from './dead-letter-watch.ts'
import type { LocalLine } from './line.ts'

let sqs: Awaited<ReturnType<typeof startSqs>>
let queue: { arn: string }
let dead: { arn: string }
let lines: LocalLine[]
let stop: () => void

beforeEach(async () => {
  sqs = await startSqs()
  dead = sqs.queue('loans-dead')
  const redrive = { deadLetterTargetArn: dead.arn, maxReceiveCount: 1 }
  queue = sqs.queue('loans', { RedrivePolicy: redrive })
  lines = []
})

const start = () =>
  (stop = watchDeadLetters({ sqs: sqs.service, clock: sqs.clock, onLine: (line) => lines.push(line) }))
afterEach(async () => {
  stop()
  await sqs.stop()
})

const receive = () => sqs.service.receive(queue.arn, { max: 10, waitMs: 0 })

test('dead letters that arrive together are one line, and each later one is reported, also after the queue was emptied', async () => {
  start()
  for (const body of ['a', 'b']) sqs.service.send(queue.arn, { body })
  await receive()
  await sqs.clock.advance(30_000)
  await receive()
  await sqs.clock.advance(1000)
  expect(lines).toMatchObject([{ queueName: 'loans-dead', messages: 2, deadLetterOf: ['loans'] }])
  for (const { receiptHandle } of await sqs.service.receive(dead.arn, { max: 10, waitMs: 0 }))
    sqs.service.delete(dead.arn, receiptHandle)
  sqs.service.send(dead.arn, { body: 'c' })
  await sqs.clock.advance(1000)
  expect(lines.slice(1)).toMatchObject([{ messages: 1 }])
})

test('a dead-letter queue that is not empty is reported at the start', () => {
  sqs.service.send(dead.arn, { body: 'a' })
  start()
  expect(lines).toMatchObject([{ queueName: 'loans-dead', messages: 1 }])
})

test('100,000 messages that wait in a queue cause no work', async () => {
  start()
  sqs.state.transaction(() => {
    for (let count = 0; count < 100_000; count += 1) sqs.service.send(queue.arn, { body: 'later', delaySeconds: 900 })
  })
  const waiting = sqs.service.receive(queue.arn, { max: 10, waitMs: 20_000 })
  await sqs.clock.advance(1000)
  const statements = (['all', 'get', 'run'] as const).map((method) => jest.spyOn(State.prototype, method))
  await sqs.clock.advance(18_000)
  for (const statement of statements) {
    expect(statement).not.toHaveBeenCalled()
    statement.mockRestore()
  }
  await sqs.clock.advance(1000)
  expect(await waiting).toEqual([])
  expect(lines).toEqual([])
})
