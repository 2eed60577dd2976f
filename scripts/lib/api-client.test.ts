import { eventually, whenAdmitted, type ApiAnswer } from './api-client.ts'

const answer = (status: number, headers: Record<string, string> = {}): ApiAnswer => ({
  status,
  headers: new Headers(headers),
  body: {},
})

/** Calls that respond one after the other. */
const responding =
  (...answers: ApiAnswer[]) =>
  async () =>
    answers.shift()!

test("a call is repeated that the stage's throttle or a customer's rate limit rejects", async () => {
  const created = answer(201)
  expect(await whenAdmitted(responding(answer(429), answer(429, { 'retry-after': '0' }), created))).toBe(created)
})

test('the last rejection is returned', async () => {
  const last = answer(429)
  expect(await whenAdmitted(responding(answer(429), last), 1)).toBe(last)
})

test('other responses are returned', async () => {
  const busy = answer(503, { 'retry-after': '1' })
  expect(await whenAdmitted(responding(busy))).toBe(busy)
})

test('waiting ends with the first value, or with an error that names what did not happen', async () => {
  const values = [undefined, false, 'ready'] as const
  let calls = 0
  expect(await eventually('a value', async () => values[calls++], 10_000, 1)).toBe('ready')
  await expect(eventually('the end', async () => false, 1, 1)).rejects.toThrow('waiting for the end')
})
