import { startQueues, type Queues } from '@cartwheel/local/testing'
import { followTask, moveMessages, runningTask, startTask } from './move-messages.ts'

let sqs: Queues
let dead: { arn: string; url: string }
let queue: { arn: string; url: string }
let said: string[]
const session = { signal: new AbortController().signal, say: (line: string) => void said.push(line) }
const depths = () =>
  Object.fromEntries(sqs.service.depths().map(({ name, visible, inFlight }) => [name, visible + inFlight]))

beforeEach(async () => {
  sqs = await startQueues()
  dead = sqs.queue('dead')
  const redrive = { deadLetterTargetArn: dead.arn, maxReceiveCount: 2 }
  queue = sqs.queue('queue', { RedrivePolicy: redrive })
  for (const body of ['a', 'b', 'c']) sqs.service.send(dead.arn, { body })
  said = []
})
afterEach(() => sqs.stop())

test('a whole queue is moved, including messages without a source queue', async () => {
  await startTask(sqs.client, { sourceArn: dead.arn, destinationArn: queue.arn, messagesPerSecond: undefined })
  expect(await followTask(sqs.client, dead.arn, session)).toBe(0)
  expect(said).toEqual(['3 of 3 moved'])
  expect(depths()).toEqual({ dead: 0, queue: 3 })
  expect(await runningTask(sqs.client, dead.arn)).toBeUndefined()
})

describe('selected messages', () => {
  const move = (ids: string[], toUrl = queue.url) =>
    moveMessages(sqs.client, { fromUrl: dead.url, toUrl, ids: new Set(ids) }, session)

  test('are moved, and the others become visible again', async () => {
    const { messageId } = sqs.service.send(dead.arn, {
      body: 'd',
      attributes: { ERROR_CODE: { DataType: 'String', StringValue: 'NO_RESOURCE' } },
    })
    expect(await move([messageId, 'none'])).toEqual([messageId])
    expect(depths()).toEqual({ dead: 3, queue: 1 })
    const [moved] = await sqs.service.receive(queue.arn, { max: 10, waitMs: 0 })
    expect(moved).toMatchObject({ body: 'd', messageAttributes: { ERROR_CODE: { StringValue: 'NO_RESOURCE' } } })
    expect(await sqs.service.receive(dead.arn, { max: 10, waitMs: 0 })).toHaveLength(3)
  })

  test('stay in the queue when the destination does not exist', async () => {
    const { messageId } = sqs.service.send(dead.arn, { body: 'd' })
    await expect(move([messageId], `${queue.url}-other`)).rejects.toMatchObject({ name: 'QueueDoesNotExist' })
    expect(await sqs.service.receive(dead.arn, { max: 10, waitMs: 0 })).toHaveLength(4)
  })
})
