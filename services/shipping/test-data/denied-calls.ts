import type { DeniedCall } from '#test/least-privilege/denied-call.ts'
import { onItem, update } from '#test/least-privilege/denied/table.ts'

export const deniedCalls: readonly DeniedCall[] = [
  onItem('shipping-create-shipment', 'GetItem', 'ORDER#', 'of an order only the address is read'),
  onItem('shipping-create-shipment', 'DeleteItem', 'SHIPMENT#', 'a shipment is never deleted'),
  onItem('shipping-void-shipment', 'GetItem', 'ORDER#', 'the event contains all that a cancellation needs'),
  onItem('shipping-receive-webhook', 'PutItem', 'ORDER#', 'only an event changes the order'),
  update('shipping-deliver-sandbox-parcel', 'SANDBOXPARCEL#', 'isVoid', 'the carrier is only asked'),
  onItem('shipping-get-invoice', 'GetItem', 'SHIPMENT#', 'an invoice shows nothing of the shipment'),
]
