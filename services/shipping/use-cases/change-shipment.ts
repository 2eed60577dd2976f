import type { Cause } from '#shared/events/envelope.ts'
import { cancel, create, deliver, type OrderType, type Shipment, type ShipmentChange } from '../domain/shipment.ts'
import type { Addresses, Carrier, Shipments } from '../ports.ts'

export interface ShippingDependencies {
  readonly shipments: Shipments
  readonly carrier: Carrier
  readonly now: () => Date
}

/**
 * Creates the shipment of a paid order. An order that was cancelled first has a tombstone, and then its parcel is void: an
 * earlier attempt may have created one before it was interrupted.
 */
export async function createShipment(
  deps: ShippingDependencies & { readonly addresses: Addresses; readonly newShipmentId: (time: Date) => string },
  { orderId, orderType, cause }: { readonly orderId: string; readonly orderType: OrderType; readonly cause: Cause },
): Promise<'created' | 'existing' | 'void'> {
  const { shipments, addresses, carrier, now } = deps
  let stored = await shipments.find(orderId)
  if (!stored) {
    const address = await addresses.of(orderId)
    // Its OrderCancelled is on the way, and leaves the tombstone.
    if (!address) return 'void'
    const { trackingNumber } = await carrier.create({ reference: orderId, address, orderType })
    const time = now()
    const parcel = { orderId, orderType, trackingNumber, carrier: carrier.name, shipmentId: deps.newShipmentId(time) }
    if ((await shipments.save(create(parcel, { time, cause }))) === 'saved') return 'created'
    stored = await shipments.find(orderId)
  }
  if (stored?.status !== 'void') return 'existing'
  await carrier.void(orderId)
  return 'void'
}

/** Voids the shipment of a cancelled order, or leaves a tombstone. The carrier follows, so that it can be repeated. */
export async function voidShipment(
  { shipments, carrier, now }: ShippingDependencies,
  orderId: string,
): Promise<'void' | 'delivered'> {
  const { status } = await change(shipments, orderId, (before) => cancel(before, orderId, now()))
  if (status === 'delivered') return 'delivered'
  await carrier.void(orderId)
  return 'void'
}

/** Records that a parcel has arrived. */
export async function deliverShipment(
  { shipments, now }: Pick<ShippingDependencies, 'shipments' | 'now'>,
  { orderId, cause }: { readonly orderId: string; readonly cause: Cause },
): Promise<'delivered' | 'already-delivered' | 'void' | 'unknown'> {
  const outcome = await change(shipments, orderId, (before) => deliver(before, { time: now(), cause }))
  if (outcome.changed) return 'delivered'
  return outcome.status === 'void' || outcome.status === 'unknown' ? outcome.status : 'already-delivered'
}

/**
 * Reads and writes until no other writer comes between: a shipment changes twice at most, so this ends.
 * @param changeOf undefined: there is nothing to change
 */
async function change(
  shipments: Shipments,
  orderId: string,
  changeOf: (before: Shipment | undefined) => ShipmentChange | undefined,
) {
  for (;;) {
    const before = await shipments.find(orderId)
    const next = changeOf(before)
    if (!next) return { status: before?.status ?? ('unknown' as const), changed: false }
    if ((await shipments.save(next)) === 'saved') return { status: next.shipment.status, changed: true }
  }
}
