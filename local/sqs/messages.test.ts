import { ManualClock } from '../clock.ts'
import { startSqs, startSqsAt } from './testing.ts'

let sqs: Awaited<ReturnType<typeof startSqs>>
let url: string
let arn: string

beforeEach(async () => {
  sqs = await startSqs()
  ;({ url, arn } = sqs.queue('loans'))
})
afterEach(() => sqs.stop())

const send = (body: string, more: object = {}) => sqs.client.sendMessage({ QueueUrl: url, MessageBody: body, ...more })
const receive = async (more: object = {}) =>
  (await sqs.client.receiveMessage({ QueueUrl: url, MaxNumberOfMessages: 10, ...more })).Messages ?? []
const bodies = async (more: object = {}) => (await receive(more)).map((message) => message.Body)

test('a received message has its id, its attributes and digests that the SDK accepts', async () => {
  const sent = await send('a book', {
    MessageAttributes: {
      shelf: { DataType: 'Number', StringValue: '7' },
      cover: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 3]) },
    },
    MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-2-3' } },
  })
  const [message] = await receive({ MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] })
  expect(message).toMatchObject({
    MessageId: sent.MessageId,
    Body: 'a book',
    MD5OfBody: sent.MD5OfMessageBody,
    Attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(sqs.clock.now()),
      ApproximateFirstReceiveTimestamp: String(sqs.clock.now()),
      SenderId: '000000000000',
      AWSTraceHeader: 'Root=1-2-3',
    },
    MessageAttributes: { shelf: { DataType: 'Number', StringValue: '7' }, cover: { DataType: 'Binary' } },
  })
  expect(message?.MessageAttributes?.['cover']?.BinaryValue).toEqual(new Uint8Array([1, 2, 3]))
})

test('ReceiveMessage returns only the requested attributes', async () => {
  const attribute = { DataType: 'String', StringValue: 'x' }
  await send('a', { MessageAttributes: { 'book.title': attribute, 'book.year': attribute, reader: attribute } })
  const [message] = await receive({ MessageAttributeNames: ['book.*'], AttributeNames: ['SentTimestamp'] })
  expect(Object.keys(message?.MessageAttributes ?? {}).toSorted()).toEqual(['book.title', 'book.year'])
  expect(Object.keys(message?.Attributes ?? {})).toEqual(['SentTimestamp'])
})

test('a received message is hidden for the visibility timeout, then is received again with a higher receive count', async () => {
  await send('a')
  expect(await bodies()).toEqual(['a'])
  await sqs.clock.advance(29_999)
  expect(await bodies()).toEqual([])
  await sqs.clock.advance(1)
  const [again] = await receive({ AttributeNames: ['ApproximateReceiveCount'] })
  expect(again?.Attributes?.ApproximateReceiveCount).toBe('2')
})

test('a deleted message is never received again; the handle of an earlier receive deletes nothing', async () => {
  await send('a')
  const [first] = await receive()
  await sqs.clock.advance(30_000)
  const [second] = await receive()
  await sqs.client.deleteMessage({ QueueUrl: url, ReceiptHandle: first!.ReceiptHandle })
  await sqs.clock.advance(30_000)
  expect(await bodies()).toEqual(['a'])
  await sqs.client.deleteMessage({ QueueUrl: url, ReceiptHandle: second!.ReceiptHandle })
  await sqs.clock.advance(30_000)
  const [third] = await receive()
  await sqs.client.deleteMessage({ QueueUrl: url, ReceiptHandle: third!.ReceiptHandle })
  await sqs.clock.advance(30_000)
  expect(await bodies()).toEqual([])
})

test('a handle of another queue or malformed is rejected', async () => {
  const other = sqs.queue('returns')
  await send('a')
  const [message] = await receive()
  for (const [QueueUrl, ReceiptHandle] of [
    [url, 'nonsense'],
    [other.url, message!.ReceiptHandle],
  ]) {
    const deletion = sqs.client.deleteMessage({ QueueUrl, ReceiptHandle })
    await expect(deletion).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' })
  }
})

test('ChangeMessageVisibility counts from now, and is rejected once the message was received again', async () => {
  await send('a')
  const [message] = await receive()
  const change = (VisibilityTimeout: number) =>
    sqs.client.changeMessageVisibility({ QueueUrl: url, ReceiptHandle: message!.ReceiptHandle, VisibilityTimeout })
  await change(100)
  await sqs.clock.advance(99_999)
  expect(await bodies()).toEqual([])
  await sqs.clock.advance(1)
  await change(5)
  expect(await bodies()).toEqual([])
  await change(0)
  expect(await bodies()).toEqual(['a'])
  // The error of SQS in place of MessageNotInflight (https://github.com/aws/aws-sdk-net/issues/1927).
  const gone = {
    name: 'InvalidParameterValue',
    message: expect.stringMatching(/Message does not exist or is not available for visibility timeout change\.$/),
  }
  await expect(change(5)).rejects.toMatchObject(gone)
  await sqs.client.purgeQueue({ QueueUrl: url })
  await expect(change(5)).rejects.toMatchObject(gone)
})

test('the visibility of a message can be extended to 12 hours after its receive, and no further', async () => {
  await send('a')
  const [message] = await receive()
  const change = (VisibilityTimeout: number) =>
    sqs.client.changeMessageVisibility({ QueueUrl: url, ReceiptHandle: message!.ReceiptHandle, VisibilityTimeout })
  await change(36_000)
  await sqs.clock.advance(35_000_000)
  await expect(change(8201)).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message:
      'Value 8201 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds]',
  })
  await change(8200)
  await sqs.clock.advance(8_200_000)
  const [again] = await receive()
  await sqs.client.changeMessageVisibility({
    QueueUrl: url,
    ReceiptHandle: again!.ReceiptHandle,
    VisibilityTimeout: 43_200,
  })
})

test('a delayed message is visible after its delay, and counted as delayed until then', async () => {
  await send('later', { DelaySeconds: 5 })
  expect(sqs.service.depths()).toMatchObject([{ name: 'loans', visible: 0, inFlight: 0, delayed: 1 }])
  expect(await bodies()).toEqual([])
  await sqs.clock.advance(5000)
  expect(await bodies()).toEqual(['later'])
  expect(sqs.service.depths()).toMatchObject([{ visible: 0, inFlight: 1, delayed: 0 }])
  const { Attributes } = await sqs.client.getQueueAttributes({ QueueUrl: url, AttributeNames: ['All'] })
  expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '1' })
})

test('a message older than the retention period is deleted', async () => {
  sqs.queue('loans', { MessageRetentionPeriod: 60 })
  await send('a')
  await sqs.clock.advance(60_000)
  expect(sqs.service.depths()).toMatchObject([{ visible: 0 }])
  expect(await bodies()).toEqual([])
})

test('a long poll returns as soon as a message is sent, and empty after its wait time', async () => {
  const waiting = sqs.service.receive(arn, { max: 10, waitMs: 20_000 })
  await send('a')
  expect((await waiting).map((message) => message.body)).toEqual(['a'])
  const empty = sqs.service.receive(arn, { max: 10, waitMs: 20_000 })
  await sqs.clock.advance(20_000)
  expect(await empty).toEqual([])
})

test('a long poll over HTTP waits too', async () => {
  const { clock } = sqs
  const schedule = clock.schedule.bind(clock)
  const isWaiting = new Promise<void>((resolve) => {
    clock.schedule = (...call) => {
      resolve()
      return schedule(...call)
    }
  })
  const waiting = bodies({ WaitTimeSeconds: 20 })
  await isWaiting
  await send('a')
  expect(await waiting).toEqual(['a'])
})

test('a long poll returns when a message in flight or delayed becomes visible', async () => {
  await send('a', { DelaySeconds: 3 })
  const delayed = sqs.service.receive(arn, { max: 1, waitMs: 20_000, visibilityTimeoutSeconds: 4 })
  await sqs.clock.advance(3000)
  expect(await delayed).toHaveLength(1)
  const returned = sqs.service.receive(arn, { max: 1, waitMs: 20_000 })
  await sqs.clock.advance(4000)
  expect((await returned)[0]?.attributes.ApproximateReceiveCount).toBe('2')
})

test('a long poll that waits receives with the visibility timeout that the queue has by then', async () => {
  const waiting = sqs.service.receive(arn, { max: 1, waitMs: 20_000 })
  await sqs.client.setQueueAttributes({ QueueUrl: url, Attributes: { VisibilityTimeout: '1' } })
  await send('a')
  expect(await waiting).toHaveLength(1)
  await sqs.clock.advance(1000)
  expect(await bodies()).toEqual(['a'])
})

test('an aborted long poll returns immediately and receives no message', async () => {
  const abort = new AbortController()
  const waiting = sqs.service.receive(arn, { max: 1, waitMs: 20_000, signal: abort.signal })
  abort.abort()
  expect(await waiting).toEqual([])
  await send('a')
  expect(await bodies()).toEqual(['a'])
})

test('two long polls receive one message each', async () => {
  const first = sqs.service.receive(arn, { max: 1, waitMs: 20_000 })
  const second = sqs.service.receive(arn, { max: 1, waitMs: 20_000 })
  await send('a')
  await send('b')
  expect([...(await first), ...(await second)].map((message) => message.body)).toEqual(['a', 'b'])
})

test('a batch reports its failed entries and applies the others', async () => {
  const result = await sqs.client.sendMessageBatch({
    QueueUrl: url,
    Entries: [
      { Id: 'good', MessageBody: 'a' },
      { Id: 'bad', MessageBody: 'b\u0000' },
      { Id: 'slow', MessageBody: 'c', DelaySeconds: 901 },
    ],
  })
  expect(result.Successful?.map((entry) => entry.Id)).toEqual(['good'])
  expect(result.Failed?.map((entry) => [entry.Id, entry.Code])).toEqual([
    ['bad', 'InvalidMessageContents'],
    ['slow', 'InvalidParameterValue'],
  ])
  expect(await bodies()).toEqual(['a'])
})

const entry = (Id: string, MessageBody = 'a') => ({ Id, MessageBody })
test.each([
  ['EmptyBatchRequest', []],
  ['TooManyEntriesInBatchRequest', Array.from({ length: 11 }, (_, index) => entry(String(index)))],
  ['BatchEntryIdsNotDistinct', [entry('1'), entry('1')]],
  ['InvalidBatchEntryId', [entry('a b')]],
  ['BatchRequestTooLong', [entry('1', 'x'.repeat(600_000)), entry('2', 'x'.repeat(600_000))]],
])('an invalid batch is rejected as a whole: %s', async (name, Entries) => {
  await expect(sqs.client.sendMessageBatch({ QueueUrl: url, Entries })).rejects.toMatchObject({ name })
  expect(await bodies()).toEqual([])
})

test.each([
  ['an empty body', { MessageBody: '' }, 'MissingParameter'],
  ['a character outside XML 1.0', { MessageBody: 'a\uFFFE' }, 'InvalidMessageContents'],
  ['a body over 1 MiB', { MessageBody: 'x'.repeat(1_048_577) }, 'InvalidParameterValue'],
  [
    'an attribute of an unknown type',
    { MessageAttributes: { a: { DataType: 'Text', StringValue: 'b' } } },
    'InvalidParameterValue',
  ],
  [
    'an attribute without a value',
    { MessageAttributes: { a: { DataType: 'String', StringValue: '' } } },
    'InvalidParameterValue',
  ],
  // "For String data types, the attribute values has the same restrictions as the message body."
  [
    'an attribute value with a character outside XML 1.0',
    { MessageAttributes: { a: { DataType: 'String', StringValue: 'b\u0000' } } },
    'InvalidParameterValue',
  ],
  ['a message group', { MessageGroupId: 'g' }, 'ValidationError'],
])('%s is rejected', async (_, input, name) => {
  await expect(send('a', input)).rejects.toMatchObject({ name })
  expect(await bodies()).toEqual([])
})

// "Can't start with AWS. or Amazon. (or any casing variations) … Must not start or end with a period. Must not have periods in a
// sequence" (Amazon SQS Developer Guide, "Message metadata").
test.each(['aws.trace', 'Amazon.id', '.a', 'a.', 'a..b'])('a message attribute named %s is rejected', async (name) => {
  const MessageAttributes = { [name]: { DataType: 'String', StringValue: 'b' } }
  await expect(send('a', { MessageAttributes })).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  expect(await bodies()).toEqual([])
})

test.each([
  { MaxNumberOfMessages: 11 },
  { MaxNumberOfMessages: 0 },
  { WaitTimeSeconds: 21 },
  { VisibilityTimeout: 43_201 },
  { MessageSystemAttributeNames: ['Nonsense' as 'All'] },
])('a receive with %j is rejected and hides no message', async (input) => {
  await send('a')
  await expect(receive(input)).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  expect(await bodies()).toEqual(['a'])
})

test('PurgeQueue deletes all messages, also those in flight', async () => {
  await send('a')
  await receive()
  await send('b')
  await sqs.client.purgeQueue({ QueueUrl: url })
  expect(sqs.service.depths()).toMatchObject([{ visible: 0, inFlight: 0 }])
})

/** Like the real clock, it advances between two reads. */
class AdvancingClock extends ManualClock {
  perReadMs = 0
  #advancedMs = 0

  override now(): number {
    this.#advancedMs += this.perReadMs
    return super.now() + this.#advancedMs
  }
}

// One of these times falls between the receive that finds no message and the query for when the next becomes visible.
test.each([995, 996, 997, 998, 999])(
  'a long poll that starts at %i ms receives a message that becomes visible at 1000 ms',
  async (startMs) => {
    const clock = new AdvancingClock()
    const { queue, service, stop } = await startSqsAt(clock)
    queue('loans')
    service.send(arn, { body: 'book', delaySeconds: 1 })
    await clock.advance(startMs)
    clock.perReadMs = 1
    let received: unknown[] = []
    const receiving = service.receive(arn, { max: 1, waitMs: 20_000 }).then((messages) => (received = messages))
    // Far less than the wait time: only a timer set for the message can end the poll.
    await clock.advance(10)
    expect(received).toHaveLength(1)
    await receiving
    await stop()
  },
)
