import { MutationObserver, QueryClient } from '@tanstack/react-query'
import type { Cart } from '../../api/types.ts'
import type { CartChange } from './cart.ts'
import { cartScope, changeKey, withWaitingChanges } from './waiting-changes.ts'

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

test('the answer to a change keeps what was changed after it, until that is made too', async () => {
  const client = new QueryClient()
  const answers: (() => void)[] = []
  const change = (sku: string, quantity: number) =>
    new MutationObserver<unknown, Error, CartChange>(client, {
      mutationKey: changeKey,
      scope: cartScope,
      networkMode: 'always',
      mutationFn: () => new Promise<void>((resolve) => answers.push(resolve)),
    }).mutate({ kind: 'set', sku, quantity })
  const first = change('MUG-1', 3)
  const second = change('PAN-1', 7)
  const firstAnswer = cartOf(3, 1)
  expect(withWaitingChanges(client, firstAnswer)).toEqual(cartOf(3, 7))
  await turn()
  answers[0]!()
  await first
  await turn()
  // It is being made: the API decides.
  expect(withWaitingChanges(client, firstAnswer)).toEqual(firstAnswer)
  answers[1]!()
  await second
  client.clear()
})
