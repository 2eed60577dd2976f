import type { DeniedCall } from '#test/least-privilege/denied-call.ts'
import { onObject, publish } from '#test/least-privilege/denied/services.ts'
import { onItem } from '#test/least-privilege/denied/table.ts'

export const deniedCalls: readonly DeniedCall[] = [
  onItem('event-relay-relay', 'GetItem', 'ORDER#', 'the relay reads the stream, not the table'),
  onObject('event-relay-relay', 'GetObject', ['unpublished', 'relay/x'], 'only operators read stored records'),
  onObject('event-relay-relay', 'PutObject', ['unpublished', 'x'], 'records are stored below two prefixes'),
  publish('event-relay-relay', () => 'default', "the account's default bus is for events of AWS"),
]
