/** The table keys of the inventory. */
export const stockKey = (sku: string) => ({ PK: `STOCK#${sku}`, SK: 'STOCK' })
export const reservationKey = (orderId: string) => ({ PK: `RESERVATION#${orderId}`, SK: 'RESERVATION' })
