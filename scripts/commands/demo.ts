import { randomUUID } from 'node:crypto'
import sharp from 'sharp'
import {
  callApi,
  eventually,
  finishedUpload,
  hasReached,
  hasRoute,
  mailsTo,
  request,
  sendForm,
  type UploadForm,
} from '../lib/api-client.ts'
import { newCommand, runCommand } from '../lib/command.ts'
import { commandLine, type Deployment } from '../lib/deployment.ts'
import { CommandError } from '../lib/errors.ts'
import { findRunningSystem, startSystem } from '../lib/running-system.ts'
import { signIn } from '../lib/sign-in.ts'
import { listProducts } from '#services/catalog/routes.ts'
import { adjustStock, getStock } from '#services/inventory/routes.ts'
import { getOrder, listOrderEvents, placeOrder } from '#services/orders/routes.ts'
import { getMe } from '#services/users/routes.ts'
import { formatMoney } from '#shared/money.ts'

const command = newCommand(
  'npm run demo --',
  `
Runs the main flow end to end: a new customer signs up, uploads an image, places an order that succeeds and one that is
out of stock, and waits for every effect. Uses the running system, or starts one and stops it afterward.`,
).action(async () => {
  const running = await findRunningSystem()
  if (running) {
    console.log(`Using the system at ${running.apiUrl}`)
    const { correlationId } = await demo(running)
    console.log(`Its emails: ${running.mailboxUrl}`)
    console.log(`All log lines of the first order: ${commandLine(`npm run logs -- --correlation ${correlationId}`)}`)
    console.log(success)
    return
  }
  console.log('No system is running: starting one for the demo …')
  const own = await startSystem()
  try {
    await demo(own.deployment)
    console.log('To read the emails, run npm start in another terminal, then npm run demo again.')
    console.log(success)
  } finally {
    await own.stop()
  }
})

const success = 'Demo passed.'

const address = {
  name: 'Ada Moreno',
  line1: '12 Harbour Lane',
  city: 'Galway',
  postalCode: 'H91 X2Y3',
  country: 'IE',
} as const

const kilobytes = (bytes: number) => `${Math.ceil(bytes / 1000)} KB`

async function demo(deployment: Deployment): Promise<{ correlationId: string }> {
  const correlationId = `demo-${randomUUID()}`
  const startedAt = performance.now()
  const log = (line: string) =>
    console.log(`${((performance.now() - startedAt) / 1000).toFixed(2).padStart(7)} s  ${line}`)

  const email = `ada.${randomUUID().slice(0, 8)}@example.com`
  const customer = await signIn(deployment, { email, name: 'Ada Moreno' })
  log(`${email} signed up and signed in`)
  for (const line of await uploadImage(deployment, customer)) log(line)
  const staff = await signIn(deployment, { email: 'staff@example.com', group: 'staff' })

  const [first, second] = (await request(deployment, listProducts, { query: { limit: '2' } })).items
  if (!first || !second)
    throw new CommandError(`The catalog has fewer than two products: create them with ${commandLine('npm run seed')}.`)
  const changeStock = (sku: string, change: { add: number } | { set: number }) =>
    request(deployment, adjustStock, { token: staff, parameters: { sku }, body: { ...change, reason: 'demo' } })
  await changeStock(first.sku, { add: 2 })
  log(`staff added 2 pieces of ${first.sku}`)

  const good = await place(deployment, customer, [{ sku: first.sku, quantity: 2 }], correlationId)
  log(`order ${good.orderId} placed: 2 × ${first.name}, ${formatMoney(good.total)}`)
  const { available } = await request(deployment, getStock, { token: staff, parameters: { sku: second.sku } })
  const tooMany = Math.min(available + 1, 99)
  if (available >= 99) await changeStock(second.sku, { set: 98 })
  const bad = await place(deployment, customer, [{ sku: second.sku, quantity: tooMany }], randomUUID())
  log(`order ${bad.orderId} placed: ${tooMany} × ${second.name}, more than available`)

  for (const [orderId, status] of [
    [good.orderId, 'RESERVED'],
    [bad.orderId, 'REJECTED'],
  ] as const) {
    await eventually(`order ${orderId} to become ${status}`, async () => {
      const order = await request(deployment, getOrder, { token: customer, parameters: { orderId } })
      return order.status === status || (status === 'RESERVED' && hasReached(order.status, status))
    })
    log(`order ${orderId} is ${status}`)
  }

  for (const [what, words] of [
    ['the sign-up', 'Welcome'],
    ['the reserved order', good.orderId],
    ['the rejected order', bad.orderId],
  ] as const) {
    const mail = await eventually(`the email about ${what}`, async () =>
      (await mailsTo(deployment, email)).find(({ subject }) => subject.includes(words)),
    )
    log(`email to ${email}: ${mail.subject}`)
  }

  for (const { orderId } of [good, bad]) await printTrail(deployment, customer, orderId)
  const { orderCount } = await request(deployment, getMe, { token: customer })
  console.log(`\n${email} has placed ${orderCount} orders.`)
  return { correlationId }
}

/** Uploads an image of three megapixels as the customer's avatar. @returns lines about the image and its thumbnails */
async function uploadImage(deployment: Deployment, token: string): Promise<string[]> {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
  const canvas = sharp({ create: { width: 2000, height: 1500, channels: 3, background: 'white', noise } })
  const image = new Uint8Array(await canvas.blur(4).jpeg({ quality: 95 }).toBuffer())
  const body = { purpose: 'avatar', contentType: 'image/jpeg' }
  const created = await callApi(deployment, 'POST', '/uploads', { token, body })
  if (!hasRoute(created)) return ['no image uploaded: this deployment has no uploads']
  if (created.status !== 201) throw new CommandError(`The upload was rejected with ${created.status}.`)
  const form: UploadForm = created.body
  const sent = await sendForm(form, image)
  if (!sent.ok) throw new CommandError(`The upload was rejected with ${sent.status}: ${await sent.text()}`)
  const { status, reason, thumbnails = [] } = await finishedUpload(deployment, token, form.uploadId)
  if (status !== 'READY') throw new CommandError(`The image was rejected: ${reason}`)
  const lines = [`image of ${kilobytes(image.length)} uploaded`]
  for (const { url, width, height, contentType } of thumbnails) {
    const bytes = (await (await fetch(url)).arrayBuffer()).byteLength
    lines.push(`thumbnail ${width}×${height} ${contentType}, ${kilobytes(bytes)}`)
  }
  return lines
}

const place = (
  deployment: Deployment,
  token: string,
  items: { sku: string; quantity: number }[],
  correlationId: string,
) =>
  request(deployment, placeOrder, {
    token,
    headers: { 'idempotency-key': randomUUID(), 'x-correlation-id': correlationId },
    body: { items, shippingAddress: address, paymentToken: 'tok_ok' },
  })

async function printTrail(deployment: Deployment, token: string, orderId: string): Promise<void> {
  const { items } = await request(deployment, listOrderEvents, { token, parameters: { orderId } })
  console.log(`\n${orderId}`)
  for (const event of items) console.log(`  ${event.time}  ${event.source.padEnd(14)} ${event.type}`)
}

await runCommand(command)
