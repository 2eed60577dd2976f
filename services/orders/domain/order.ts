import * as z from 'zod'
import { Money } from '#shared/money.ts'
import { Address } from './address.ts'
import { maxPiecesPerLine } from './lines.ts'
import { orderStatuses } from './status.ts'

export const orderTypes = ['standard', 'express'] as const
export type OrderType = (typeof orderTypes)[number]

/** What `newId('ord', …)` makes. */
export const orderIdPattern = /^ord_[0-9A-HJKMNP-TV-Z]{26}$/

/** One line of an order, at the price of the moment it was placed. */
export const OrderLine = z.object({
  sku: z.string(),
  name: z.string(),
  quantity: z.int().min(1).max(maxPiecesPerLine),
  unitPrice: Money,
  lineTotal: Money,
})
export type OrderLine = z.infer<typeof OrderLine>

/** An order as it stands. Its version counts the changes, beginning at 1. */
export const Order = z.object({
  orderId: z.string(),
  customerId: z.string(),
  status: z.enum(orderStatuses),
  version: z.int().min(1),
  orderType: z.enum(orderTypes),
  items: z.array(OrderLine).min(1),
  total: Money,
  /** What was given back so far. */
  refunded: Money,
  shippingAddress: Address,
  placedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** Why it ended early: `out-of-stock`. */
  reason: z.string().optional(),
})
export type Order = z.infer<typeof Order>

/** What events tell of an order: no address. */
export const summaryOf = ({ orderId, customerId, orderType, items, total, placedAt }: Order) => ({
  orderId,
  customerId,
  orderType,
  items,
  total,
  placedAt,
})
