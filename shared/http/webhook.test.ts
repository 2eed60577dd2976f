import { createHmac } from 'node:crypto'
import * as z from 'zod'
import { callApi } from '#test/support/api-event.ts'
import { silence } from '#test/support/captured-logs.ts'
import { apiHandler } from './api-handler.ts'
import { defineRoute } from './route.ts'
import { signatureOf, signedBy, webhookProblems } from './webhook.ts'

silence()

const secret = 'a key of the bakery'
const now = new Date('2026-11-20T12:00:00.700Z')
const route = defineRoute({
  operationId: 'ringBell',
  method: 'POST',
  path: '/webhooks/bell',
  access: 'public',
  summary: 'Ring the bell',
  entry: 'ring-bell',
  body: z.strictObject({ times: z.int() }),
  responses: { 200: { description: 'Rung' } },
  problems: webhookProblems,
})

const rung: number[] = []
beforeEach(() => void rung.splice(0))
const handler = apiHandler(
  route,
  async ({ body }) => {
    rung.push(body.times)
    return { status: 200 }
  },
  { authenticate: signedBy({ header: 'bell-signature', secret: async () => secret, now: () => now }) },
)
const ring = (body: string, signature?: string, more: object = {}) =>
  callApi(handler, {
    method: 'POST',
    body,
    headers: signature === undefined ? {} : { 'bell-signature': signature },
    ...more,
  })
const at = (seconds: number) => new Date(now.getTime() + seconds * 1000)
const sign = (body: string, time = now) => signatureOf(body, { secret, time })
const body = '{"times": 3}'

test('the signature is the HMAC of timestamp and body', () => {
  const expected = createHmac('sha256', secret).update(`1795348800.${body}`).digest('hex')
  expect(sign(body, new Date(1_795_348_800_999))).toBe(`t=1795348800,v1=${expected}`)
})

test.each([
  ['a valid signature', sign(body), {}],
  ['a body in base64', sign(body), { base64: true }],
  ['a signature of 299 seconds ago', sign(body, at(-299)), {}],
  ['a clock that is ahead', sign(body, at(299)), {}],
  ['one of several signatures', sign(body).replace(',', `,v1=${'0'.repeat(64)},v0=ff,`), {}],
])('is accepted: %s', async (_, signature, more) => {
  expect((await ring(body, signature, more)).status).toBe(200)
  expect(rung).toEqual([3])
})

test.each([
  ['no signature', undefined],
  ['an empty one', ''],
  ['one without a time', sign(body).replace(/^t=\d+,/, '')],
  ['one with two times', `t=1,${sign(body)}`],
  ['one with another time', sign(body, at(-1)).replace(/^t=\d+/, /^t=\d+/.exec(sign(body))![0])],
  ['one of another body', sign('{"times": 4}')],
  ['one with another key', signatureOf(body, { secret: 'another', time: now })],
  ['a short one', sign(body).slice(0, -2)],
  ['one that is too old', sign(body, at(-301))],
  ['one from the future', sign(body, at(301))],
  ['one in another format', `sha256=${'0'.repeat(64)}`],
])('is 401 without effect: %s', async (_, signature) => {
  const response = await ring(body, signature)
  expect(response).toMatchObject({ status: 401, body: { code: 'signature-invalid' } })
  expect(rung).toEqual([])
})

test('the body is read after the signature is checked', async () => {
  expect((await ring('{', 'wrong')).status).toBe(401)
  expect((await ring('{', sign('{'))).status).toBe(400)
})
