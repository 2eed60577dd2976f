import { randomUUID } from 'node:crypto'
import sharp from 'sharp'
import { dataOf } from '../lib/api/client.ts'
import { finishedUpload, sendForm } from '../lib/api-client.ts'
import { newCommand, runCommand } from '../lib/command.ts'
import { Caller } from '../lib/demo/customer.ts'
import {
  cancelledOrder,
  declinedOrder,
  deliveredOrder,
  outOfStockOrder,
  printTimeline,
  returnedOrder,
} from '../lib/demo/orders.ts'
import { commandLine, type Deployment } from '../lib/deployment.ts'
import { CommandError } from '../lib/errors.ts'
import { missingServices } from '../lib/installed-services.ts'
import { findRunningSystem, withSystem } from '../lib/running-system.ts'

const command = newCommand(
  'npm run demo --',
  `
Runs the main flows end to end: a new customer signs up, uploads an image, and places orders, of which one is delivered,
one is out of stock, one is declined, one is cancelled after it was paid, and one is returned and refunded. Waits for
every effect. Uses the running system, or starts one and stops it afterward.`,
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
  await withSystem({}, async ({ deployment }) => {
    await demo(deployment)
    console.log('To read the emails, run npm start in another terminal, then npm run demo again.')
    console.log(success)
  })
})

const success = 'Demo passed.'

const kilobytes = (bytes: number) => `${Math.ceil(bytes / 1000)} KB`

async function demo(deployment: Deployment): Promise<{ correlationId: string }> {
  const correlationId = `demo-${randomUUID()}`
  const startedAt = performance.now()
  const log = (line: string) =>
    console.log(`${((performance.now() - startedAt) / 1000).toFixed(2).padStart(7)} s  ${line}`)
  const missing = await missingServices(deployment)
  const has = (service: string) => !missing.includes(service)

  const email = `ada.${randomUUID().slice(0, 8)}@example.com`
  const customer = await Caller.signIn(deployment, { email, name: 'Ada Moreno' })
  log(`${email} signed up and signed in`)
  // A separate account, since the user may have chosen the password of `staff@example.com`.
  const staff = await Caller.signIn(deployment, { email: 'demo-staff@example.com', group: 'staff' })
  if (has('thumbnails')) for (const line of await uploadImage(customer)) log(line)

  const orders = { customer, staff, has, log }
  const { plenty, scarce } = await stockedProducts(staff, has)
  const items = [{ sku: plenty, quantity: 2 }]
  // At the same time: the handling and the delivery of an order take some seconds each.
  const orderIds = await Promise.all([
    deliveredOrder(orders, items, correlationId),
    ...(has('inventory') ? [outOfStockOrder(orders, scarce)] : []),
    ...(has('payments') ? [declinedOrder(orders, items), cancelledOrder(orders, items)] : []),
    ...(has('payments') && has('shipping') ? [returnedOrder(orders, items)] : []),
  ])
  if (has('notifications')) {
    await customer.mail('the sign-up', ({ subject }) => subject.includes('Welcome'))
    for (const orderId of orderIds) await customer.mail(`order ${orderId}`, ({ subject }) => subject.includes(orderId))
  }
  for (const orderId of orderIds) await printTimeline(customer, orderId)
  const me = await dataOf(customer.api.GET('/me'))
  console.log(`\n${email} has placed ${me.orderCount} orders.`)
  return { correlationId }
}

/** A product with pieces for every order of the demo, and more pieces of another one than are available. */
async function stockedProducts(staff: Caller, has: (service: string) => boolean) {
  const params = { query: { sort: 'price', limit: 2 } } as const
  const [plenty, scarce] = (await dataOf(staff.api.GET('/products', { params }))).items
  if (!plenty || !scarce)
    throw new CommandError(`The catalog has fewer than two products: create them with ${commandLine('npm run seed')}.`)
  if (!has('inventory')) return { plenty: plenty.sku, scarce: { sku: scarce.sku, quantity: 1 } }
  const changeStock = (sku: string, change: { add: number } | { set: number }) =>
    dataOf(staff.api.PUT('/admin/inventory/{sku}', { params: { path: { sku } }, body: { ...change, reason: 'demo' } }))
  await changeStock(plenty.sku, { add: 8 })
  // A product that was never stocked has no stock to read.
  let { available } = await changeStock(scarce.sku, { add: 0 })
  if (available >= 99) ({ available } = await changeStock(scarce.sku, { set: 98 }))
  return { plenty: plenty.sku, scarce: { sku: scarce.sku, quantity: available + 1 } }
}

/** Uploads an image of three megapixels as the customer's avatar. @returns lines about the image and its thumbnails */
async function uploadImage({ deployment, token, api }: Caller): Promise<string[]> {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
  const canvas = sharp({ create: { width: 2000, height: 1500, channels: 3, background: 'white', noise } })
  const image = new Uint8Array(await canvas.blur(4).jpeg({ quality: 95 }).toBuffer())
  const form = await dataOf(api.POST('/uploads', { body: { purpose: 'avatar', contentType: 'image/jpeg' } }))
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

await runCommand(command)
