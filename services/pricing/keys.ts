import { Discount } from './totals.ts'

/** Prefixes of the partition keys that pricing owns, in the table and its indexes. */
export const prefixes = ['DISCOUNT#', 'DISCOUNTS#', 'QUOTERATE#'] as const

/** Codes are case-insensitive. The pattern has no flag for it, since JSON Schema has none. */
export const codePattern = /^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$/

const discountPartition = (code: string) => `DISCOUNT#${code.toUpperCase()}`
export const discountKey = (code: string) => ({ PK: discountPartition(code), SK: 'DISCOUNT' })

/** Marks that an order's use of a discount was given back. */
export const givenBackKey = (code: string, orderId: string) => ({
  PK: discountPartition(code),
  SK: `GIVENBACK#${orderId}`,
})

/** The index partition of all discounts: only staff add to it, since counting a use does not change an index's keys. */
export const listPartition = 'DISCOUNTS#'
export const indexKeys = (code: string) => ({ GSI1PK: listPartition, GSI1SK: code.toUpperCase() })

/** How often one network or customer tried a code in one minute. */
export const codeRateKey = (sourceHash: string, minute: string) => ({ PK: `QUOTERATE#${sourceHash}`, SK: minute })

/** What a service reads of a discount, with a grant of these attributes. */
export const discountAttributes = Object.keys(Discount.shape)
