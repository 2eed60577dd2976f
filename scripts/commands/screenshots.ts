import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { dataOf } from '../lib/api/client.ts'
import { eventually } from '../lib/api-client.ts'
import { startBrowserSession, type BrowserUser } from '../lib/browser-session.ts'
import { launchBrowser, requireBrowser } from '../lib/browser.ts'
import { newCommand, runCommand } from '../lib/command.ts'
import { Caller, once } from '../lib/demo/customer.ts'
import type { Deployment } from '../lib/deployment.ts'
import { withSystem } from '../lib/running-system.ts'
import { seedImages } from '../lib/seed/seed-images.ts'

const folder = join(import.meta.dirname, '../../docs/images')

const command = newCommand(
  'npm run screenshots --',
  'Makes the pictures of docs/images from a local system with the sample products, which it starts and stops.',
).action(async () => {
  requireBrowser()
  await withSystem({}, async ({ deployment }) => {
    await seedImages(deployment, () => {})
    const browser = await launchBrowser()
    try {
      await takeAll(browser, deployment)
    } finally {
      await browser.close()
    }
  })
})

async function takeAll(browser: Browser, deployment: Deployment): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await take(browser, deployment, 'storefront', { path: '/', isReady: hasPictures })
  const orderId = await placeOrders(deployment)
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
  // Waits until animations have ended.
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

const buyer = { email: 'ada@example.com', name: 'Ada Byrne' }

/** One order of each outcome, for the list of orders. @returns the id of one on its way */
async function placeOrders(deployment: Deployment): Promise<string> {
  const customer = await Caller.signIn(deployment, buyer)
  const place = async (sku: string, quantity = 1, options = {}) =>
    (await customer.place([{ sku, quantity }], options)).orderId
  await place('PAN-IRON-26', 1, { paymentToken: 'tok_declined' })
  const path = { orderId: await place('BACKPACK-ROLL-22') }
  await dataOf(customer.api.POST('/orders/{orderId}/cancel', { params: { ...once(), path } }))
  await place('TENT-TRAIL-2', 98)
  await customer.reaches(await place('MUG-STONE-350', 2), 'DELIVERED')
  return place('LAMP-READ-BRASS')
}

await runCommand(command)
