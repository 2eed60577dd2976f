import * as z from 'zod'
import type { Cause } from '#shared/events/envelope.ts'
import type { CustomerApi } from '#shared/customer-api.ts'

const Page = z.object({ items: z.array(z.looseObject({})), nextCursor: z.string().optional() })
const Order = z.looseObject({ orderId: z.string() })

/** So that a page with the longest orders and trails stays below the 6 MB that a function may return. */
const ordersPerPage = 10

/** What a service keeps about a customer besides orders, and the path where the customer gets it. */
export interface ExportedService {
  readonly name: 'uploads' | 'cart'
  readonly path: string
}

export interface Export {
  /** What is not in lists is on the first page. */
  readonly profile?: unknown
  readonly uploads?: unknown
  readonly cart?: unknown
  readonly orders: readonly (z.infer<typeof Order> & { readonly events: unknown })[]
  readonly nextCursor?: string | undefined
}

/**
 * A page of what the shop keeps about a customer, as the routes of its services show it to them: each service decides what
 * that is, and no data is read by a second way.
 * @returns undefined for an account that was deleted
 */
export async function exportData(
  { api, services }: { readonly api: CustomerApi; readonly services: readonly ExportedService[] },
  { accessToken, cause, cursor }: { accessToken: string; cause: Cause; cursor?: string | undefined },
): Promise<Export | undefined> {
  const get = (path: string) => api.get(path, { accessToken, cause })
  const all = async (path: string) => {
    const items: unknown[] = []
    let next: string | undefined
    do {
      const page = Page.parse((await get(pathOf(path, 100, next))) ?? { items: [] })
      items.push(...page.items)
      next = page.nextCursor
    } while (next !== undefined)
    return items
  }
  const once = async ({ name, path }: ExportedService) => [name, await (name === 'uploads' ? all(path) : get(path))]

  const [profile, page, ...others] = await Promise.all([
    get('/me'),
    get(pathOf('/orders', ordersPerPage, cursor)),
    ...(cursor === undefined ? services.map(once) : []),
  ])
  if (profile === undefined || page === undefined) return undefined
  const { items, nextCursor } = Page.extend({ items: z.array(Order) }).parse(page)
  const orders = await Promise.all(
    items.map(async (order) => ({ ...order, events: await all(`/orders/${order.orderId}/events`) })),
  )
  return { ...(cursor === undefined ? { profile, ...Object.fromEntries(others) } : {}), orders, nextCursor }
}

const pathOf = (path: string, limit: number, cursor: string | undefined): string =>
  `${path}?${new URLSearchParams({ limit: String(limit), ...(cursor === undefined ? {} : { cursor }) })}`
