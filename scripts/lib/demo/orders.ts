import { formatMoney, type Money } from '#shared/money.ts'
import { mailsTo } from '../api-client.ts'
import type { Caller, Line } from './customer.ts'

type Log = (line: string) => void

export interface DemoOrders {
  readonly customer: Caller
  readonly staff: Caller
  /** Whether a deployment has a service. */
  readonly has: (service: string) => boolean
  readonly log: Log
}

/** The last status of an order that goes well, in this deployment. */
const goal = ({ has }: Pick<DemoOrders, 'has'>): string => {
  if (!has('inventory')) return 'PLACED'
  if (!has('payments')) return 'RESERVED'
  return has('shipping') ? 'DELIVERED' : 'PAID'
}

/** From the cart, with a discount, at the total of a quote, until it is delivered. @returns its id */
export async function deliveredOrder(
  { customer, staff, has, log }: DemoOrders,
  items: readonly Line[],
  correlationId: string,
): Promise<string> {
  const discountCode = `DEMO-${correlationId.slice(-6).toUpperCase()}`
  await staff.call(200, 'PUT', `/admin/discounts/${discountCode}`, { body: { percentage: 10, maximumUses: 100 } })
  if (has('cart')) {
    const cart = await customer.call(200, 'PUT', '/cart', { body: { items } })
    log(`cart: ${cart.items.map(({ quantity, name }: any) => `${quantity} × ${name}`).join(', ')}`)
  }
  const quote = await customer.call(200, 'POST', '/quotes', { body: { items, country: 'IE', discountCode } })
  log(`quote with code ${discountCode}: ${totalsOf(quote)}`)
  const order = await customer.place(items, { discountCode, expectedTotal: quote.total, correlationId })
  log(`order ${order.orderId} placed: ${formatMoney(order.total)}`)
  await reached(customer, order.orderId, goal({ has }), log)
  return order.orderId
}

/** @returns its id */
export async function outOfStockOrder({ customer, log }: DemoOrders, line: Line): Promise<string> {
  const { orderId } = await customer.place([line])
  log(`order ${orderId} placed: ${line.quantity} × ${line.sku}, more than available`)
  await reached(customer, orderId, 'REJECTED', log)
  return orderId
}

/** @returns its id */
export async function declinedOrder({ customer, log }: DemoOrders, items: readonly Line[]): Promise<string> {
  const { orderId } = await customer.place(items, { paymentToken: 'tok_declined' })
  log(`order ${orderId} placed, with a card that is declined`)
  await reached(customer, orderId, 'PAYMENT_FAILED', log)
  return orderId
}

/** Cancelled after it was paid, until the money is back. @returns its id */
export async function cancelledOrder({ customer, log }: DemoOrders, items: readonly Line[]): Promise<string> {
  const { orderId } = await customer.place(items)
  await reached(customer, orderId, 'PAID', log)
  await customer.command(200, `/orders/${orderId}/cancel`)
  const { refunded } = await refundedOf(customer, orderId, 'CANCELLED')
  log(`order ${orderId} is CANCELLED, ${formatMoney(refunded)} refunded`)
  return orderId
}

/** Delivered, sent back whole, and refunded by staff. @returns its id */
export async function returnedOrder({ customer, staff, log }: DemoOrders, items: readonly Line[]): Promise<string> {
  const { orderId } = await customer.place(items)
  await reached(customer, orderId, 'DELIVERED', log)
  await customer.command(201, `/orders/${orderId}/returns`, { items, reason: 'They do not match my kitchen' })
  log(`order ${orderId}: return requested`)
  await staff.command(202, `/admin/orders/${orderId}/refund`)
  const { refunded } = await refundedOf(customer, orderId, 'REFUNDED')
  log(`order ${orderId} is REFUNDED, ${formatMoney(refunded)} refunded`)
  return orderId
}

/** Prints the trail of an order and its emails, in the order of their times. */
export async function printTimeline(customer: Caller, orderId: string): Promise<void> {
  const { items } = await customer.call(200, 'GET', `/orders/${orderId}/events?limit=100`)
  const mails = (await mailsTo(customer.deployment, customer.email)).filter(({ subject }) => subject.includes(orderId))
  const lines = [
    ...items.map(({ time, source, type }: any) => ({ time, text: `${source.padEnd(14)} ${type}` })),
    // A mailbox has whole seconds: a mail follows the events of its second.
    ...mails.map(({ at, subject }) => ({
      time: new Date(at * 1000 + 999).toISOString(),
      text: `${'email'.padEnd(14)} ${subject}`,
    })),
  ]
  console.log(`\n${orderId}`)
  for (const { time, text } of lines.toSorted((a, b) => (a.time < b.time ? -1 : 1))) console.log(`  ${time}  ${text}`)
}

async function reached(customer: Caller, orderId: string, status: string, log: Log): Promise<void> {
  await customer.reaches(orderId, status)
  log(`order ${orderId} is ${status}`)
}

async function refundedOf(customer: Caller, orderId: string, status: string): Promise<{ refunded: Money }> {
  for (;;) {
    const order = await customer.reaches(orderId, status)
    if (order.refunded.amount > 0) return order
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const totalsOf = ({ subtotal, discount, shipping, total }: Record<string, Money>) =>
  `${formatMoney(subtotal!)} − ${formatMoney(discount!)} discount + ${formatMoney(shipping!)} shipping = ${formatMoney(total!)}`
