import { AdminUserGlobalSignOutCommand, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { randomUUID } from 'node:crypto'
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

test('an order whose answer was lost is placed once after a reload, and the address book keeps its addresses', async () => {
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
  await page.getByRole('button', { name: 'Search on' }).click()
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
