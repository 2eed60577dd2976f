import { ApiFailure } from '../../api/failure.ts'
import type { PlaceOrderRequest } from '../../api/types.ts'
import { isOutcomeUnknown, placeOrder, type Receipt } from './place-order.ts'

const request: PlaceOrderRequest = {
  items: [{ sku: 'MUG-1', quantity: 2 }],
  shippingAddress: { name: 'Ada Buyer', line1: '1 Main Street', city: 'Cork', postalCode: 'T12 AB34', country: 'IE' },
  paymentToken: 'tok_ok',
}
const changed: PlaceOrderRequest = { ...request, orderType: 'express' }
const receipt = { orderId: 'ord_1' } as Receipt

/** @param responses in their order: an order's receipt or a failure */
function shopThat(...responses: (Receipt | ApiFailure)[]) {
  const requests: PlaceOrderRequest[] = []
  const waited: number[] = []
  const send = (sent: PlaceOrderRequest): Promise<Receipt> => {
    requests.push(sent)
    const response = responses.shift()!
    return response instanceof ApiFailure ? Promise.reject(response) : Promise.resolve(response)
  }
  const wait = (seconds: number) => Promise.resolve(void waited.push(seconds))
  const place = (sent?: PlaceOrderRequest, next = request) => placeOrder(send, next, sent, wait)
  return { place, requests, waited }
}

test('an order is placed', async () => {
  expect(await shopThat(receipt).place()).toEqual({ kind: 'placed', orderId: 'ord_1', ordered: request })
})

test('another total places nothing', async () => {
  const quote = { total: { amount: 5, currency: 'EUR' } }
  expect(await shopThat(new ApiFailure(409, { code: 'total-changed', quote })).place()).toEqual({
    kind: 'total-changed',
    quote,
  })
})

test('a changed order after one that arrived unnoticed returns the one that arrived', async () => {
  const { place, requests } = shopThat(new ApiFailure(422, { code: 'idempotency-key-reused' }), receipt)
  expect(await place(request, changed)).toEqual({ kind: 'placed', orderId: 'ord_1', ordered: request })
  expect(requests).toEqual([changed, request])
})

test('an order that another tab placed is not placed again', async () => {
  expect(await shopThat(new ApiFailure(422, { code: 'idempotency-key-reused' })).place()).toEqual({
    kind: 'ordered-elsewhere',
  })
})

test('a contended order is sent again, three times', async () => {
  const contended = new ApiFailure(409, { code: 'order-contended' }, { retryAfterSeconds: 2 })
  const { place, waited } = shopThat(contended, receipt)
  expect(await place()).toMatchObject({ kind: 'placed' })
  expect(waited).toEqual([2])
  await expect(shopThat(contended, contended, contended).place()).rejects.toBe(contended)
})

test('only a response of the shop says that nothing was ordered', async () => {
  await expect(shopThat(new ApiFailure(0, {})).place()).rejects.toMatchObject({ status: 0 })
  expect([0, 500, 503].map((status) => isOutcomeUnknown(new ApiFailure(status, {})))).toEqual([true, true, true])
  expect([401, 409, 422, 429].map((status) => isOutcomeUnknown(new ApiFailure(status, {})))).toEqual([
    false,
    false,
    false,
    false,
  ])
})
