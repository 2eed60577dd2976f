import { AdminAddUserToGroupCommand, AdminGetUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { InvokeCommand, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda'
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { SendEmailCommand } from '@aws-sdk/client-sesv2'
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs'
import type { DeniedCall, Hands, Places } from '../denied-call.ts'

type BucketName = 'uploads' | 'media' | 'unpublished'

const operations = {
  GetObject: ({ s3 }: Hands, Bucket: string, Key: string) => s3.send(new GetObjectCommand({ Bucket, Key })),
  PutObject: ({ s3 }: Hands, Bucket: string, Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' })),
  DeleteObject: ({ s3 }: Hands, Bucket: string, Key: string) => s3.send(new DeleteObjectCommand({ Bucket, Key })),
}

const onObject = (
  who: string,
  operation: keyof typeof operations,
  [bucket, objectKey]: [BucketName, string],
  why: string,
  more: Pick<DeniedCall, 'inTheClear'> = {},
): DeniedCall => ({
  who,
  action: `s3:${operation}`,
  resource: (places) => `${places[bucket]}/${objectKey}`,
  why,
  call: (hands, places) => operations[operation](hands, places[bucket], objectKey),
  ...more,
})

const list = (who: string, bucket: BucketName, why: string): DeniedCall => ({
  who,
  action: 's3:ListBucket',
  resource: (places) => places[bucket],
  why,
  call: ({ s3 }, places) => s3.send(new ListObjectsV2Command({ Bucket: places[bucket] })),
})

const onQueue = (
  who: string,
  action: string,
  queue: string,
  why: string,
  call: (hands: Hands, QueueUrl: string) => Promise<unknown>,
): DeniedCall => ({
  who,
  action: `sqs:${action}`,
  resource: ({ named }) => named(queue),
  why,
  call: (hands, places) => call(hands, places.queue(queue)),
})

const mail = (who: string, from: string, why: string): DeniedCall => ({
  who,
  action: 'ses:SendEmail',
  resource: () => `identity/${from}`,
  why,
  call: ({ ses }) =>
    ses.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: ['somebody@example.com'] },
        Content: { Simple: { Subject: { Data: 'x' }, Body: { Text: { Data: 'x' } } } },
      }),
    ),
})

const publish = (who: string, bus: (places: Places) => string, why: string): DeniedCall => ({
  who,
  action: 'events:PutEvents',
  resource: (places) => `event-bus/${bus(places)}`,
  why,
  call: ({ events }, places) =>
    events.send(
      new PutEventsCommand({
        Entries: [{ EventBusName: bus(places), Source: 'orders.app', DetailType: 'OrderPlaced', Detail: '{}' }],
      }),
    ),
})

/** Objects, queues, buses, mails, functions, logs and users: what is not granted is not reached. */
export const deniedElsewhere: readonly DeniedCall[] = [
  onObject('thumbnails-create-upload', 'PutObject', ['uploads', 'elsewhere/x'], 'uploads come in below incoming/'),
  onObject('thumbnails-create-upload', 'GetObject', ['uploads', 'incoming/x'], 'who signs forms reads no pictures'),
  onObject('thumbnails-create-upload', 'PutObject', ['media', 'public/x'], 'nobody publishes what was not looked at'),
  onObject('thumbnails-get-upload', 'GetObject', ['media', 'public/x'], 'public pictures come from the distribution'),
  onObject('thumbnails-get-upload', 'PutObject', ['media', 'private/x'], 'who shows avatars writes none'),
  onObject('thumbnails-make-thumbnails', 'DeleteObject', ['media', 'private/x'], 'thumbnails are not deleted'),
  onObject('thumbnails-make-thumbnails', 'PutObject', ['uploads', 'incoming/x'], 'it would work for itself for ever'),
  onObject('thumbnails-make-thumbnails', 'GetObject', ['uploads', 'elsewhere/x'], 'uploads come in below incoming/'),
  onObject('catalog-get-product', 'GetObject', ['media', 'private/x'], 'avatars are no business of the catalogue'),
  onObject('event-relay-relay', 'GetObject', ['unpublished', 'aws/lambda/x'], 'what was kept is read by people'),
  onObject('event-relay-relay', 'PutObject', ['unpublished', 'x'], 'records are kept where Lambda keeps them'),
  onObject(
    'thumbnails-get-upload',
    'GetObject',
    ['media', 'private/x'],
    'what is granted is granted over TLS alone, says the bucket',
    { inTheClear: true },
  ),
  list('thumbnails-get-upload', 'media', 'avatars are found by their key alone'),
  list('thumbnails-create-upload', 'uploads', 'nobody looks at what others upload'),

  onQueue('orders-apply-events', 'ReceiveMessage', 'inventory-reserve-stock', "another service's queue", read),
  onQueue('orders-apply-events', 'ReceiveMessage', 'orders-apply-events-dlq', 'its own dead letters', read),
  onQueue('orders-apply-events', 'SendMessage', 'orders-apply-events', 'only rules send to queues', send),
  onQueue('orders-apply-events', 'PurgeQueue', 'orders-apply-events', 'it would lose answers', (hands, QueueUrl) =>
    hands.sqs.send(new PurgeQueueCommand({ QueueUrl })),
  ),
  onQueue(
    'notifications-send-mail',
    'DeleteMessage',
    'inventory-reserve-stock',
    'it would lose orders',
    (hands, QueueUrl) => hands.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'x' })),
  ),
  onQueue(
    'orders-place-order',
    'SendMessage',
    'notifications-send-mail',
    'requests reach others by events alone',
    send,
  ),
  {
    ...onQueue(
      'inventory-reserve-stock',
      'GetQueueAttributes',
      'inventory-reserve-stock',
      'without TLS, says the queue',
      (hands, QueueUrl) => hands.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] })),
    ),
    inTheClear: true,
  },

  publish('event-relay-relay', () => 'default', "the account's default bus is not the shop's"),
  publish('orders-place-order', ({ bus }) => bus, 'only the relay publishes'),

  mail('notifications-send-mail', 'boss@example.com', 'mails go out under one address'),
  mail('orders-place-order', 'orders@example.com', 'only notifications writes mails'),

  {
    who: 'orders-place-order',
    action: 'lambda:InvokeFunction',
    resource: ({ named }) => `function:${named('catalog-list-products')}`,
    why: 'functions do not call each other',
    call: ({ lambda }, { named }) => lambda.send(new InvokeCommand({ FunctionName: named('catalog-list-products') })),
  },
  {
    who: 'notifications-send-mail',
    action: 'lambda:ListEventSourceMappings',
    resource: () => '*',
    why: 'a consumer does not steer its own poller',
    call: ({ lambda }) => lambda.send(new ListEventSourceMappingsCommand({})),
  },
  {
    who: 'orders-place-order',
    action: 'logs:FilterLogEvents',
    resource: ({ named }) => `log-group:/aws/lambda/${named('users-register-user')}*`,
    why: 'logs are written by functions and read by people',
    call: ({ logs }, { named }) =>
      logs.send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${named('users-register-user')}` })),
  },
  {
    who: 'users-get-me',
    action: 'cognito-idp:AdminGetUser',
    resource: ({ userPool }) => `userpool/${userPool}`,
    why: 'profiles are in the table, the user pool is for signing in',
    call: ({ cognito }, { userPool: UserPoolId }) =>
      cognito.send(new AdminGetUserCommand({ UserPoolId, Username: 'somebody@example.com' })),
  },
  {
    who: 'users-staff-authorizer',
    action: 'cognito-idp:AdminAddUserToGroup',
    resource: ({ userPool }) => `userpool/${userPool}`,
    why: 'who says who is staff makes nobody staff',
    call: ({ cognito }, { userPool: UserPoolId }) =>
      cognito.send(
        new AdminAddUserToGroupCommand({ UserPoolId, Username: 'somebody@example.com', GroupName: 'staff' }),
      ),
  },
]

function read({ sqs }: Hands, QueueUrl: string) {
  return sqs.send(new ReceiveMessageCommand({ QueueUrl }))
}

function send({ sqs }: Hands, QueueUrl: string) {
  return sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }))
}
