import { linesProblem } from '#services/pricing/problems.ts'
import { priceLines, type PriceList, type QuotedLine, type RequestedLine } from '#services/pricing/totals.ts'
import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { accountDeletedProblem } from '#shared/http/existing-account.ts'
import { sum } from '#shared/money.ts'
import type { Carts } from '../ports.ts'
import * as routes from '../routes.ts'

export interface CartDependencies {
  readonly carts: Carts
  readonly prices: PriceList
  readonly now: () => Date
}

export const getCartHandler = ({ carts, prices, now }: CartDependencies) =>
  apiHandler(routes.getCart, async ({ userId }) => {
    const lines = (await carts.find(userId, now()))?.items ?? []
    const offers = await offersOf(prices, lines)
    const isOffered = ({ sku }: RequestedLine) => offers.has(sku)
    const priced = priceLines(lines.filter(isOffered), offers)
    if (!priced.ok) throw new Error('The cart has a line that could not be put.')
    return viewOf(
      priced.value,
      lines.filter((line) => !isOffered(line)),
    )
  })

export const putCartHandler = ({ carts, prices, now }: CartDependencies) =>
  apiHandler(routes.putCart, async ({ userId, body }): Promise<ApiReply> => {
    const priced = priceLines(body.items, await offersOf(prices, body.items))
    if (!priced.ok) return { problem: linesProblem(priced.failure) }
    const lines = priced.value.map(({ sku, quantity }) => ({ sku, quantity }))
    // UserDeleted may have been handled since the account was checked.
    if ((await carts.put(userId, lines, now())) === 'closed') return { problem: accountDeletedProblem }
    return viewOf(priced.value, [])
  })

async function offersOf(prices: PriceList, lines: readonly RequestedLine[]) {
  const skus = [...new Set(lines.map(({ sku }) => sku))]
  return (await prices.read({ skus, consistent: false })).offers
}

const viewOf = (items: readonly QuotedLine[], unavailable: readonly RequestedLine[]) => ({
  status: 200,
  body: { items, subtotal: sum(items.map(({ lineTotal }) => lineTotal)), unavailable },
})
