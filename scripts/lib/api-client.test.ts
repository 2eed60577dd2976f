import { eventually, whenAdmitted, whenUncontended, type ApiResponse } from './api-client.ts'

const response = (status: number, headers: Record<string, string> = {}): ApiResponse => ({
  status,
  headers: new Headers(headers),
  body: {},
})

/** Calls that respond one after the other. */
const responding =
  (...responses: ApiResponse[]) =>
  async () =>
    responses.shift()!

test("a call is repeated that the stage's throttle or a customer's rate limit rejects", async () => {
  const created = response(201)
  expect(await whenAdmitted(responding(response(429), response(429, { 'retry-after': '0' }), created))).toBe(created)
})

test('the last rejection is returned', async () => {
  const last = response(429)
  expect(await whenAdmitted(responding(response(429), last), 1)).toBe(last)
})

test('other responses are returned', async () => {
  const busy = response(503, { 'retry-after': '1' })
  expect(await whenAdmitted(responding(busy))).toBe(busy)
})

describe('an order whose customer is in other transactions', () => {
  const contended = (retryAfterSeconds: string) => ({
    response: new Response(null, { status: 409, headers: { 'retry-after': retryAfterSeconds } }),
    error: { code: 'order-contended' },
  })
  const placed = { response: new Response(null, { status: 201 }) }

  test('is sent again after the seconds of the response', async () => {
    const responses = [contended('0.2'), contended('0'), placed]
    const startedAt = performance.now()
    expect(await whenUncontended(async () => responses.shift()!)).toBe(placed)
    expect(performance.now() - startedAt).toBeGreaterThan(190)
  })

  test('is given up after some retries, and not sent again for any other response', async () => {
    const last = contended('0')
    const responses = [contended('0'), last]
    expect(await whenUncontended(async () => responses.shift()!, 1)).toBe(last)
    const otherTotal = { ...contended('0'), error: { code: 'total-changed' } }
    expect(await whenUncontended(async () => otherTotal)).toBe(otherTotal)
  })
})

test('waiting ends with the first value, or with an error that names what did not happen', async () => {
  const values = [undefined, false, 'ready'] as const
  let calls = 0
  expect(await eventually('a value', async () => values[calls++], 10_000, 1)).toBe('ready')
  await expect(eventually('the end', async () => false, 1, 1)).rejects.toThrow('waiting for the end')
})
