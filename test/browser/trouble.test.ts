import { AdminUserGlobalSignOutCommand, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import { applicationId } from '#shared/application.ts'
import { eventually } from '#scripts/lib/api-client.ts'
import { addToCart, fillAddress, orderButton, orderShown, productOf, status } from './actions.ts'
import { deployment, newVisitor, password, shop, tokenOf, useBrowser } from './visitor.ts'

useBrowser()

const emailOf = (name: string) => `${name}.${randomUUID()}@example.com`

test('of two customers who order the last piece, one gets it', async () => {
  const product = await productOf(3)
  const visitors = await Promise.all(['first', 'second'].map((name) => newVisitor({ as: { email: emailOf(name) } })))
  for (const visitor of visitors) {
    await addToCart(visitor, product)
    await visitor.goto('/checkout')
    await fillAddress(visitor.page)
    await orderButton(visitor.page).waitFor()
  }
  await shop.setStock(product.sku, 1)
  await Promise.all(visitors.map(({ page }) => orderButton(page).click()))
  await Promise.all(visitors.map(({ page }) => orderShown(page)))
  const outcomes = await Promise.all(
    visitors.map(({ page }) =>
      Promise.race([
        status(page, 'Out of stock').then(() => 'rejected'),
        ...['Paid', 'Shipped', 'Delivered'].map((text) => status(page, text).then(() => 'accepted')),
      ]),
    ),
  )
  expect(outcomes.toSorted()).toEqual(['accepted', 'rejected'])
})

test('without a connection the page says so, and goes on when there is one', async () => {
  const visitor = await newVisitor()
  const { page, context } = visitor
  visitor.expectFailures('offline')
  await visitor.goto('/products')
  const product = page.getByRole('main').getByRole('article').or(page.getByRole('main').getByRole('listitem')).first()
  await product.waitFor()
  await context.setOffline(true)
  await product.getByRole('link').first().click()
  await page.getByRole('heading', { name: 'The shop cannot be reached' }).waitFor()
  await page.getByRole('link', { name: '← All products' }).waitFor()
  expect((await page.getByRole('heading', { level: 1 }).boundingBox())!.height).toBeGreaterThan(20)
  await context.setOffline(false)
  await page.getByRole('button', { name: 'Add to cart' }).waitFor()
})

test('a read whose connection breaks is repeated', async () => {
  const visitor = await newVisitor()
  visitor.expectFailures('offline')
  let requests = 0
  await visitor.context.route('**/api/products?**', (route) => (++requests === 1 ? route.abort() : route.continue()))
  await visitor.goto('/products')
  await visitor.page.getByRole('main').getByText(/€/).first().waitFor()
  expect(requests).toBe(2)
})

test('on a slow network the page shows that it loads', async () => {
  const { page, goto, context } = await newVisitor()
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  await context.route('**/api/products?**', async (route) => {
    await released
    await route.continue()
  })
  await goto('/products')
  await page
    .getByRole('status')
    .getByText(/Loading/)
    .waitFor()
  release()
  await page.getByRole('main').getByText(/€/).first().waitFor()
})

test('an order whose response was lost is placed once after a reload, and the address book keeps its addresses', async () => {
  const email = emailOf('reload')
  const visitor = await newVisitor({ as: { email } })
  const { page } = visitor
  const token = await tokenOf(email)
  const home = { name: 'Ada Byrne', line1: '1 Home Road', city: 'Cork', postalCode: 'T12 AB34', country: 'IE' }
  expect(await shop.api('PATCH', '/me', { token, body: { addresses: [home] } })).toMatchObject({ status: 200 })
  visitor.expectFailures('offline')
  await addToCart(visitor, await productOf(5))
  await visitor.goto('/checkout')
  await page.getByLabel('Another address').check()
  await fillAddress(page)
  let orders = 0
  await page.route('**/api/orders', async (route) => {
    if (route.request().method() === 'POST' && orders++ === 0) await route.fetch()
    else return route.continue()
    return route.abort()
  })
  await orderButton(page).click()
  await page.getByRole('alert').first().waitFor()
  // The order has emptied it.
  await eventually('an empty cart', async () => (await shop.api('GET', '/cart', { token })).body.items.length === 0)
  // The profile is still on its way when the order is sent again.
  await page.route('**/api/me', async (route) => {
    if (orders > 1 || route.request().method() !== 'GET') return route.continue()
    await eventually('the order to be sent again', async () => orders > 1)
    return route.continue()
  })
  await page.reload()
  const orderId = await orderShown(page)
  const { body } = await shop.api('GET', '/orders', { token })
  expect(body.items.map((order: { orderId: string }) => order.orderId)).toEqual([orderId])
  const lines = () => shop.api('GET', '/me', { token }).then((me) => me.body.addresses.map(({ line1 }: any) => line1))
  await eventually('the new address', async () => (await lines()).length > 1)
  expect(await lines()).toEqual(['1 Home Road', '12 Mill Lane'])
})

test('an order without a response is not sent again by itself after the customer has changed it', async () => {
  const email = emailOf('changed')
  const visitor = await newVisitor({ as: { email } })
  const { page, goto } = visitor
  const product = await productOf(5)
  visitor.expectFailures('offline')
  await addToCart(visitor, product)
  await goto('/checkout')
  await fillAddress(page)
  const sent: { orderType: string; items: { quantity: number }[] }[] = []
  await page.route('**/api/orders', (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    sent.push(route.request().postDataJSON())
    return sent.length < 3 ? route.abort() : route.continue()
  })
  const isFailed = page.getByRole('alert').first()
  await orderButton(page).click()
  await isFailed.waitFor()
  await page.getByLabel('Express').check()
  await page.reload()
  await orderButton(page).waitFor()
  expect(await page.getByLabel('Express').isChecked()).toBe(true)
  expect(sent).toHaveLength(1)
  await orderButton(page).click()
  await isFailed.waitFor()
  await page.getByRole('link', { name: 'Your cart' }).click()
  await page.getByRole('button', { name: 'One more' }).click()
  await page.getByRole('region', { name: 'Summary' }).getByText('2 items').waitFor()
  await page.getByRole('link', { name: 'Go to checkout' }).click()
  await orderButton(page).click()
  await orderShown(page)
  expect(sent.map(({ orderType, items }) => [orderType, items[0]!.quantity])).toEqual([
    ['standard', 1],
    ['express', 1],
    ['express', 2],
  ])
})

test('an order without a response is sent again only if it is still what the customer sees', async () => {
  const email = emailOf('elsewhere')
  const visitor = await newVisitor({ as: { email } })
  const { page, goto } = visitor
  const product = await productOf(11)
  const token = await tokenOf(email)
  const setCart = async (...items: object[]) =>
    expect(await shop.api('PUT', '/cart', { token, body: { items } })).toMatchObject({ status: 200 })
  const one = { sku: product.sku, quantity: 1 }
  visitor.expectFailures('offline')
  await addToCart(visitor, product)
  await goto('/checkout')
  await fillAddress(page)
  const sent: { items: object[] }[] = []
  let isOffline = true
  await page.route('**/api/orders', (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    sent.push(route.request().postDataJSON())
    return isOffline ? route.abort() : route.continue()
  })
  await orderButton(page).click()
  await page.getByRole('alert').first().waitFor()
  isOffline = false
  const question = page.getByText('We do not know whether your')

  // While no page of the shop is open in this tab, the cart changes elsewhere.
  await goto('/robots.txt')
  await setCart({ ...one, quantity: 2 })
  await goto('/checkout')
  await question.waitFor()
  await page.getByText(/There was no response to your order of 1 item for €/).waitFor()
  await setCart()
  await page.reload()
  await question.waitFor()
  await page.getByRole('button', { name: 'Send it again' }).waitFor()
  expect(sent).toHaveLength(1)

  await setCart(one)
  await page.reload()
  await orderShown(page)
  expect(sent.map(({ items }) => items)).toEqual([[one], [one]])
})

test('a line that cannot be ordered and is removed in one tab leaves the other one', async () => {
  const email = emailOf('tabs')
  const product = await productOf(9)
  const other = {
    sku: `ZZ-BROWSER-${randomUUID().slice(0, 8).toUpperCase()}`,
    name: 'Cup without a handle',
    description: 'For tea.',
    category: 'coffee',
    price: { amount: 900, currency: 'EUR' },
  }
  const staff = { token: await shop.staffToken() }
  const created = await shop.api('POST', '/admin/products', { ...staff, body: other })
  const token = await tokenOf(email)
  const items = [product, other].map(({ sku }) => ({ sku, quantity: 1 }))
  expect(await shop.api('PUT', '/cart', { token, body: { items } })).toMatchObject({ status: 200 })
  const archive = { ...staff, headers: { 'if-match': created.headers.get('etag')! }, body: { status: 'archived' } }
  expect(await shop.api('PATCH', `/admin/products/${other.sku.toLowerCase()}`, archive)).toMatchObject({ status: 200 })
  const { page, context, goto } = await newVisitor({ as: { email } })
  await goto('/cart')
  const second = await context.newPage()
  await second.goto('/cart')
  const line = (tab: Page) => tab.getByRole('listitem').filter({ hasText: `1 × ${other.name}` })
  for (const tab of [page, second]) await line(tab).waitFor()
  // Another change drops the line from the account's cart; the pages still name it.
  await page.getByRole('button', { name: 'One more' }).click()
  await second.getByRole('region', { name: 'Summary' }).getByText('2 items').waitFor()
  for (const tab of [page, second]) expect(await line(tab).count()).toBe(1)
  await line(page).getByRole('button', { name: 'Remove' }).click()
  for (const tab of [page, second]) await line(tab).waitFor({ state: 'detached' })
})

test('a search that found nothing so far goes on', async () => {
  const { page, goto } = await newVisitor()
  let requests = 0
  await page.route('**/api/products?**', async (route) => {
    requests += 1
    if (requests > 5) await route.continue()
    else await route.fulfill({ json: { items: [], nextCursor: `page-${requests}` } })
  })
  // What follows is the real list.
  await page.route('**/api/products?**cursor=page-5**', async (route) => {
    const url = new URL(route.request().url())
    url.searchParams.delete('cursor')
    await route.continue({ url: url.href })
  })
  await goto('/products')
  await page.getByRole('status').getByText('Nothing found so far').waitFor()
  await page.getByRole('button', { name: 'Keep searching' }).click()
  await page.getByRole('main').getByText(/€/).first().waitFor()
})

test('a session that expires during checkout loses nothing, also in another tab', async () => {
  const email = emailOf('expired')
  const visitor = await newVisitor({ as: { email } })
  const { page } = visitor
  // The user pool and the API refuse the old tokens.
  visitor.expectFailures(400, 401)
  await addToCart(visitor, await productOf(4))
  await visitor.goto('/checkout')
  await fillAddress(page)
  // All quotes have arrived: one that is still under way was sent with a token that is valid.
  await page.getByLabel(/Express.*€/).waitFor()
  const otherTab = await visitor.context.newPage()
  await otherTab.goto('/account')
  await otherTab.getByLabel(/^Name/).fill('Ada King')
  await page.bringToFront()
  const client = new CognitoIdentityProviderClient(deployment.clientConfiguration)
  await client.send(new AdminUserGlobalSignOutCommand({ UserPoolId: deployment.userPoolId, Username: email }))
  client.destroy()
  // The access token is valid for an hour; for the page it is over.
  await page.clock.setSystemTime(Date.now() + 2 * 3600_000)
  await page.getByText('Express').click()
  for (const tab of [page, otherTab]) await tab.getByRole('heading', { level: 1, name: 'Sign in again' }).waitFor()
  await page.clock.setSystemTime(Date.now())
  await page.getByLabel('Email address').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Checkout' }).waitFor()
  expect(await page.getByLabel('Street and number').inputValue()).toBe('12 Mill Lane')
  expect(await page.getByLabel('Express').isChecked()).toBe(true)
  await otherTab.getByRole('heading', { level: 1, name: 'Your account' }).waitFor()
  expect(await otherTab.getByLabel(/^Name/).inputValue()).toBe('Ada King')
  await orderButton(page).click()
  const orderId = await orderShown(page)
  const token = await tokenOf(email)
  await eventually('the order', async () => (await shop.orderOf(token, orderId)).orderType === 'express')
})

test('an order that moves on while the customer decides shows why, and what can be done now', async () => {
  const email = emailOf('late')
  const token = await tokenOf(email)
  const placed = await shop.placeOrder(token, [{ sku: (await productOf(8)).sku, quantity: 1 }])
  const order = await shop.orderOf(token, placed.body.orderId)
  const visitor = await newVisitor({ as: { email } })
  const { page } = visitor
  visitor.expectFailures(409, 'offline')
  let now = { status: 'PAID', version: 4 }
  await page.route(/\/api\/orders\/ord_\w+(\/\w+)?(\?.*)?$/, (route) => {
    const url = route.request().url()
    if (url.includes('/events')) {
      const newest = {
        id: `${order.orderId}/${now.version}`,
        type: 'None',
        source: 'orders.app',
        time: order.placedAt,
        data: {},
      }
      return route.fulfill({ json: { items: [newest] } })
    }
    if (url.endsWith('/cancel')) {
      now.status = 'SHIPPED'
      return route.fulfill({ status: 409, json: { code: 'order-not-cancellable', detail: 'Too late' } })
    }
    if (url.endsWith('/returns')) {
      now.status = 'RETURN_REQUESTED'
      return route.abort()
    }
    return route.fulfill({ json: { ...order, ...now } })
  })
  await visitor.goto(`/orders/${order.orderId}`)
  await page.getByRole('button', { name: 'Cancel order' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel order' }).click()
  await page.getByRole('heading', { name: 'Your parcel is on its way' }).waitFor()
  await page.getByRole('dialog').getByRole('alert').getByText('The order can no longer be cancelled').waitFor()
  await page.getByRole('button', { name: 'Keep as it is' }).click()
  await page.locator('h1:focus').waitFor()

  const open = page.getByRole('button', { name: 'Return items' })
  await open.click()
  await page.getByRole('button', { name: 'Keep everything' }).click()
  await page.locator('h1:focus').waitFor()
  await open.click()
  await page.getByLabel('Why do you return it?').fill('Too large')
  await page.getByRole('button', { name: /^Return 1 piece/ }).click()
  await page.getByRole('heading', { name: 'You requested a return' }).waitFor()
  await page.getByRole('button', { name: 'Invoice (PDF)' }).waitFor()
  // Staff reject it.
  now = { status: 'DELIVERED', version: 5 }
  await open.waitFor()
  expect(await page.getByLabel('Why do you return it?').count()).toBe(0)
  expect(await page.getByRole('alert').count()).toBe(0)
})

test('changes of a cart that fail, or follow one another at once, end as the customer wants', async () => {
  const email = emailOf('cart')
  const [product, other] = [await productOf(9), await productOf(10)]
  const token = await tokenOf(email)
  await shop.api('PUT', '/cart', { token, body: { items: [{ sku: product.sku, quantity: 1 }] } })
  const visitor = await newVisitor({ as: { email } })
  const { page, goto } = visitor
  visitor.expectFailures(409)
  let isRefusing = true
  await page.route('**/api/cart', (route) =>
    isRefusing && route.request().method() === 'PUT'
      ? route.fulfill({ status: 409, json: { detail: 'The cart is refused.' } })
      : route.continue(),
  )
  // What a visitor had chosen before signing in.
  await goto('/products')
  await page.evaluate(
    `localStorage.setItem('${applicationId}.cart', '{"lines":[{"sku":"${other.sku}","quantity":2}],"prices":{}}')`,
  )
  await goto('/cart')
  await page.getByText('2 items from before you signed in could not be added').waitFor()
  isRefusing = false
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('group', { name: `Quantity of ${other.name}` }).waitFor()

  const quantity = page.getByRole('group', { name: `Quantity of ${product.name}` })
  const more = quantity.getByRole('button', { name: 'One more' })
  isRefusing = true
  await more.click()
  await page.getByRole('alert').getByText('The cart is refused.').waitFor()
  isRefusing = false
  for (let click = 0; click < 3; click += 1) await more.click()
  const cartNow = async () => (await shop.api('GET', '/cart', { token })).body.items
  const quantityNow = async () => (await cartNow()).find((line: { sku: string }) => line.sku === product.sku)?.quantity
  await eventually('three more pieces', async () => (await quantityNow()) === 4)
  // What was chosen just before the document ends.
  await more.click()
  await page.evaluate(`location.href = '/terms'`)
  await page.getByRole('heading', { level: 1, name: 'Terms of sale' }).waitFor()
  await eventually('one more piece', async () => (await quantityNow()) === 5)
  await page.goBack()
  await more.click()
  await page.getByRole('button', { name: `Remove ${product.name}` }).click()
  await quantity.waitFor({ state: 'detached' })
  // Longer than clicks are collected.
  await page.waitForTimeout(600)
  await eventually('one line', async () => (await cartNow()).length === 1)
  expect(await quantity.count()).toBe(0)
  // What was being added when the document ends: its first request has no response.
  await goto(`/products/${product.productId}`)
  await page.getByRole('link', { name: /cart.*2/i }).waitFor()
  await page.route('**/api/cart', (route) => (route.request().method() === 'GET' ? undefined : route.fallback()))
  const reading = page.waitForRequest('**/api/cart')
  await page.getByRole('button', { name: 'Add to cart' }).click()
  await reading
  await page.evaluate(`location.href = '/robots.txt'`)
  await eventually('both lines', async () => (await cartNow()).length === 2)
})
