import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { callApi, eventually } from '../lib/api-client.ts'
import { startBrowserSession, type BrowserUser } from '../lib/browser-session.ts'
import { launchBrowser } from '../lib/browser.ts'
import { newCommand, runCommand } from '../lib/command.ts'
import type { Deployment } from '../lib/deployment.ts'
import { startSystem } from '../lib/running-system.ts'
import { seedImages } from '../lib/seed/seed-images.ts'
import { signIn } from '../lib/sign-in.ts'

const folder = join(import.meta.dirname, '../../docs/images')

const command = newCommand(
  'npm run screenshots --',
  'Makes the pictures of docs/images from a local system with the sample products, which it starts and stops.',
).action(async () => {
  const system = await startSystem()
  try {
    await seedImages(system.deployment, () => {})
    const browser = await launchBrowser()
    try {
      await takeAll(browser, system.deployment)
    } finally {
      await browser.close()
    }
  } finally {
    await system.stop()
  }
})

async function takeAll(browser: Browser, deployment: Deployment): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await take(browser, deployment, 'storefront', { path: '/', isReady: hasPictures })
  await placeOrders(deployment)
  const orderId = await placeOrder(deployment, [['LAMP-READ-BRASS', 1]])
  await take(browser, deployment, 'live-view', {
    path: `/admin/live`,
    as: { email: 'staff@example.com', password: 'Sample-Password-1', group: 'staff' },
    isReady: async (page) => {
      await page.getByRole('button', { name: /^OrderDelivered/ }).waitFor()
      await page.getByText(orderId.slice(-6)).first().waitFor()
    },
  })
}

/** The picture of the window, at twice its size. */
async function take(
  browser: Browser,
  deployment: Deployment,
  name: string,
  shot: { readonly path: string; readonly as?: BrowserUser; readonly isReady: (page: Page) => Promise<void> },
): Promise<void> {
  const context = await browser.newContext({
    baseURL: deployment.webUrl ?? '',
    viewport: { width: 1280, height: 800 },
    deviceScaleFactor: 2,
    colorScheme: 'light',
  })
  if (shot.as) await startBrowserSession(context, deployment, shot.as)
  const page = await context.newPage()
  await page.goto(shot.path)
  await shot.isReady(page)
  // What appears by an animation has arrived.
  await page.waitForTimeout(1000)
  const file = join(folder, `${name}.webp`)
  const { size } = await sharp(await page.screenshot())
    .webp({ quality: 80, effort: 6 })
    .toFile(file)
  console.log(`${file}: ${Math.round(size / 1024)} KiB`)
  await context.close()
}

/** The page with its pictures, as far as the window shows it. */
async function hasPictures(page: Page): Promise<void> {
  await eventually('the pictures', () =>
    page.evaluate<boolean>(`(() => {
      const shown = [...document.images].filter((image) => image.getBoundingClientRect().top < innerHeight)
      return shown.length > 3 && shown.every(({ complete, naturalWidth }) => complete && naturalWidth > 0)
    })()`),
  )
}

const buyer = { email: 'ada@example.com', password: 'Sample-Password-1', name: 'Ada Byrne' }

type Lines = readonly (readonly [sku: string, quantity: number])[]

async function placeOrder(deployment: Deployment, lines: Lines, paymentToken = 'tok_ok'): Promise<string> {
  const { body } = await callApi(deployment, 'POST', '/orders', {
    token: await signIn(deployment, buyer),
    headers: { 'idempotency-key': randomUUID() },
    body: {
      items: lines.map(([sku, quantity]) => ({ sku, quantity })),
      shippingAddress: {
        name: buyer.name,
        line1: '12 Mill Lane',
        city: 'Dublin',
        postalCode: 'D08 X4T2',
        country: 'IE',
      },
      paymentToken,
    },
  })
  return body.orderId
}

/** One of each outcome, so that the list shows what an order can become. */
async function placeOrders(deployment: Deployment): Promise<void> {
  const token = await signIn(deployment, buyer)
  await placeOrder(deployment, [['PAN-IRON-26', 1]], 'tok_declined')
  const cancelled = await placeOrder(deployment, [['BACKPACK-ROLL-22', 1]])
  await callApi(deployment, 'POST', `/orders/${cancelled}/cancel`, {
    token,
    headers: { 'idempotency-key': randomUUID() },
  })
  await placeOrder(deployment, [['TENT-TRAIL-2', 98]])
  const delivered = await placeOrder(deployment, [
    ['MUG-STONE-350', 2],
    ['POUROVER-SET-2', 1],
  ])
  await eventually('the delivery', async () => {
    const { body } = await callApi(deployment, 'GET', `/orders/${delivered}`, { token })
    return body.status === 'DELIVERED'
  })
}

await runCommand(command)
