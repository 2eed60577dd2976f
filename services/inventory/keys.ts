/** Prefixes of the partition keys that inventory owns. */
export const prefixes = ['STOCK#', 'RESERVATION#', 'IDEMPOTENCY#adjustStock#'] as const

export const stockKey = (sku: string) => ({ PK: `STOCK#${sku}`, SK: 'STOCK' })
export const reservationKey = (orderId: string) => ({ PK: `RESERVATION#${orderId}`, SK: 'RESERVATION' })
