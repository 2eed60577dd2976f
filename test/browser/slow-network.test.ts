import { randomUUID } from 'node:crypto'
import { applicationId } from '#shared/application.ts'
import { eventually } from '#scripts/lib/api-client.ts'
import type { Page } from 'playwright-core'
import { fillAddress, picture, productOf } from './actions.ts'
import { newVisitor, password, shop, tokenOf, useBrowser } from './visitor.ts'

useBrowser()

test.each(['/', '/admin'])('before its script arrives, %s says that it loads', async (path) => {
  const { page } = await newVisitor()
  let send = () => undefined as unknown
  const arrival = new Promise((resolve) => (send = () => resolve(undefined)))
  await page.route('**/assets/*.js', async (route) => {
    await arrival
    await route.continue()
  })
  await page.goto(path, { waitUntil: 'commit' })
  const text = page.locator('.starting')
  await text.waitFor()
  expect(await text.textContent()).toMatch(/^Loading .+ …$/)
  send()
  await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' })
  expect(await text.count()).toBe(0)
})

test('a page whose request gets no response in time offers the retry, and does not wait again by itself', async () => {
  const { page, goto } = await newVisitor()
  await page.addInitScript(`const { timeout } = AbortSignal
    AbortSignal.original = timeout
    AbortSignal.timeout = (milliseconds) => timeout.call(AbortSignal, milliseconds / 100)`)
  let requests = 0
  await page.route('**/api/products?**', (route) => {
    requests += 1
    return requests > 1 ? route.continue() : undefined
  })
  await goto('/products')
  await page.getByRole('alert').getByText('The shop does not respond').waitFor()
  expect(requests).toBe(1)
  await page.unrouteAll()
  // A busy machine may need longer than that.
  await page.evaluate('void (AbortSignal.timeout = AbortSignal.original)')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('main').getByText(/€/).first().waitFor()
  // Its button is gone.
  await page.locator('h1:focus').waitFor()
})

/** Holds the changes of the profile back. @returns sends them */
async function heldProfile(page: Page): Promise<() => void> {
  const { promise: released, resolve: send } = Promise.withResolvers<void>()
  await page.route('**/api/me', async (route) => {
    if (route.request().method() === 'PATCH') await released
    await route.continue()
  })
  return send
}

test('what is typed while a form is being saved does not count as saved', async () => {
  const { page, goto } = await newVisitor({ as: { email: `typing.${randomUUID()}@example.com` } })
  await goto('/account')
  const send = await heldProfile(page)
  const name = page.getByLabel(/^Name/)
  const save = page.getByRole('button', { name: 'Save', exact: true })
  await name.fill('Ada')
  await save.click()
  await name.fill('Ada King')
  send()
  await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
  const saved = page.getByText('Saved.', { exact: true })
  expect(await saved.count()).toBe(0)
  await save.click()
  await saved.waitFor()
  expect(await name.inputValue()).toBe('Ada King')

  // Nor is it lost on the page that was opened again meanwhile.
  const sendAddress = await heldProfile(page)
  const add = page.getByRole('button', { name: 'Add an address' })
  await add.click()
  await fillAddress(page)
  await page.getByRole('button', { name: 'Save address' }).click()
  await page.getByRole('link', { name: 'Orders', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Your orders' }).waitFor()
  await page.goBack()
  await add.click()
  const recipient = page.getByLabel('Full name')
  await recipient.fill('Bob King')
  sendAddress()
  await page.getByRole('button', { name: 'Edit the address of Ada Byrne' }).waitFor()
  // Also when the page has not shown yet what it stores.
  await page.reload()
  await add.click()
  expect(await recipient.inputValue()).toBe('Bob King')
})

test('a response after the user signed out leaves no draft in the tab, and is not shown to the next user', async () => {
  const [email, next] = ['leaving', 'next'].map((name) => `${name}.${randomUUID()}@example.com`) as [string, string]
  await tokenOf(next)
  const { page, goto } = await newVisitor({ as: { email } })
  await goto('/account')
  const send = await heldProfile(page)
  await page.getByLabel(/^Name/).fill('Ada')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByRole('link', { name: 'Sign in' }).first().waitFor()
  const finished = page.waitForEvent('requestfinished', (request) => request.method() === 'PATCH')
  send()
  await finished
  // Another response, after that one.
  await page.evaluate(`fetch('/api/products').then((response) => response.text())`)
  expect(await page.evaluate('Object.keys(sessionStorage).filter((key) => key.startsWith("draft"))')).toEqual([])
  await page.getByRole('link', { name: 'Sign in' }).first().click()
  await page.getByLabel('Email address').fill(next)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'Account' }).click()
  await page.getByLabel(/^Name/).waitFor()
  expect(await page.getByLabel('Email address').first().inputValue()).toBe(next)
})

test('what staff type while a stock adjustment is sent stays', async () => {
  const { sku } = await productOf(12)
  const { page, goto } = await newVisitor({ as: { email: `typing.${randomUUID()}@example.com`, group: 'staff' } })
  await goto(`/admin/inventory/${sku}`)
  let send = () => {}
  await page.route('**/api/admin/inventory/*', async (route) => {
    if (route.request().method() === 'PUT') await new Promise<void>((resolve) => (send = resolve))
    await route.continue()
  })
  const [pieces, reason] = [page.getByLabel('Pieces to add'), page.getByLabel('Reason')]
  await pieces.fill('2')
  await reason.fill('Delivery 1')
  await page.getByRole('button', { name: 'Add 2 pieces' }).click()
  await reason.fill('Delivery 2')
  send()
  const adjusted = page.getByText('The stock was adjusted.')
  await adjusted.waitFor()
  expect([await pieces.inputValue(), await reason.inputValue()]).toEqual(['', 'Delivery 2'])
  await pieces.fill('3')
  await adjusted.waitFor({ state: 'detached' })

  // The form does not offer again what was made after its page was left.
  await page.getByRole('button', { name: 'Add 3 pieces' }).click()
  await page.getByRole('link', { name: 'Orders', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor()
  const made = page.waitForResponse((response) => response.request().method() === 'PUT')
  send()
  await made
  await page.goBack()
  await pieces.waitFor()
  expect([await pieces.inputValue(), await reason.inputValue()]).toEqual(['', ''])
  // Nor does the form that is opened before the response.
  await pieces.fill('4')
  await page.getByRole('button', { name: 'Add 4 pieces' }).click()
  await page.getByRole('link', { name: 'Orders', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor()
  await page.goBack()
  await page.getByRole('button', { name: 'Add 4 pieces' }).waitFor()
  send()
  await page.getByRole('button', { name: 'Adjust the stock' }).waitFor()
})

test('a picture whose upload stalls can be sent again, and what is typed stays', async () => {
  const { page, goto } = await newVisitor({ as: { email: `stall.${randomUUID()}@example.com` } })
  await page.clock.install()
  await goto('/account')
  const name = page.getByLabel(/^Name/)
  await name.fill('Ada King')
  let stall = () => undefined as unknown
  const stalled = new Promise((resolve) => (stall = () => resolve(undefined)))
  let uploads = 0
  // Only uploads are sent by XMLHttpRequest.
  await page.route('**/*', (route) => {
    const isFirst = route.request().resourceType() === 'xhr' && ++uploads === 1
    return isFirst ? stall() : route.continue()
  })
  const buffer = await picture(600, 600)
  await page.getByLabel('Picture file').setInputFiles({ name: 'ada.png', mimeType: 'image/png', buffer })
  await stalled
  await page.clock.fastForward(30_000)
  await page.getByRole('alert').getByText('The shop does not respond').waitFor()
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('Your picture is saved.').waitFor()
  expect(uploads).toBe(2)
  expect(await name.inputValue()).toBe('Ada King')
})

test('what could not be added to the cart of one customer is not reported to the next', async () => {
  const product = await productOf(14)
  const visitor = await newVisitor({ as: { email: `left.${randomUUID()}@example.com` } })
  const { page, goto } = visitor
  visitor.expectFailures(409)
  await goto(`/products/${product.productId}`)
  const signedOut = Promise.withResolvers<void>()
  await page.route('**/api/cart', async (route) => {
    if (route.request().method() !== 'PUT') return route.continue()
    await signedOut.promise
    return route.fulfill({ status: 409, json: { detail: 'The cart is refused.' } })
  })
  await page.getByRole('button', { name: 'Add to cart' }).click()
  await page.getByRole('link', { name: 'Account' }).click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByRole('link', { name: 'Sign in' }).first().waitFor()
  const refused = page.waitForResponse((response) => response.status() === 409)
  signedOut.resolve()
  await refused
  await page.getByRole('link', { name: 'Coffee', exact: true }).first().click()
  await page.getByRole('heading', { level: 1, name: 'Coffee' }).waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)
})

test('what could not be added to the cart is reported on the page that is shown by then', async () => {
  const email = `left.${randomUUID()}@example.com`
  const product = await productOf(14)
  const visitor = await newVisitor({ as: { email } })
  const { page, goto } = visitor
  visitor.expectFailures(409)
  await goto(`/products/${product.productId}`)
  let respond = () => undefined as unknown
  const responding = new Promise((resolve) => (respond = () => resolve(undefined)))
  let changes = 0
  await page.route('**/api/cart', async (route) => {
    if (route.request().method() !== 'PUT' || ++changes > 2) return route.continue()
    await responding
    return route.fulfill({ status: 409, json: { detail: 'The cart is refused.' } })
  })
  await page.getByRole('button', { name: 'Add to cart' }).click()
  await page.getByRole('link', { name: 'All products' }).click()
  await page.getByRole('heading', { level: 1, name: 'All products' }).waitFor()
  respond()
  const failure = page.getByRole('alert').filter({ hasText: '1 item could not be added to your cart' })
  await failure.getByText('The cart is refused.').waitFor()
  await page.getByRole('link', { name: 'Coffee', exact: true }).click()
  const retry = failure.getByRole('button', { name: 'Try again' })
  await retry.click()
  await eventually('the second refusal', async () => changes === 2)
  await retry.click()
  await failure.waitFor({ state: 'detached' })
  const token = await tokenOf(email)
  await eventually('the item', async () => (await shop.api('GET', '/cart', { token })).body.items.length === 1)
})

test('a document that ends saves the shown cart with what was just chosen, and without what is not sold any more', async () => {
  const email = `leaving.${randomUUID()}@example.com`
  const lines = [await productOf(9), await productOf(10)].map(({ sku }) => ({ sku, quantity: 1 }))
  await shop.api('PUT', '/cart', { token: await tokenOf(email), body: { items: lines } })
  const visitor = await newVisitor({ as: { email } })
  visitor.expectFailures(404)
  const { page, goto } = visitor
  const sent: unknown[] = []
  await page.route('**/api/cart', async (route) => {
    if (route.request().method() === 'PUT') {
      sent.push(route.request().postDataJSON())
      return route.continue()
    }
    const response = await route.fetch()
    return route.fulfill({ json: { ...(await response.json()), unavailable: [{ sku: 'GONE-1', quantity: 1 }] } })
  })
  await goto('/cart')
  const summary = page.getByRole('region', { name: 'Summary' })
  await summary.getByText('2 items').waitFor()
  await page.getByRole('heading', { name: 'No longer available' }).waitFor()
  // Within the time in which clicks are collected. The browser may keep the document for the back button.
  await page.evaluate(`{
    for (const button of document.querySelectorAll('[aria-label="One more"]')) button.click()
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
  }`)
  await summary.getByText('4 items').waitFor()
  await eventually('both lines', async () => sent.length === 2)
  expect(sent.at(-1)).toEqual({ items: lines.map(({ sku }) => ({ sku, quantity: 2 })) })
  expect(await page.evaluate(`sessionStorage.getItem('${applicationId}.changed-since-sent')`)).toBe('true')
})
