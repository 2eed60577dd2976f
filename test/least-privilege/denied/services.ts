import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { SendEmailCommand } from '@aws-sdk/client-sesv2'
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import type { DeniedCall, FunctionClients, Names } from '../denied-call.ts'

type BucketName = 'uploads' | 'media' | 'unpublished'

const operations = {
  GetObject: ({ s3 }: FunctionClients, Bucket: string, Key: string) => s3.send(new GetObjectCommand({ Bucket, Key })),
  PutObject: ({ s3 }: FunctionClients, Bucket: string, Key: string) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' })),
  DeleteObject: ({ s3 }: FunctionClients, Bucket: string, Key: string) =>
    s3.send(new DeleteObjectCommand({ Bucket, Key })),
}

export const onObject = (
  caller: string,
  operation: keyof typeof operations,
  [bucket, objectKey]: [BucketName, string],
  reason: string,
): DeniedCall => ({
  caller,
  action: `s3:${operation}`,
  resource: (names) => `${names[bucket]}/${objectKey}`,
  reason,
  call: (clients, names) => operations[operation](clients, names[bucket], objectKey),
})

export const list = (caller: string, bucket: BucketName, reason: string): DeniedCall => ({
  caller,
  action: 's3:ListBucket',
  resource: (names) => names[bucket],
  reason,
  call: ({ s3 }, names) => s3.send(new ListObjectsV2Command({ Bucket: names[bucket] })),
})

export const onQueue = (
  caller: string,
  action: string,
  queue: string,
  reason: string,
  call: (clients: FunctionClients, QueueUrl: string) => Promise<unknown>,
): DeniedCall => ({
  caller,
  action: `sqs:${action}`,
  resource: ({ named }) => named(queue),
  reason,
  call: (clients, names) => call(clients, names.queue(queue)),
})

export const mail = (caller: string, from: string, reason: string): DeniedCall => ({
  caller,
  action: 'ses:SendEmail',
  // The verified identity is the domain.
  resource: () => `identity/${from.split('@')[1]}`,
  reason,
  call: ({ ses }) =>
    ses.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: ['someone@example.com'] },
        Content: { Simple: { Subject: { Data: 'x' }, Body: { Text: { Data: 'x' } } } },
      }),
    ),
})

export const publish = (caller: string, bus: (names: Names) => string, reason: string): DeniedCall => ({
  caller,
  action: 'events:PutEvents',
  resource: (names) => `event-bus/${bus(names)}`,
  reason,
  call: ({ events }, names) =>
    events.send(
      new PutEventsCommand({
        Entries: [{ EventBusName: bus(names), Source: 'orders.app', DetailType: 'OrderPlaced', Detail: '{}' }],
      }),
    ),
})

export const receive = ({ sqs }: FunctionClients, QueueUrl: string) => sqs.send(new ReceiveMessageCommand({ QueueUrl }))

export const sendMessage = ({ sqs }: FunctionClients, QueueUrl: string) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }))

export const deleteMessage = ({ sqs }: FunctionClients, QueueUrl: string) =>
  sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'x' }))
