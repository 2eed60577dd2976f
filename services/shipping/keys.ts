/** Prefixes of the partition keys that shipping owns. */
export const prefixes = ['SHIPMENT#', 'SANDBOXPARCEL#'] as const

export const shipmentKey = (orderId: string) => ({ PK: `SHIPMENT#${orderId}`, SK: 'SHIPMENT' })

/** The memory of the sandbox, which stands for that of a real carrier. */
export const sandboxParcelKey = (reference: string) => ({ PK: `SANDBOXPARCEL#${reference}`, SK: 'PARCEL' })
