import { AdminGetUserCommand, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import sharp from 'sharp'
import { allMails, eventually, finishedUpload, sendForm, type Mail } from '#scripts/lib/api-client.ts'
import { signIn } from '#scripts/lib/sign-in.ts'
import { noticeKey } from '#services/notifications/keys.ts'
import { address, type Customer } from '#test/support/shop.ts'
import { StoredData } from '#test/support/stored-data.ts'
import { isInstalled } from './installed.ts'
import { api, cancel, deployment, newCustomer, placed, setStock, skuOf, testLocally } from './shop.ts'

const stored = new StoredData(deployment)
const cognito = new CognitoIdentityProviderClient(deployment.clientConfiguration)
afterAll(() => {
  stored.close()
  cognito.destroy()
})

/** In every text that the customer sends. */
const canary = `canary${randomUUID().slice(0, 8)}`

let customer: Customer
let userId: string
let sku: string
let orderId: string
let cancelledId: string

beforeAll(async () => {
  customer = await newCustomer()
  const { token } = customer
  const changes = {
    name: `Ada ${canary}`,
    phone: '+353214960000',
    addresses: [{ ...address, line1: `1 ${canary} Street` }],
  }
  userId = (await api('PATCH', '/me', { token, body: changes })).body.userId
  sku = await skuOf(0)
  if (isInstalled('inventory')) await setStock(sku, 100)
  cancelledId = await placeOrder()
  expect((await cancel(token, cancelledId)).status).toBe(200)
  orderId = await placeOrder()
  if (isInstalled('cart'))
    expect((await api('PUT', '/cart', { token, body: { items: [{ sku, quantity: 1 }] } })).status).toBe(200)
})

const placeOrder = async (): Promise<string> => {
  const shippingAddress = { ...address, name: `Ada ${canary}` }
  return (await placed(customer.token, [{ sku, quantity: 1 }], { shippingAddress })).orderId
}

/** The outcome of the email about the delivery of an order, once it is settled. */
const deliveryNotice = (id: string): Promise<string> =>
  eventually(`the mail about the delivery of ${id}`, async () => {
    for await (const { PK, status, settledAt } of stored.items()) {
      if (PK.S.startsWith(noticeKey(`OrderDelivered/${id}/`).PK) && settledAt) return status.S
    }
    return undefined
  })

/** The customer is known by the canary, the address and, in the names of objects, by the id. */
const traces = async (): Promise<string[]> =>
  (await stored.traces([canary, customer.email, userId])).filter(
    (trace) => trace.includes(canary) || trace.includes(customer.email) || trace.startsWith('object'),
  )

/** The emails that contain the canary or the address. */
const personalMails = async (): Promise<Mail[]> =>
  (await allMails(deployment)).filter((mail) =>
    [canary, customer.email].some((text) => JSON.stringify(mail).includes(text)),
  )

/** The customer routes as the API describes them, with the examples of their requests. */
async function customerCalls(): Promise<
  { method: string; path: string; headers: Record<string, string>; body?: any }[]
> {
  const { paths } = (await api('GET', '/openapi.json')).body
  return Object.entries<any>(paths).flatMap(([path, operations]) =>
    Object.entries<any>(operations)
      .filter(([, { tags }]) => tags.includes('customer'))
      .map(([method, { parameters, requestBody }]) => {
        const examples = (place: string): [string, string][] =>
          parameters
            .filter((parameter: any) => parameter.in === place && parameter.example !== undefined)
            .map(({ name, example }: any) => [name, String(example)])
        return {
          method: method.toUpperCase(),
          path: examples('path').reduce((made, [name, value]) => made.replace(`{${name}}`, value), path),
          headers: Object.fromEntries(examples('header')),
          ...(requestBody ? { body: requestBody.content['application/json'].example } : {}),
        }
      }),
  )
}

async function uploadAvatar(): Promise<string> {
  const { token } = customer
  const body = { purpose: 'avatar', contentType: 'image/jpeg' }
  const form = (await api('POST', '/uploads', { token, body })).body
  const background = `#${randomUUID().slice(0, 6)}`
  const image = await sharp({ create: { width: 300, height: 200, channels: 3, background } })
    .jpeg()
    .toBuffer()
  await sendForm(form, new Uint8Array(image))
  await finishedUpload(deployment, token, form.uploadId)
  return form.uploadId
}

if (isInstalled('thumbnails')) {
  test('the newest avatar is part of the profile, and a replaced one is deleted', async () => {
    const { token } = customer
    const avatar = () =>
      api('GET', '/me', { token }).then(
        ({ body }) => body.avatar as { uploadId: string; thumbnails: { url: string }[] },
      )
    const first = await uploadAvatar()
    const shown = await eventually('the first avatar', async () => {
      const found = await avatar()
      return found?.uploadId === first && found
    })
    for (const { url } of shown.thumbnails) expect((await fetch(url)).status).toBe(200)
    const second = await uploadAvatar()
    await eventually('the second avatar', async () => (await avatar()).uploadId === second)
    for (const { url } of (await avatar()).thumbnails) expect((await fetch(url)).status).toBe(200)
    // The images are deleted before their upload.
    await eventually('only the second upload to be listed', async () => {
      const { items } = (await api('GET', '/uploads', { token })).body
      return items.length === 1 && items[0]!.uploadId === second
    })
    for (const { url } of shown.thumbnails) expect((await fetch(url)).status).not.toBe(200)
  })
}

test('the export has everything that the customer entered', async () => {
  const { status, body } = await api('GET', '/me/export', { token: customer.token })
  expect(status).toBe(200)
  expect(body.profile).toMatchObject({ userId, email: customer.email, name: `Ada ${canary}`, phone: '+353214960000' })
  expect(body.profile!.addresses[0]!.line1).toContain(canary)
  expect(body.orders.map((order) => order.orderId)).toEqual([orderId, cancelledId])
  const [order] = body.orders
  expect(order).toMatchObject({ orderId, shippingAddress: { name: `Ada ${canary}` } })
  expect(order!.events.map(({ type }) => type)).toContain('OrderPlaced')
  expect('cart' in body).toBe(isInstalled('cart'))
  expect('uploads' in body).toBe(isInstalled('thumbnails'))
})

describe('after DELETE /me', () => {
  let openId: string
  /** The ids of the emails that were sent until the account was deleted in the user pool. */
  let sentBefore: ReadonlySet<string>

  beforeAll(async () => {
    openId = await placeOrder()
    expect((await api('DELETE', '/me', { token: customer.token })).status).toBe(202)
  })

  test('every customer route returns 404 while the token is valid', async () => {
    const calls = await customerCalls()
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual(
      expect.arrayContaining(['POST /orders', 'GET /me', 'DELETE /me', 'GET /me/export']),
    )
    const { token } = customer
    const responses = await Promise.all(
      calls.map(async ({ method, path, headers, body }) => {
        const response = await api(method, path, { token, headers, ...(body === undefined ? {} : { body }) })
        return [method, path, response.status, response.body.code]
      }),
    )
    expect(responses).toEqual(calls.map(({ method, path }) => [method, path, 404, 'account-deleted']))
  })

  test('the account in the user pool is deleted', async () => {
    const account = new AdminGetUserCommand({ UserPoolId: deployment.userPoolId, Username: userId })
    await eventually('the account to be deleted', () =>
      cognito.send(account).then(
        () => false as const,
        ({ name }: Error) => name === 'UserNotFoundException',
      ),
    )
    if (deployment.mailboxUrl) sentBefore = new Set((await allMails(deployment)).map(({ messageId }) => messageId))
  })

  testLocally(
    'nothing personal is left in tables, buckets and logs once the order is final, and no mail with it is sent any more',
    async () => {
      const deadlineMs = Date.now() + 60_000
      let left = await traces()
      while (left.length > 0 && Date.now() < deadlineMs) {
        await pause(500)
        left = await traces()
      }
      expect(left).toEqual([])
      expect((await api('GET', '/me', { token: customer.token })).status).toBe(404)
      expect(await traces()).toEqual([])
      if (!isInstalled('notifications', 'inventory', 'payments', 'shipping')) return
      expect(await deliveryNotice(openId)).toBe('no-contact')
      if (!deployment.mailboxUrl) return
      // What the customer has received is theirs.
      const mails = await personalMails()
      expect(mails.length).toBeGreaterThan(0)
      for (const { destination } of mails) {
        const { to, cc, bcc } = destination
        expect([...to, ...cc, ...bcc]).toEqual([customer.email])
      }
      expect(mails.filter(({ messageId }) => !sentBefore.has(messageId))).toEqual([])
    },
  )

  testLocally('the address can be used for a new account', async () => {
    const token = await signIn(deployment, { email: customer.email })
    const { body } = await api('GET', '/me', { token })
    expect(body).toMatchObject({ email: customer.email, orderCount: 0, addresses: [] })
    expect(body.userId).not.toBe(userId)
  })
})
