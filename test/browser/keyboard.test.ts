import { randomUUID } from 'node:crypto'
import { eventually } from '#scripts/lib/api-client.ts'
import type { Locator, Page } from 'playwright-core'
import { orderButton, orderShown, productOf } from './actions.ts'
import { newVisitor, shop, useBrowser } from './visitor.ts'

useBrowser()

/** More stops than any page has between two things. */
const maximumStops = 120

test('a customer browses and orders with the keyboard alone', async () => {
  const { page, goto } = await newVisitor({ as: { email: `keyboard.${randomUUID()}@example.com` } })
  const product = await productOf(5)
  await goto('/products')
  await page.getByRole('heading', { level: 1 }).waitFor()
  await tabTo(page, page.getByRole('link', { name: 'Skip to the content' }))
  await tabTo(page, page.getByRole('searchbox', { name: 'Search products' }))
  // The last "Show more" leaves the focus at the end of the list.
  await tabTo(page, page.getByRole('button', { name: 'Show more' }))
  const end = page.locator(':focus', { hasText: 'End of the list' })
  await eventually('the end of the list', async () => {
    await page.keyboard.press('Enter')
    return (await end.count()) > 0 || undefined
  })
  // Of another list, all products are shown without the button.
  await page.getByLabel('Category').selectOption('coffee')
  await page
    .getByRole('status')
    .getByText(/^\d+ products?$/)
    .waitFor()
  expect(await page.getByText('End of the list').count()).toBe(0)
  await goto('/products')
  await tabTo(page, page.getByRole('searchbox', { name: 'Search products' }))
  await page.keyboard.type(product.name)
  await page.keyboard.press('Enter')
  await page.locator('h1:focus').waitFor()
  const found = page.getByRole('main').getByRole('link', { name: product.name }).first()
  await found.waitFor()
  await tabTo(page, found)
  await page.keyboard.press('Enter')
  const add = page.getByRole('button', { name: 'Add to cart' })
  await add.waitFor()
  await tabTo(page, add)
  await page.keyboard.press('Enter')
  const view = page.getByRole('link', { name: 'View cart' })
  await view.waitFor()
  await tabTo(page, view)
  await page.keyboard.press('Enter')
  const checkout = page.getByRole('link', { name: 'Go to checkout' })
  await checkout.waitFor()
  await tabTo(page, checkout)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Checkout' }).waitFor()
  await page.getByLabel('Street and number').waitFor()
  for (const [label, text] of [
    ['Full name', 'Ada Byrne'],
    ['Street and number', '12 Mill Lane'],
    ['Postal code', 'D08 X4T2'],
    ['Town or city', 'Dublin'],
  ] as const) {
    await tabTo(page, page.getByLabel(label))
    await page.keyboard.type(text)
  }
  await tabTo(page, page.getByLabel('Standard'))
  await page.keyboard.press('ArrowDown')
  await orderButton(page).waitFor()
  await tabTo(page, orderButton(page))
  await page.keyboard.press('Enter')
  await orderShown(page)
})

test('staff look at an event of an order with the keyboard alone', async () => {
  const { token } = await shop.newCustomer()
  const { body } = await shop.placeOrder(token, [{ sku: (await productOf(6)).sku, quantity: 1 }])
  const { page, goto } = await newVisitor({ as: { email: `keyboard.${randomUUID()}@example.com`, group: 'staff' } })
  await goto(`/admin/live?order=${body.orderId}`)
  const event = page.getByRole('button', { name: /^OrderPlaced/ })
  await event.waitFor()
  await tabTo(page, event)
  await page.keyboard.press('Enter')
  const data = page.getByRole('region', { name: 'Data of the event' })
  await data.getByText(body.orderId).waitFor()
  await page.keyboard.press('Escape')
  await data.waitFor({ state: 'detached' })
})

test('on a phone the menu of the back office closes, and its button keeps the focus', async () => {
  const { page, goto } = await newVisitor({
    as: { email: `keyboard.${randomUUID()}@example.com`, group: 'staff' },
    viewport: { width: 390, height: 844 },
  })
  await goto('/admin/orders')
  const menu = page.getByRole('button', { name: 'Menu' })
  // The area that is shown already.
  const area = page.getByRole('link', { name: 'Orders', exact: true })
  for (const key of ['Escape', 'Enter']) {
    await menu.click()
    await area.focus()
    await page.keyboard.press(key)
    await area.waitFor({ state: 'hidden' })
    expect(await page.locator(':focus').textContent()).toBe('Menu')
  }
})

/** Presses Tab until the element has the focus, and sees that the focus is visible. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let stop = 0; stop < maximumStops; stop += 1) {
    if (await target.evaluate((element) => element === (globalThis as any).document.activeElement)) {
      // What is drawn in SVG shows the focus by its stroke.
      const outline = await target.evaluate((element) =>
        'ownerSVGElement' in element ? 'stroke' : (globalThis as any).getComputedStyle(element).outlineStyle,
      )
      expect(outline).not.toBe('none')
      return
    }
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not reach ${String(target)}`)
}
