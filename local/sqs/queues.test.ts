import { RecordedAccess } from '../iam/testing.ts'
import { newStateFile } from '../test/folders.ts'
import { declare } from '../wire/testing.ts'
import { startSqs } from './testing.ts'

let sqs: Awaited<ReturnType<typeof startSqs>>
let access: RecordedAccess

beforeEach(async () => {
  access = new RecordedAccess()
  sqs = await startSqs({ access })
})
afterEach(() => sqs.stop())

const create = (name: string) => sqs.queue(name).url
const set = (QueueUrl: string, Attributes: Record<string, string>) =>
  sqs.client.setQueueAttributes({ QueueUrl, Attributes })

test('a queue has a URL of endpoint, account and name, and the defaults of AWS', async () => {
  const QueueUrl = create('loans')
  await set(QueueUrl, { DelaySeconds: '3' })
  expect(QueueUrl).toBe(`${sqs.endpoint}/000000000000/loans`)
  expect((await sqs.client.getQueueUrl({ QueueName: 'loans' })).QueueUrl).toBe(QueueUrl)
  const { Attributes } = await sqs.client.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] })
  expect(Attributes).toEqual({
    QueueArn: 'arn:aws:sqs:us-east-1:000000000000:loans',
    VisibilityTimeout: '30',
    MessageRetentionPeriod: '345600',
    DelaySeconds: '3',
    ReceiveMessageWaitTimeSeconds: '0',
    MaximumMessageSize: '1048576',
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
    ApproximateNumberOfMessagesDelayed: '0',
    CreatedTimestamp: '1767225600',
    LastModifiedTimestamp: '1767225600',
  })
})

test('GetQueueAttributes returns only the requested attributes', async () => {
  const QueueUrl = create('loans')
  const get = (AttributeNames: any[]) => sqs.client.getQueueAttributes({ QueueUrl, AttributeNames })
  expect((await get(['VisibilityTimeout', 'RedrivePolicy'])).Attributes).toEqual({ VisibilityTimeout: '30' })
  await expect(get(['Nonsense'])).rejects.toMatchObject({ name: 'InvalidAttributeName' })
})

test.each([
  ['InvalidAttributeName', { FifoQueue: 'true' }],
  ['InvalidAttributeName', Object.fromEntries([['constructor', '5']])],
  ['InvalidAttributeValue', { VisibilityTimeout: '43201' }],
  ['InvalidAttributeValue', { VisibilityTimeout: 'soon' }],
  ['InvalidAttributeValue', { MessageRetentionPeriod: '59' }],
  ['InvalidAttributeValue', { Policy: 'not json' }],
  ['InvalidParameterValue', { RedrivePolicy: '{"maxReceiveCount":3}' }],
  [
    'QueueDoesNotExist',
    { RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:none","maxReceiveCount":3}' },
  ],
])('%s: a change to %j is rejected', async (name, attributes) => {
  await expect(set(create('loans'), attributes)).rejects.toMatchObject({ name })
})

test.each(['loans.fifo', 'lo ans'])('a queue %s is rejected', (name) => {
  expect(() => create(name)).toThrow(expect.objectContaining({ name: 'InvalidParameterValue' }))
})

test('a queue of another name or account does not exist', async () => {
  const url = create('loans')
  for (const QueueUrl of [`${url}2`, url.replace('000000000000', '111111111111')]) {
    const attributes = sqs.client.getQueueAttributes({ QueueUrl })
    await expect(attributes).rejects.toMatchObject({ name: 'QueueDoesNotExist' })
  }
})

test('GetQueueUrl rejects the account of another owner by the name of the parameter', async () => {
  create('loans')
  const input = { QueueName: 'loans', QueueOwnerAWSAccountId: '111111111111' }
  const find = sqs.client.getQueueUrl(input)
  await expect(find).rejects.toMatchObject({ message: expect.stringContaining('QueueOwnerAWSAccountId') })
})

const names = (page: { QueueUrls?: string[] }) => page.QueueUrls?.map((url) => url.split('/').at(-1))

test('ListQueues filters by prefix and returns pages', async () => {
  for (const name of ['a1', 'a2', 'a3', 'b1']) create(name)
  const first = await sqs.client.listQueues({ QueueNamePrefix: 'a', MaxResults: 2 })
  const rest = await sqs.client.listQueues({ QueueNamePrefix: 'a', MaxResults: 2, NextToken: first.NextToken })
  expect(names(first)).toEqual(['a1', 'a2'])
  expect(names(rest)).toEqual(['a3'])
  expect(rest.NextToken).toBeUndefined()
  const unknown = sqs.client.listQueues({ MaxResults: 2, NextToken: 'b' })
  await expect(unknown).rejects.toMatchObject({ name: 'InvalidNextToken' })
})

// "Bytes 8,192, Conditions 10, Statements 20" (Amazon SQS Developer Guide, "Amazon SQS policy quotas").
test.each([
  ['20 statements', (more: number) => Array.from({ length: 20 + more }, () => ({ Effect: 'Allow' }))],
  ['10 conditions', (more: number) => Array.from({ length: 10 + more }, () => ({ Condition: { Bool: {} } }))],
  ['8192 bytes', (more: number) => [{ Sid: 's'.repeat(8192 - '{"Statement":[{"Sid":""}]}'.length + more) }]],
])('a queue policy has at most %s', async (_, statements) => {
  const QueueUrl = create('loans')
  const setPolicy = (Statement: object[]) => set(QueueUrl, { Policy: JSON.stringify({ Statement }) })
  await setPolicy(statements(0))
  await expect(setPolicy(statements(1))).rejects.toThrow('8192 bytes, 20 statements and 10 conditions')
})

test('a queue policy is passed to access control, and removed by an empty value', async () => {
  const QueueUrl = create('loans')
  const document = { Version: '2012-10-17', Statement: [] }
  const Statement = [{ Effect: 'Allow', Action: 'sqs:SendMessage' }]
  await set(QueueUrl, { Policy: JSON.stringify({ ...document, Statement }) })
  const policy = { arn: 'arn:aws:sqs:us-east-1:000000000000:loans', name: 'Policy' }
  expect(access.policies.at(-1)).toMatchObject({ ...policy, document: { Statement: [{ Effect: 'Allow' }] } })
  await set(QueueUrl, { Policy: '' })
  expect(access.policies.at(-1)).toEqual({ ...policy, document })
})

test.each([
  ['SendMessage', 'SendMessage'],
  ['SendMessageBatch', 'SendMessage'],
  ['ReceiveMessage', 'ReceiveMessage'],
  ['DeleteMessage', 'DeleteMessage'],
  ['ChangeMessageVisibility', 'ChangeMessageVisibility'],
  ['ChangeMessageVisibilityBatch', 'ChangeMessageVisibility'],
  ['PurgeQueue', 'PurgeQueue'],
])('%s requires sqs:%s on the queue', (operation, action) => {
  expect(sqs.service.wire.operations[operation]?.access({ QueueUrl: 'http://x/000000000000/loans' })).toEqual([
    { action: `sqs:${action}`, resource: 'arn:aws:sqs:us-east-1:000000000000:loans' },
  ])
})

test('templates create queues with policies; an update resets attributes it omits, and messages survive', async () => {
  const declared = async (type: string, logicalId: string, properties: object) =>
    declare(sqs.service.providers, type, logicalId, properties)
  const dead = await declared('AWS::SQS::Queue', 'Dead', { MessageRetentionPeriod: 1_209_600 })
  const redrive = { deadLetterTargetArn: dead.attributes!['Arn'], maxReceiveCount: 5 }
  const queue = await declared('AWS::SQS::Queue', 'Loans', { VisibilityTimeout: 60, RedrivePolicy: redrive })
  expect(queue.ref).toBe(`${sqs.endpoint}/000000000000/library-Loans`)
  expect(queue.attributes).toMatchObject({ QueueName: 'library-Loans', QueueUrl: queue.ref })
  const arn = queue.attributes!['Arn'] as string
  expect(sqs.service.attributesOf(arn)).toMatchObject({ visibilityTimeoutSeconds: 60, redrive })
  sqs.service.send(arn, { body: 'a' })
  await declared('AWS::SQS::QueuePolicy', 'P', {
    Queues: [queue.ref],
    PolicyDocument: { Statement: [{ Effect: 'Deny' }] },
  })
  expect(access.policies.at(-1)).toEqual({ arn, name: 'Policy', document: { Statement: [{ Effect: 'Deny' }] } })
  await declared('AWS::SQS::Queue', 'Loans', { DelaySeconds: 1 })
  expect(sqs.service.attributesOf(arn)).toMatchObject({
    visibilityTimeoutSeconds: 30,
    delaySeconds: 1,
    redrive: undefined,
  })
  expect(sqs.service.depths().find((depth) => depth.arn === arn)?.visible).toBe(1)
  await expect(declared('AWS::SQS::Queue', 'Fifo', { FifoQueue: true })).rejects.toThrow('FIFO')
})

test('queues, messages in flight and policies survive a restart', async () => {
  const stateFile = newStateFile()
  const before = await startSqs({ stateFile })
  const { arn, url } = before.queue('loans')
  const Policy = '{"Statement":[{"Effect":"Allow"}]}'
  await before.client.setQueueAttributes({ QueueUrl: url, Attributes: { Policy } })
  before.service.send(arn, { body: 'a' })
  const [received] = await before.service.receive(arn, { max: 1, waitMs: 0 })
  before.service.send(arn, { body: 'b' })
  await before.stop()
  const restored = new RecordedAccess()
  const after = await startSqs({ stateFile, access: restored })
  expect(restored.policies).toEqual([{ arn, name: 'Policy', document: { Statement: [{ Effect: 'Allow' }] } }])
  expect(after.service.depths()).toMatchObject([{ name: 'loans', visible: 1, inFlight: 1 }])
  after.service.delete(arn, received!.receiptHandle)
  expect((await after.service.receive(arn, { max: 10, waitMs: 0 })).map((message) => message.body)).toEqual(['b'])
  await after.stop()
})
