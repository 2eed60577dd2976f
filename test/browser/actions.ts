import type { Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import { eventually, mailsTo } from '#scripts/lib/api-client.ts'
import { deployment, shop, type Visitor } from './visitor.ts'

interface ShopProduct {
  readonly productId: string
  readonly sku: string
  readonly name: string
}

/** The nth product by name. Each test uses its own, since they share the stock. */
export async function productOf(index: number): Promise<ShopProduct> {
  const { body } = await shop.api('GET', '/products?limit=100')
  const products: ShopProduct[] = body.items
  return products.toSorted((one, other) => (one.sku < other.sku ? -1 : 1))[index]!
}

/** The newest code that was mailed to an address. */
export const codeFor = (email: string): Promise<string> =>
  eventually(`a code for ${email}`, async () => {
    const text = (await mailsTo(deployment, email)).map(({ body }) => body.text ?? body.html ?? '').at(-1)
    return /(?<!\d)\d{6}(?!\d)/.exec(text ?? '')?.[0]
  })

export async function addToCart({ page, goto }: Visitor, { productId }: ShopProduct): Promise<void> {
  await goto(`/products/${productId}`)
  await page.getByRole('button', { name: 'Add to cart' }).click()
  await page.getByRole('status').getByText(/added/).waitFor()
}

export async function fillAddress(page: Page): Promise<void> {
  await page.getByLabel('Full name').fill('Ada Byrne')
  await page.getByLabel('Street and number').fill('12 Mill Lane')
  await page.getByLabel('Postal code').fill('D08 X4T2')
  await page.getByLabel('Town or city').fill('Dublin')
}

/** The button that orders, once the total is known. */
export const orderButton = (page: Page): Locator => page.getByRole('button', { name: /^Order and pay €/ })

/** @returns the id of the order whose page is shown next */
export async function orderShown(page: Page): Promise<string> {
  await page.waitForURL(/\/orders\/ord_\w+$/)
  return page.url().split('/').at(-1)!
}

/** Waits until the page says so by itself. */
export const status = (page: Page, text: string): Promise<void> =>
  page.getByRole('main').getByText(text, { exact: true }).first().waitFor()

/** A PNG image. */
export const picture = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#0f6b52' } })
    .png()
    .toBuffer()
