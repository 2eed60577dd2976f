import { ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda'
import { PublishCommand } from '@aws-sdk/client-sns'
import type { DeniedCall } from '#test/least-privilege/denied-call.ts'
import { deleteMessage, mail, onQueue, sendMessage } from '#test/least-privilege/denied/services.ts'
import { batchGet, update } from '#test/least-privilege/denied/table.ts'

export const deniedCalls: readonly DeniedCall[] = [
  update('notifications-send-mail', 'USER#', 'notifications', "an email does not change the customer's preferences"),
  batchGet(
    'notifications-send-mail',
    ['USER#'],
    'only the contact of a profile is granted',
    'PK, SK, email, orderCount',
  ),
  onQueue(
    'notifications-send-mail',
    'DeleteMessage',
    'notifications-send-mail-dlq',
    'it would lose emails',
    deleteMessage,
  ),
  onQueue(
    'orders-place-order',
    'SendMessage',
    'notifications-send-mail',
    'services communicate by events',
    sendMessage,
  ),
  mail('notifications-send-mail', 'boss@example.com', 'emails have one sender'),
  mail('orders-place-order', 'orders@example.com', 'only notifications sends emails'),
  {
    caller: 'notifications-send-mail',
    action: 'sns:Publish',
    resource: ({ named }) => named('alarms'),
    reason: 'text messages go to phone numbers, and alarms come from CloudWatch',
    call: ({ sns }, { named }) =>
      sns.send(new PublishCommand({ TopicArn: `arn:aws:sns:us-east-1:000000000000:${named('alarms')}`, Message: 'x' })),
  },
  {
    caller: 'notifications-send-mail',
    action: 'lambda:ListEventSourceMappings',
    resource: () => '*',
    reason: 'a consumer does not control its own poller',
    call: ({ lambda }) => lambda.send(new ListEventSourceMappingsCommand({})),
  },
]
