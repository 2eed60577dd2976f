import { randomUUID } from 'node:crypto'
import type { Locator, Page } from 'playwright-core'
import { eventually } from '#scripts/lib/api-client.ts'
import { signIn } from '#scripts/lib/sign-in.ts'
import { picture, productOf, status } from './actions.ts'
import { deployment, newVisitor, password, shop, useBrowser, type Visitor } from './visitor.ts'

useBrowser()

test('staff open the documents of an order, also when a browser blocks tabs that open late', async () => {
  const { token } = await shop.newCustomer()
  const { body: order } = await shop.placeOrder(token, [{ sku: (await productOf(13)).sku, quantity: 1 }])
  await eventually('the parcel', async () => (await shop.orderOf(token, order.orderId)).status === 'DELIVERED')
  const { page, context, goto } = await newVisitor({
    as: { email: `documents.${randomUUID()}@example.com`, group: 'staff' },
  })
  let hasResponse = false
  await page.route('**/label', async (route) => {
    await eventually('the tab', async () => context.pages().length === 2)
    hasResponse = true
    return route.continue()
  })
  await goto(`/admin/orders/${order.orderId}`)
  const opened = context.waitForEvent('page')
  await page.getByRole('button', { name: 'Label (PDF)' }).click()
  await opened
  await eventually('the response', async () => hasResponse)
})

test('staff make a product with image and stock, and a discount for it', async () => {
  const email = `staff.${randomUUID()}@example.com`
  await signIn(deployment, { email, group: 'staff', password })
  const visitor = await newVisitor()
  const { page, goto } = visitor
  const area = (name: string) => page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name }).click()

  await goto('/admin')
  await page.getByLabel('Email address').fill(email)
  await page.getByLabel('Password').fill('Wrong-Password-1')
  visitor.expectFailures(400)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').waitFor()
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()

  const sku = `BROWSER-${randomUUID().slice(0, 8).toUpperCase()}`
  await area('Products')
  await page.getByRole('link', { name: 'Add a product' }).first().click()
  await page.getByLabel('SKU').fill(sku)
  await page.getByLabel('Name').fill(`<b>Bowl</b> ${sku}`)
  await page.getByLabel('Price in euros, VAT included').fill('24.50')
  await page.getByLabel('Description').fill('A bowl that a test made.')
  await page.getByRole('button', { name: 'Add the product' }).click()
  await page.getByRole('heading', { level: 1, name: `<b>Bowl</b> ${sku}` }).waitFor()

  const image = page.getByLabel('Image file')
  await image.setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('This is no image.') })
  await page.getByRole('alert').getByText('This file cannot be used').waitFor()
  await image.setInputFiles({ name: 'bowl.png', mimeType: 'image/png', buffer: await picture(1200, 900) })
  await page.getByText('The image is ready in 3 sizes.').waitFor()

  // It has no stock yet, and its first movement is recorded late.
  visitor.expectFailures(404)
  let early = 3
  await page.route('**/movements?**', (route) =>
    early-- > 0 ? route.fulfill({ json: { items: [] } }) : route.continue(),
  )
  await goto(`/admin/inventory/${sku}`)
  await page.getByLabel('Pieces to add').fill('12')
  await page.getByLabel('Reason').fill('First delivery')
  await page.getByRole('button', { name: /12/ }).click()
  await page.getByText('The stock was adjusted.').waitFor()
  expect((await shop.stockOf(sku)).available).toBe(12)
  await page.getByText('All movements add up to the stock.').waitFor()

  await area('Discounts')
  await page.getByRole('link', { name: 'New discount' }).first().click()
  const code = `B-${randomUUID().slice(0, 8).toUpperCase()}`
  await page.getByLabel('Code').fill(code)
  await page.getByLabel('Percent', { exact: true }).fill('10')
  await page.getByRole('button', { name: 'Create the discount' }).click()
  await page.getByText(code).first().waitFor()

  const quote = await shop.api('POST', '/quotes', {
    body: { items: [{ sku, quantity: 2 }], country: 'IE', discountCode: code },
  })
  expect(quote.body).toMatchObject({ subtotal: { amount: 4900 }, discount: { amount: 490 } })
})

test('staff refund an order, and see its events as they happen', async () => {
  const product = await productOf(7)
  const customer = await shop.newCustomer()
  const { body } = await shop.placeOrder(
    customer.token,
    [{ sku: product.sku, quantity: 1 }],
    {},
    {
      shippingAddress: {
        name: '<img src=x onerror=alert(1)> Byrne',
        line1: '12 Mill Lane',
        city: 'Dublin',
        postalCode: 'D08',
        country: 'IE',
      },
    },
  )
  const visitor = await newVisitor({ as: { email: `refund.${randomUUID()}@example.com`, group: 'staff' } })
  const { page, goto } = visitor
  await goto(`/admin/live?order=${body.orderId}`)
  // Without a reload: the page continues to poll.
  await page.getByRole('button', { name: /^OrderDelivered/ }).waitFor()
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 })
    await page.locator(width === 390 ? '.flow-rail' : '.flow-lanes').waitFor()
    expect(await page.locator('.flow-svg .node text').count()).toBeGreaterThan(10)
    expect(await page.evaluate(textsOutside)).toEqual([])
  }
  await page.setViewportSize({ width: 375, height: 900 })
  expect(await overflowAtTwiceTheTextSize(page)).toBe(0)
  expect(await page.evaluate(textsOutside)).toEqual([])
  await page.evaluate(normalTextSize)
  // WCAG 2.2, 1.4.12.
  await page.evaluate(`const sheet = new CSSStyleSheet()
    sheet.replaceSync('* { letter-spacing: 0.12em !important; word-spacing: 0.16em !important; line-height: 1.5 !important }')
    document.adoptedStyleSheets.push(sheet)`)
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 })
    await page.locator(width === 390 ? '.flow-rail' : '.flow-lanes').waitFor()
    await eventually('texts that fit', async () => (await page.evaluate<string[]>(textsOutside)).length === 0)
    expect(await page.evaluate(cutTitles)).toEqual([])
  }
  await page.evaluate(`document.adoptedStyleSheets.pop()`)
  await page.getByRole('button', { name: 'Table' }).click()
  await page.getByRole('cell', { name: 'ShipmentDelivered' }).last().waitFor()
  const hidden = await page
    .locator('.table-frame')
    .evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)
  expect(hidden).toBe(0)

  const returned = await shop.api('POST', `/orders/${body.orderId}/returns`, {
    token: customer.token,
    headers: { 'idempotency-key': randomUUID() },
    body: { items: [{ sku: product.sku, quantity: 1 }], reason: 'Too large' },
  })
  expect(returned.status).toBe(201)
  await page.getByRole('link', { name: 'Open the order' }).click()
  await page.getByText('<img src=x onerror=alert(1)> Byrne').waitFor()
  await page.setViewportSize({ width: 375, height: 900 })
  expect(await overflowAtTwiceTheTextSize(page)).toBe(0)
  await page.getByRole('link', { name: '← All orders' }).click()
  await page.getByRole('row', { name: 'Return requested' }).first().waitFor()
  expect(await overflowAtTwiceTheTextSize(page)).toBe(0)
  await page.evaluate(normalTextSize)
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.goBack()
  const refund = page.getByRole('button', { name: /^Refund €/ })
  await refusedRefund(visitor, refund)
  await refund.click()
  const refunds: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/refund')) refunds.push(request.method())
  })
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Refund €/ })
    .dblclick()
  await status(page, 'Refunded')
  expect(refunds).toEqual(['POST'])
  await page.getByText('orders · by you').waitFor()
  await page.getByRole('link', { name: customer.email }).waitFor()
})

/** WCAG 2.2, 1.4.4. @returns by how many pixels the page is wider than its space in the window */
async function overflowAtTwiceTheTextSize(page: Page): Promise<number> {
  await page.evaluate(`document.documentElement.style.fontSize = '200%'`)
  // The diagram is drawn again.
  await page.evaluate(`new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))`)
  return page.evaluate(`document.documentElement.scrollWidth - document.body.clientWidth`)
}

const normalTextSize = `document.documentElement.style.fontSize = ''`

/** The texts of the diagram that leave their card, their lane, or the drawing, or lie on the text before. */
const textsOutside = `[...document.querySelectorAll('.flow-svg .node, .flow-svg g:has(> .lane)')].flatMap((node) => {
  const frame = node.querySelector('.node-card, .lane') ?? node.closest('svg')
  const { left, right } = frame.getBoundingClientRect()
  const lines = [...node.querySelectorAll('text')].map((text) => [text, text.getBoundingClientRect()])
  return lines
    .filter(([text, box], index) => {
      const before = lines[index - 1]?.[1]
      const isOnLineBefore = before && before.top < box.top && box.top - before.top < box.height / 2
      return (
        box.left < left ||
        box.right > right ||
        text.textContent.endsWith('…') ||
        isOnLineBefore ||
        (before?.right > box.left && before.top === box.top)
      )
    })
    .map(([text]) => text.textContent)
})`

/** The titles in the list beside the diagram that end with an ellipsis. */
const cutTitles = `[...document.querySelectorAll('.flow-item-title')]
  .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
  .map(({ textContent }) => textContent)`

/** A colleague was faster: the order has nothing to refund any more, and the dialog says why. */
async function refusedRefund({ page, expectFailures }: Visitor, refund: Locator): Promise<void> {
  expectFailures(409)
  const pattern = /\/api\/admin\/orders\/ord_\w+(\/refund)?$/
  await page.route(pattern, async (route) => {
    if (route.request().method() === 'POST') {
      return route.fulfill({ status: 409, json: { code: 'refund-pending', detail: 'It was requested already.' } })
    }
    const response = await route.fetch()
    return route.fulfill({ response, json: { ...(await response.json()), refundable: undefined } })
  })
  await refund.click()
  await page.getByRole('dialog').getByRole('button').last().click()
  await page.getByText('The refund was requested.').waitFor()
  await page.getByRole('dialog').getByRole('alert').getByText('It was requested already.').waitFor()
  await page.unroute(pattern)
  await page.reload()
}
