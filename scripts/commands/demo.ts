import { randomUUID } from 'node:crypto'
import sharp from 'sharp'
import { callApi, eventually, mailsTo, type ApiAnswer } from '../lib/api-client.ts'
import { parseFlags, runScript } from '../lib/command.ts'
import { UsageError, type Deployment } from '../lib/deployment.ts'
import { findRunningSystem, startSystem } from '../lib/running-system.ts'
import { signIn } from '../lib/sign-in.ts'
import { finished, sendForm } from '../lib/upload-image.ts'

const help = `
npm run demo

The main job from end to end: a new customer signs up, uploads a photo, places an order that succeeds and one that is out of stock,
and every reaction is awaited. Uses the running system, or starts its own and stops it after.
`

const address = { name: 'Ada Moreno', line1: '12 Harbour Lane', city: 'Galway', postalCode: 'H91 X2Y3', country: 'IE' }

const kilobytes = (bytes: number) => `${Math.ceil(bytes / 1000)} KB`

/** `{ amount: 1990, currency: 'EUR' }` → `19.90 EUR` */
const price = (money: { amount: number; currency: string }) => `${(money.amount / 100).toFixed(2)} ${money.currency}`

await runScript(async () => {
  parseFlags({}, help)
  const running = await findRunningSystem()
  if (running) {
    console.log(`Using the system at ${running.apiUrl}`)
    const done = await demo(running)
    console.log(`One order's whole way: npm run logs -- --correlation ${done.correlationId}`)
    return
  }
  console.log('No system runs here: starting one for the demo …')
  const own = await startSystem()
  try {
    await demo(own.deployment)
  } finally {
    await own.stop()
  }
})

async function demo(deployment: Deployment): Promise<{ correlationId: string }> {
  const correlationId = `demo-${randomUUID()}`
  const startedAt = performance.now()
  const tell = (line: string) =>
    console.log(`${((performance.now() - startedAt) / 1000).toFixed(2).padStart(7)} s  ${line}`)

  const email = `ada.${randomUUID().slice(0, 8)}@example.com`
  const customer = await signIn(deployment, { email, name: 'Ada Moreno' })
  tell(`${email} signed up and in`)
  for (const line of await uploadPhoto(deployment, customer)) tell(line)
  const staff = await signIn(deployment, { email: 'staff@example.com', group: 'staff' })

  const [first, second] = (await expectStatus(200, callApi(deployment, 'GET', '/products?limit=2'))).body.items
  if (!second) throw new UsageError('The catalogue has no two products to order: fill it with npm run seed.')
  await expectStatus(
    200,
    callApi(deployment, 'PUT', `/admin/inventory/${first.sku}`, { token: staff, body: { add: 2, reason: 'demo' } }),
  )
  tell(`staff put 2 more pieces of ${first.sku} on the shelf`)

  const good = await place(deployment, customer, [{ sku: first.sku, quantity: 2 }], correlationId)
  tell(`order ${good.orderId} placed: 2 × ${first.name}, ${price(good.total)}`)
  const shelf = (await callApi(deployment, 'GET', `/admin/inventory/${second.sku}`, { token: staff })).body
  const tooMany = Math.min((shelf.available ?? 0) + 1, 99)
  if (shelf.available >= 99) {
    await expectStatus(
      200,
      callApi(deployment, 'PUT', `/admin/inventory/${second.sku}`, { token: staff, body: { set: 98, reason: 'demo' } }),
    )
  }
  const bad = await place(deployment, customer, [{ sku: second.sku, quantity: tooMany }], randomUUID())
  tell(`order ${bad.orderId} placed: ${tooMany} × ${second.name}, more than there are`)

  for (const [orderId, status] of [
    [good.orderId, 'RESERVED'],
    [bad.orderId, 'REJECTED'],
  ] as const) {
    await eventually(`order ${orderId} to become ${status}`, async () => {
      const order = await callApi(deployment, 'GET', `/orders/${orderId}`, { token: customer })
      return order.body.status === status
    })
    tell(`order ${orderId} is ${status}`)
  }

  for (const [what, words] of [
    ['the welcome', 'Welcome'],
    ['the reserved order', good.orderId],
    ['the rejected order', bad.orderId],
  ] as const) {
    const mail = await eventually(`the mail about ${what}`, async () =>
      (await mailsTo(deployment, email)).find(({ subject }) => subject.includes(words)),
    )
    tell(`mail to ${email}: ${mail.subject}`)
  }

  for (const { orderId } of [good, bad]) await printTrail(deployment, customer, orderId)
  const me = await expectStatus(200, callApi(deployment, 'GET', '/me', { token: customer }))
  console.log(`\n${email} has placed ${me.body.orderCount} orders. Mails: ${deployment.mailboxUrl}`)
  console.log('Everything that had to happen happened.')
  return { correlationId }
}

/** Uploads a picture of three megapixels as the customer's avatar. @returns what there is to tell of it */
async function uploadPhoto(deployment: Deployment, token: string): Promise<string[]> {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
  const image = sharp({ create: { width: 2000, height: 1500, channels: 3, background: 'white', noise } })
  const photo = new Uint8Array(await image.blur(4).jpeg({ quality: 95 }).toBuffer())
  const body = { purpose: 'avatar', contentType: 'image/jpeg' }
  const form = (await expectStatus(201, callApi(deployment, 'POST', '/uploads', { token, body }))).body
  const sent = await sendForm(form, photo)
  if (!sent.ok) throw new UsageError(`The upload was refused with ${sent.status}: ${await sent.text()}`)
  const { status, reason, thumbnails = [] } = await finished(deployment, token, form.uploadId)
  if (status !== 'READY') throw new UsageError(`The photo was rejected: ${reason}`)
  const lines = [`photo of ${kilobytes(photo.length)} uploaded`]
  for (const { url, width, height, contentType } of thumbnails) {
    const bytes = (await (await fetch(url)).arrayBuffer()).byteLength
    lines.push(`thumbnail ${width}×${height} ${contentType}, ${kilobytes(bytes)}`)
  }
  return lines
}

async function place(
  deployment: Deployment,
  token: string,
  items: { sku: string; quantity: number }[],
  correlationId: string,
) {
  const call = {
    token,
    headers: { 'idempotency-key': randomUUID(), 'x-correlation-id': correlationId },
    body: { items, shippingAddress: address, paymentToken: 'tok_ok' },
  }
  return (await expectStatus(201, callApi(deployment, 'POST', '/orders', call))).body
}

async function printTrail(deployment: Deployment, token: string, orderId: string): Promise<void> {
  const { items } = (await expectStatus(200, callApi(deployment, 'GET', `/orders/${orderId}/events`, { token }))).body
  console.log(`\n${orderId}`)
  for (const event of items) console.log(`  ${event.time}  ${event.source.padEnd(14)} ${event.type}`)
}

async function expectStatus(status: number, answer: Promise<ApiAnswer>): Promise<ApiAnswer> {
  const { status: actual, headers, body } = await answer
  if (actual !== status)
    throw new UsageError(`Expected ${status}, but the API answered ${actual}: ${JSON.stringify(body)}`)
  return { status, headers, body }
}
