import type { Api } from '../../api/client.ts'
import type { Line } from './cart.ts'
import { changeAccountCart, quoteCart } from './cart-requests.ts'
import { CartStorage } from './cart-storage.ts'

const mug = (quantity: number) => ({ sku: 'MUG-1', quantity })
const pan = (quantity: number) => ({ sku: 'PAN-1', quantity })

/** An API that sells the SKUs, has one cart, and notes the requests. */
function shopWith({ sells, cart = [], isDown = false }: { sells: string[]; cart?: Line[]; isDown?: boolean }) {
  let lines = cart
  const requests: string[] = []
  const viewOf = (items: readonly Line[]) => ({ items, subtotal: { amount: 0, currency: 'EUR' }, unavailable: [] })
  const resultOf = (items: readonly Line[]) => ({ data: viewOf(items), response: new Response() })
  const priced = (items: Line[]) => {
    const errors = items.flatMap(({ sku }, index) =>
      sells.includes(sku) ? [] : [{ pointer: `/items/${index}/sku`, detail: '' }],
    )
    if (errors.length === 0) return resultOf(items)
    return { error: { code: 'validation-failed', errors }, response: new Response(null, { status: 422 }) }
  }
  const api = {
    GET: () => (requests.push('GET'), Promise.resolve(resultOf(lines))),
    PUT: async (_: string, { body }: { body: { items: Line[] } }) => {
      requests.push('PUT')
      // Long enough for another tab to come between, if nothing stopped it.
      await new Promise((resolve) => setTimeout(resolve, 5))
      if (isDown) return { error: {}, response: new Response(null, { status: 503 }) }
      const result = priced(body.items)
      if (result.response.ok) lines = body.items
      return result
    },
    POST: (_: string, { body }: { body: { items: Line[] } }) => Promise.resolve(priced(body.items)),
  }
  return { api: api as unknown as Api, requests, cart: () => lines }
}

const ignore = () => {}

function storageWith(lines: readonly Line[]) {
  const items = new Map<string, string>()
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  }
  const kept = new CartStorage(storage, 'cart', new EventTarget())
  kept.setLines(() => lines)
  return kept
}

test('the cart from before sign-in moves into the account', async () => {
  const shop = shopWith({ sells: ['MUG-1', 'PAN-1'], cart: [mug(3)] })
  const storage = storageWith([mug(1), pan(2)])
  const linesWhenShown: number[] = []
  await changeAccountCart(shop.api, storage, () => linesWhenShown.push(storage.get().lines.length))
  expect(linesWhenShown).toEqual([2])
  expect(shop.cart()).toEqual([mug(3), pan(2)])
  expect(storage.get().lines).toEqual([])
  await changeAccountCart(shop.api, storage, ignore)
  expect(shop.requests).toEqual(['GET', 'PUT', 'GET'])
})

test('it stays in the browser until the account has it', async () => {
  const storage = storageWith([pan(2)])
  const shop = shopWith({ sells: ['PAN-1'], isDown: true })
  await expect(changeAccountCart(shop.api, storage, ignore)).rejects.toMatchObject({ status: 503 })
  expect(storage.get().lines).toEqual([pan(2)])
})

test('two changes at the same time are both made', async () => {
  const shop = shopWith({ sells: ['MUG-1', 'PAN-1'] })
  const storage = storageWith([])
  await Promise.all([
    changeAccountCart(shop.api, storage, ignore, { kind: 'add', lines: [mug(1)] }),
    changeAccountCart(shop.api, storage, ignore, { kind: 'add', lines: [pan(1)] }),
  ])
  expect(shop.cart()).toEqual([mug(1), pan(1)])
})

test('a product that is not sold any more does not keep the rest out', async () => {
  const shop = shopWith({ sells: ['MUG-1'] })
  const change = { kind: 'add', lines: [mug(1), pan(2)] } as const
  const shown: unknown[] = []
  const isComplete = await changeAccountCart(shop.api, storageWith([]), (cart) => shown.push(cart), change)
  expect(shown).toMatchObject([{ items: [mug(1)], unavailable: [pan(2)] }])
  expect(isComplete).toBe(false)
})

test('a quote shows what can be ordered, and the rest apart', async () => {
  const { signal } = new AbortController()
  const { api } = shopWith({ sells: ['MUG-1'] })
  expect(await quoteCart(api, [pan(2), mug(1)], signal)).toMatchObject({ items: [mug(1)], unavailable: [pan(2)] })
  expect(await quoteCart(api, [pan(2)], signal)).toMatchObject({ items: [], unavailable: [pan(2)] })
})
