import type { DeniedCall } from '#test/least-privilege/denied-call.ts'
import { batchGet, onItem, update } from '#test/least-privilege/denied/table.ts'

export const deniedCalls: readonly DeniedCall[] = [
  batchGet('shipping-create-shipment', ['ORDER#'], 'only status and address are read', 'PK, SK, customerId'),
  onItem('shipping-create-shipment', 'DeleteItem', 'SHIPMENT#', 'a shipment is never deleted'),
  batchGet('shipping-void-shipment', ['ORDER#'], 'the event contains all that a cancellation needs'),
  onItem('shipping-receive-webhook', 'PutItem', 'ORDER#', 'only an event changes the order'),
  update('shipping-deliver-sandbox-parcel', 'SANDBOXPARCEL#', 'isVoid', 'the carrier is only asked'),
  batchGet('shipping-get-invoice', ['SHIPMENT#'], 'an invoice shows nothing of the shipment'),
]
