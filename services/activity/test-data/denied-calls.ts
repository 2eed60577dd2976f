import type { DeniedCall } from '#test/least-privilege/denied-call.ts'
import { onQueue, receive } from '#test/least-privilege/denied/services.ts'
import { onItem, query } from '#test/least-privilege/denied/table.ts'

export const deniedCalls: readonly DeniedCall[] = [
  onItem('activity-record-events', 'DeleteItem', 'ACTIVITY#', 'the log is append-only'),
  onItem('activity-admin-list-events', 'PutItem', 'ACTIVITY#', 'a route for reading writes no events'),
  query('activity-record-events', undefined, 'ORDER#', 'events are recorded from the bus alone'),
  onQueue(
    'activity-admin-get-operations',
    'ReceiveMessage',
    'orders-apply-events',
    'a depth shows no message',
    receive,
  ),
]
