import { MutationObserver, QueryClient } from '@tanstack/react-query'
import type { Cart } from '../../api/types.ts'
import type { CartChange } from './cart.ts'
import { cartScope, changeKey, withUnsavedLines, withWaitingChanges } from './waiting-changes.ts'

const euros = (amount: number) => ({ amount, currency: 'EUR' as const })
const line = (sku: string, quantity: number): Cart['items'][number] => ({
  sku,
  name: sku,
  quantity,
  unitPrice: euros(100),
  lineTotal: euros(100 * quantity),
  availability: 'in-stock',
})
const cartOf = (mugs: number, pans: number): Cart => ({
  items: [line('MUG-1', mugs), line('PAN-1', pans)],
  subtotal: euros(100 * (mugs + pans)),
  unavailable: [],
})

/** Long enough for a change to begin. */
const turn = () => new Promise((resolve) => setTimeout(resolve))

/** Makes changes one after the other, each when its response arrives. */
function changesOf(client: QueryClient) {
  const responses: (() => void)[] = []
  const make = (change: CartChange) =>
    new MutationObserver<unknown, Error, CartChange>(client, {
      mutationKey: changeKey,
      scope: cartScope,
      networkMode: 'always',
      mutationFn: () => new Promise<void>((resolve) => responses.push(resolve)),
    }).mutate(change)
  return { responses, make }
}

test('the response to a change keeps what was changed after it, until that is made too', async () => {
  const client = new QueryClient()
  const { responses, make } = changesOf(client)
  const first = make({ kind: 'set', sku: 'MUG-1', quantity: 3 })
  const second = make({ kind: 'set', sku: 'PAN-1', quantity: 7 })
  const firstResponse = cartOf(3, 1)
  expect(withWaitingChanges(client, firstResponse)).toEqual(cartOf(3, 7))
  await turn()
  responses[0]!()
  await first
  await turn()
  // It is being made: the API decides.
  expect(withWaitingChanges(client, firstResponse)).toEqual(firstResponse)
  responses[1]!()
  await second
  client.clear()
})

test('a document that ends sends what is shown, and what is being added', async () => {
  const client = new QueryClient()
  const { make } = changesOf(client)
  const cup = { sku: 'CUP-1', quantity: 2 }
  void make({ kind: 'add', lines: [{ sku: 'MUG-1', quantity: 2 }, cup] })
  void make({ kind: 'set', sku: 'PAN-1', quantity: 1 })
  void make({ kind: 'add', lines: [cup] })
  expect(withUnsavedLines(client, cartOf(3, 1))).toEqual([
    { sku: 'MUG-1', quantity: 3 },
    { sku: 'PAN-1', quantity: 1 },
    { sku: 'CUP-1', quantity: 4 },
  ])
  client.clear()
})
