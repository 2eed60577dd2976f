import { eventually, whenAdmitted, type ApiAnswer } from './api-client.ts'

const answer = (status: number, body: unknown): ApiAnswer => ({ status, headers: new Headers(), body })

/** Calls that respond one after the other. */
const responding =
  (...answers: ApiAnswer[]) =>
  async () =>
    answers.shift()!

const throttled = answer(429, { message: 'Too Many Requests' })

test('a call that API Gateway throttles is repeated', async () => {
  const created = answer(201, { orderId: 'ord_1' })
  expect(await whenAdmitted(responding(throttled, throttled, created))).toBe(created)
})

test.each([
  ['the rate limit of a customer', answer(429, { code: 'too-many-orders' })],
  ['a dependency', answer(503, { message: 'Service Unavailable' })],
])('a response of %s is returned', async (_name, response) => {
  expect(await whenAdmitted(responding(response))).toBe(response)
})

test('waiting ends with the first value, or with an error that names what did not happen', async () => {
  const values = [undefined, false, 'ready'] as const
  let calls = 0
  expect(await eventually('a value', async () => values[calls++], 10_000, 1)).toBe('ready')
  await expect(eventually('the end', async () => false, 1, 1)).rejects.toThrow('waiting for the end')
})
