/** Prefixes of the partition keys that shipping owns. */
export const prefixes = ['SHIPMENT#', 'SANDBOXPARCEL#'] as const

export const shipmentKey = (orderId: string) => ({ PK: `SHIPMENT#${orderId}`, SK: 'SHIPMENT' })

/** The sandbox's own parcels, which a real carrier stores itself. */
export const sandboxParcelKey = (reference: string) => ({ PK: `SANDBOXPARCEL#${reference}`, SK: 'PARCEL' })

/** What documents show of an order, and who may see them: read with grants of these attributes. */
export const documentAttributes = [
  'orderId',
  'customerId',
  'status',
  'orderType',
  'items',
  'subtotal',
  'discount',
  'discountCode',
  'shipping',
  'tax',
  'total',
  'shippingAddress',
  'placedAt',
] as const
