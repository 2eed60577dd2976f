import * as z from 'zod'
import { Discount } from './totals.ts'

/** Prefixes of the partition keys that pricing owns, in the table and its indexes. */
export const prefixes = ['DISCOUNT#', 'DISCOUNTS#', 'QUOTERATE#'] as const

/** A code is the same in capital and in small letters. */
export const codePattern = /^[A-Z0-9]+([-_][A-Z0-9]+)*$/i

const discountPartition = (code: string) => `DISCOUNT#${code.toUpperCase()}`
export const discountKey = (code: string) => ({ PK: discountPartition(code), SK: 'DISCOUNT' })

/** A discount with the number of changes by staff; counting a use is none. */
export const StoredDiscount = Discount.extend({ version: z.int().min(1) })
export type StoredDiscount = z.infer<typeof StoredDiscount>

/** What a service reads of a discount, with a grant of these attributes. */
export const discountAttributes = Object.keys(StoredDiscount.shape)
