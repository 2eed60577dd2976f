import * as z from 'zod'
import { orderStatuses, orderTypes, Tax, type OrderStatus } from '#services/orders/events.ts'
import { PricedLine } from '#services/pricing/totals.ts'
import { StoredAddress } from '#shared/address.ts'
import { applicationName } from '#shared/application.ts'
import { formatMoney, Money } from '#shared/money.ts'
import type { Sent } from './shipment.ts'

/** What documents show of an order, and who may see them. */
export const DocumentOrder = z.object({
  orderId: z.string(),
  customerId: z.string(),
  status: z.enum(orderStatuses),
  orderType: z.enum(orderTypes),
  items: z.array(PricedLine),
  subtotal: Money,
  discount: Money,
  discountCode: z.string().optional(),
  shipping: Money,
  tax: Tax,
  total: Money,
  shippingAddress: StoredAddress,
  placedAt: z.iso.datetime(),
})
export type DocumentOrder = z.infer<typeof DocumentOrder>

export interface Label {
  readonly kind: 'label'
  readonly sender: string
  readonly service: string
  readonly address: readonly string[]
  readonly trackingNumber: string
  readonly orderId: string
}

export interface Invoice {
  readonly kind: 'invoice'
  readonly seller: string
  readonly orderId: string
  /** `2026-11-20` */
  readonly date: string
  readonly address: readonly string[]
  readonly lines: readonly {
    readonly name: string
    readonly quantity: string
    readonly unitPrice: string
    readonly lineTotal: string
  }[]
  readonly totals: readonly { readonly label: string; readonly amount: string }[]
}

export const labelOf = ({ orderId, orderType, shippingAddress }: DocumentOrder, shipment: Sent): Label => ({
  kind: 'label',
  sender: applicationName,
  service: orderType === 'express' ? 'EXPRESS' : 'STANDARD',
  address: linesOf(shippingAddress),
  trackingNumber: shipment.trackingNumber,
  orderId,
})

export type DocumentKind = (Label | Invoice)['kind']

/**
 * The order as it was sold: refunds change no invoice.
 * @param timeZone of the shop, in which its day begins
 */
export const invoiceOf = (order: DocumentOrder, timeZone: string): Invoice => ({
  kind: 'invoice',
  seller: applicationName,
  orderId: order.orderId,
  // The Swedish format is that of ISO 8601.
  date: new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date(order.placedAt)),
  address: linesOf(order.shippingAddress),
  lines: order.items.map(({ name, quantity, unitPrice, lineTotal }) => ({
    name,
    quantity: String(quantity),
    unitPrice: formatMoney(unitPrice),
    lineTotal: formatMoney(lineTotal),
  })),
  totals: [
    { label: 'Subtotal', amount: formatMoney(order.subtotal) },
    ...(order.discount.amount > 0
      ? [
          {
            label: order.discountCode === undefined ? 'Discount' : `Discount ${order.discountCode}`,
            amount: `-${formatMoney(order.discount)}`,
          },
        ]
      : []),
    { label: `Shipping (${order.orderType})`, amount: formatMoney(order.shipping) },
    { label: 'Total', amount: formatMoney(order.total) },
    { label: `Included tax ${percentOf(order.tax.rate)}`, amount: formatMoney(order.tax.amount) },
  ],
})

/** Rates have at most three decimals: `0.255` → `25.5%`. */
const percentOf = (rate: number) => `${Math.round(rate * 1000) / 10}%`

/** Statuses in which an order is paid and not cancelled. */
const invoiced: readonly OrderStatus[] = ['PAID', 'SHIPPED', 'DELIVERED', 'RETURN_REQUESTED', 'REFUNDED']

export const hasInvoice = ({ status }: Pick<DocumentOrder, 'status'>): boolean => invoiced.includes(status)

const countryNames = new Intl.DisplayNames('en', { type: 'region' })

function linesOf({ name, line1, line2, city, region, postalCode, country, phone }: DocumentOrder['shippingAddress']) {
  const town = [postalCode, city].filter((part) => part !== undefined).join(' ')
  const lines = [name, line1, line2, town, region, countryNames.of(country)?.toUpperCase(), phone]
  return lines.filter((line) => line !== undefined)
}
