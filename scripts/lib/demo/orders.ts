import { formatMoney, type Money } from '#shared/money.ts'
import { dataOf } from '../api/client.ts'
import { eventually, mailsTo } from '../api-client.ts'
import { once, type Caller, type Line } from './customer.ts'

type Log = (line: string) => void

interface DemoOrders {
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
  const discount = { params: { path: { code: discountCode } }, body: { percentage: 10, maximumUses: 100 } }
  await dataOf(staff.api.PUT('/admin/discounts/{code}', discount))
  if (has('cart')) {
    const cart = await dataOf(customer.api.PUT('/cart', { body: { items: [...items] } }))
    log(`cart: ${cart.items.map(({ quantity, name }) => `${quantity} × ${name}`).join(', ')}`)
  }
  const basket = { items: [...items], country: 'IE' as const, discountCode }
  const quote = await dataOf(customer.api.POST('/quotes', { body: basket }))
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
  await dataOf(customer.api.POST('/orders/{orderId}/cancel', { params: { ...once(), path: { orderId } } }))
  const { refunded } = await refundedOf(customer, orderId, 'CANCELLED')
  log(`order ${orderId} is CANCELLED, ${formatMoney(refunded)} refunded`)
  return orderId
}

/** Delivered, sent back whole, and refunded by staff. @returns its id */
export async function returnedOrder({ customer, staff, log }: DemoOrders, items: readonly Line[]): Promise<string> {
  const { orderId } = await customer.place(items)
  await reached(customer, orderId, 'DELIVERED', log)
  const params = { ...once(), path: { orderId } }
  const body = { items: [...items], reason: 'They do not match my kitchen' }
  await dataOf(customer.api.POST('/orders/{orderId}/returns', { params, body }))
  log(`order ${orderId}: return requested`)
  const refund = { params: { ...once(), path: { orderId } } }
  await dataOf(staff.api.POST('/admin/orders/{orderId}/refund', refund))
  const { refunded } = await refundedOf(customer, orderId, 'REFUNDED')
  log(`order ${orderId} is REFUNDED, ${formatMoney(refunded)} refunded`)
  return orderId
}

/** Prints the trail of an order and its emails, in the order of their times. */
export async function printTimeline(customer: Caller, orderId: string): Promise<void> {
  const params = { path: { orderId }, query: { limit: 100 } }
  const { items } = await dataOf(customer.api.GET('/orders/{orderId}/events', { params }))
  const mails = (await mailsTo(customer.deployment, customer.email)).filter(({ subject }) => subject.includes(orderId))
  const lines = [
    ...items.map(({ time, source, type }) => ({ time, text: `${source.padEnd(14)} ${type}` })),
    // A mailbox has whole seconds: `Z` sorts a mail behind the fractions, after the events of its second.
    ...mails.map(({ at, subject }) => ({
      time: new Date(at * 1000).toISOString().replace('.000', ''),
      text: `${'email'.padEnd(14)} ${subject}`,
    })),
  ]
  console.log(`\n${orderId}`)
  for (const { time, text } of lines.toSorted((a, b) => (a.time < b.time ? -1 : 1))) {
    console.log(`  ${time.padEnd(24)}  ${text}`)
  }
}

async function reached(customer: Caller, orderId: string, status: string, log: Log): Promise<void> {
  await customer.reaches(orderId, status)
  log(`order ${orderId} is ${status}`)
}

const refundedOf = (customer: Caller, orderId: string, status: string) =>
  eventually(`the refund of order ${orderId}`, async () => {
    const order = await customer.reaches(orderId, status)
    return order.refunded.amount > 0 && order
  })

const totalsOf = ({
  subtotal,
  discount,
  shipping,
  total,
}: Record<'subtotal' | 'discount' | 'shipping' | 'total', Money>) =>
  `${formatMoney(subtotal)} − ${formatMoney(discount)} discount + ${formatMoney(shipping)} shipping = ${formatMoney(total)}`
