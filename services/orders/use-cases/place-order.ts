import {
  quoteOf,
  type CodeRates,
  type Discount,
  type Prices,
  type Quote,
  type QuoteFailure,
} from '#services/pricing/totals.ts'
import type { Cause } from '#shared/events/envelope.ts'
import type { IdempotentRequest } from '#shared/idempotency.ts'
import { countRequest, type RateLimited } from '#shared/rate-limit.ts'
import { failed, ok, type Result } from '#shared/result.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { createOrder, type Order, type OrderRequest, type PlacedOrder } from '../domain/order.ts'
import { holdsKey, orderIdOf } from '../domain/order-of-key.ts'
import type { Customers, Placements } from '../ports.ts'

export interface PlaceOrderCommand {
  readonly customerId: string
  readonly request: OrderRequest
  readonly idempotency: IdempotentRequest
  readonly accessToken: string
  readonly cause: Cause
}

type NotQuoted =
  | QuoteFailure
  /** The order's total differs from what the customer was shown. */
  | { readonly kind: 'total-changed'; readonly quote: Quote }

export type PlaceOrderOutcome =
  | { readonly kind: 'placed'; readonly order: Order }
  /** The key has placed this order, by this request or another one. */
  | { readonly kind: 'key-used'; readonly order: PlacedOrder }
  | NotQuoted
  /** The account was deleted. */
  | { readonly kind: 'no-profile' }
  /** The customer has placed as many orders in this minute as they may. */
  | ({ readonly kind: 'rate-limited' } & RateLimited)
  /** Other transactions kept writing the same items. Nothing was written; the customer may repeat the request. */
  | { readonly kind: 'contended' }

export interface PlaceOrderDependencies {
  /** Of attempts with a code that place no order. */
  readonly codeRates: CodeRates
  readonly placements: Placements
  readonly customers: Customers
  readonly now: () => Date
  /** Of each customer. */
  readonly ordersPerMinute: number
  readonly backoff: Backoff
}

/**
 * Places an order with one read, of prices, discount and the customer's rate, and one transaction.
 * The order's id follows from the key, so that conditions of the transaction detect whether the key was used, and whether
 * rate and discount still allow the order. Only when an order cannot be placed is the order of the key read: a repeated
 * request receives its first response.
 */
export async function placeOrder(
  dependencies: PlaceOrderDependencies,
  command: PlaceOrderCommand,
): Promise<PlaceOrderOutcome> {
  const { codeRates, placements, now, backoff } = dependencies
  const time = now()
  let attempts = 0
  const outcome = await retryWhileContended(
    backoff,
    () => attempt(dependencies, command, { time, isFirst: (attempts += 1) === 1 }),
    ({ kind }) => kind === 'contended',
  )
  if (['placed', 'key-used', 'contended', 'no-profile'].includes(outcome.kind)) return outcome
  const order = await orderOfKey(placements, command.idempotency, time)
  if (order) return { kind: 'key-used', order }
  if (!showsCode(outcome, command)) return outcome
  const counted = await codeRates.count(command.customerId, time)
  return counted.ok ? outcome : { kind: 'rate-limited', ...counted.failure }
}

async function orderOfKey(placements: Placements, request: IdempotentRequest, time: Date) {
  for (let earlierUses = 0; ; earlierUses += 1) {
    const order = await placements.find(orderIdOf(request, earlierUses))
    if (!order || holdsKey(order, time)) return order
  }
}

/** Whether the outcome of an order that is not placed shows if its code exists: these are limited, as quotes are. */
const showsCode = ({ kind }: PlaceOrderOutcome, { request }: PlaceOrderCommand): boolean =>
  request.discountCode !== undefined && (kind === 'discount-not-applicable' || kind === 'total-changed')

async function attempt(
  { placements, customers, ordersPerMinute }: PlaceOrderDependencies,
  { customerId, request, idempotency, accessToken, cause }: PlaceOrderCommand,
  { time, isFirst }: { time: Date; isFirst: boolean },
): Promise<PlaceOrderOutcome> {
  const { items, orderType, discountCode, shippingAddress, paymentToken } = request
  const skus = [...new Set(items.map(({ sku }) => sku))]
  const readAndQuote = async (consistent: boolean) => {
    const { customer, prices } = await placements.read({ customerId, skus, discountCode, consistent })
    return { customer, quoted: quoteOrder(request, prices, time) }
  }
  // What made the first attempt fail was written just before.
  let read = await readAndQuote(!isFirst)
  // The first read may miss what was written in the last second, which must not reject an order.
  if (isFirst && (read.customer.kind === 'no-profile' || !read.quoted.ok)) read = await readAndQuote(true)
  // A sign-up whose trigger failed left no profile; users creates it.
  const isMissing = read.customer.kind === 'no-profile'
  if (isMissing && (await customers.register(accessToken, cause))) read = await readAndQuote(true)
  const { customer, quoted } = read
  if (customer.kind === 'no-profile') return customer
  if (!quoted.ok) return quoted.failure
  const { quote, discount } = quoted.value

  const rate = countRequest(customer.window, time, ordersPerMinute)
  if (!rate.ok) return { kind: 'rate-limited', ...rate.failure }

  const counted = discount?.maximumUses === undefined ? undefined : discount
  for (let earlierUses = 0; ; earlierUses += 1) {
    const { order, event } = createOrder({
      orderId: orderIdOf(idempotency, earlierUses),
      customerId,
      orderType,
      quote,
      discountCode: discount?.code,
      discountUseCounted: counted && true,
      shippingAddress,
      fingerprint: idempotency.fingerprint,
      time,
      cause,
    })
    const outcome = await placements.place({ order, event, paymentToken, counted, rate: rate.value })
    if (outcome.kind === 'placed') return { kind: 'placed', order }
    if (outcome.kind === 'contended') return outcome
    if (holdsKey(outcome.order, time)) return { kind: 'key-used', order: outcome.order }
  }
}

/** What the order costs with these prices, and the discount in it. */
function quoteOrder(
  { items, shippingAddress, orderType, discountCode, expectedTotal }: OrderRequest,
  prices: Prices,
  time: Date,
): Result<{ readonly quote: Quote; readonly discount: Discount | undefined }, NotQuoted> {
  const quoted = quoteOf({ items, country: shippingAddress.country, orderType, discountCode }, prices, time)
  if (!quoted.ok) return quoted
  const quote = quoted.value
  const isExpected = !expectedTotal || expectedTotal.amount === quote.total.amount
  return isExpected ? ok({ quote, discount: prices.discount }) : failed({ kind: 'total-changed', quote })
}
