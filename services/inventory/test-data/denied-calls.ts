import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import type { DeniedCall } from '#test/least-privilege/denied-call.ts'
import { onQueue, receive } from '#test/least-privilege/denied/services.ts'
import { batchGet, onItem, update } from '#test/least-privilege/denied/table.ts'

export const deniedCalls: readonly DeniedCall[] = [
  onItem('inventory-reserve-stock', 'GetItem', 'ORDER#', 'the event contains all that inventory needs of an order'),
  onItem('inventory-reserve-stock', 'PutItem', 'STOCK#', 'stock is incremented and decremented, never overwritten'),
  onItem('inventory-reserve-stock', 'DeleteItem', 'RESERVATION#', 'a reservation is never deleted'),
  update('inventory-get-stock', 'STOCK#', 'available', 'a read does not change stock'),
  update('inventory-adjust-stock', 'RESERVATION#', 'state', 'an adjustment does not change reservations'),
  update('orders-place-order', 'STOCK#', 'available', 'placing an order does not change stock'),
  onItem('inventory-record-movements', 'PutItem', 'STOCK#', 'the ledger follows the stock and never changes it'),
  batchGet('inventory-get-stock', ['RESERVATION#'], 'only the stock itself is read'),
  onQueue('orders-apply-events', 'ReceiveMessage', 'inventory-reserve-stock', "it is another service's queue", receive),
  {
    ...onQueue(
      'inventory-reserve-stock',
      'GetQueueAttributes',
      'inventory-reserve-stock',
      'the queue denies calls without TLS',
      ({ sqs }, QueueUrl) => sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] })),
    ),
    withoutTls: true,
  },
]
