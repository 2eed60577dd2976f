import { randomUUID } from 'node:crypto'
import sharp from 'sharp'
import { eventually } from '#scripts/lib/api-client.ts'
import { signIn } from '#scripts/lib/sign-in.ts'
import { address } from '#test/support/shop.ts'
import { addToCart, codeFor, fillAddress, orderButton, orderShown, productOf, status } from './actions.ts'
import { deployment, newVisitor, password, shop, tokenOf, useBrowser } from './visitor.ts'

useBrowser()

test('a customer signs up, orders, receives and returns', async () => {
  const email = `customer.${randomUUID()}@example.com`
  const product = await productOf(0)
  const { page, goto } = await newVisitor()

  await goto('/')
  await page.getByRole('searchbox', { name: 'Search products' }).fill(product.name)
  await page.keyboard.press('Enter')
  await page.getByRole('main').getByRole('link', { name: product.name }).first().click()
  await page.getByRole('button', { name: 'Add to cart' }).click()
  await page.getByRole('link', { name: 'View cart' }).click()
  await page.getByRole('link', { name: 'Go to checkout' }).click()

  // The cart of a visitor becomes that of the new account.
  await page.getByRole('link', { name: 'Create an account' }).click()
  await page.getByLabel('Name').fill('Ada Byrne')
  await page.getByLabel('Email address').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByLabel('Code from the email').fill(await codeFor(email))
  await page.getByRole('button', { name: 'Confirm' }).click()

  await page.getByRole('heading', { level: 1, name: 'Checkout' }).waitFor()
  await fillAddress(page)
  await page.getByLabel('Express').check()
  await orderButton(page).click()
  const orderId = await orderShown(page)
  await status(page, 'Delivered')

  await page.getByRole('button', { name: 'Return items' }).click()
  const reason = page.getByLabel('Why do you return it?')
  await reason.fill('<b>Too large</b>')
  await page.reload()
  await page.getByRole('button', { name: 'Return items' }).click()
  expect(await reason.inputValue()).toBe('<b>Too large</b>')
  await page.getByRole('button', { name: /^Return 1 piece/ }).click()
  await status(page, 'Return requested')
  expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain(`return/${orderId}`)
  const refund = await shop.api('POST', `/admin/orders/${orderId}/refund`, {
    token: await shop.staffToken(),
    headers: { 'idempotency-key': randomUUID() },
  })
  expect(refund.status).toBe(202)
  await status(page, 'Refunded')
  expect((await shop.orderOf(await tokenOf(email), orderId)).status).toBe('REFUNDED')
})

test('a forgotten password is replaced with a code from an email', async () => {
  const email = `forgot.${randomUUID()}@example.com`
  await signIn(deployment, { email, password, isCreatedByAdministrator: true })
  const visitor = await newVisitor()
  const { page, goto } = visitor
  await goto('/forgot-password')
  await page.getByLabel('Email address').fill(email)
  await page.getByRole('button', { name: 'Send the code' }).click()
  const code = await codeFor(email)
  await page.getByRole('heading', { level: 1, name: 'Choose a new password' }).waitFor()
  // A reload returns to the second step.
  await page.reload()
  const newPassword = page.getByRole('textbox', { name: 'New password' })
  await newPassword.fill('Another-Password-7')
  visitor.expectFailures(400)
  await page.getByLabel('Code from the email').fill(code === '000000' ? '111111' : '000000')
  await page.getByRole('button', { name: 'Save and sign in' }).click()
  await page.getByRole('alert').getByText('This code is wrong').waitFor()
  const rejected = page.locator('[aria-invalid=true]:focus')
  await rejected.waitFor()
  await page.getByLabel('Code from the email').fill(code)
  await page.getByRole('button', { name: 'Save and sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Your account' }).waitFor()

  const change = page.getByRole('button', { name: 'Change password' })
  await page.getByLabel('Current password', { exact: true }).fill(password)
  await newPassword.fill('Another-Password-8')
  await change.click()
  await rejected.fill('Another-Password-7')
  await change.click()
  await page.getByText('Your password is changed.').waitFor()
  // The form is another one, which is empty.
  await page.locator('h1:focus').waitFor()
})

test('a customer’s picture is uploaded, and a file that is no picture refused', async () => {
  const { page, goto } = await newVisitor({ as: { email: `picture.${randomUUID()}@example.com` } })
  await goto('/account')
  const file = page.getByLabel('Picture file')
  await file.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Notes') })
  await page
    .getByRole('alert')
    .getByText(/no JPEG, PNG or WebP image/)
    .waitFor()
  await file.setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('Notes') })
  await page.getByText('This picture cannot be used').waitFor()
  const square = sharp({ create: { width: 600, height: 600, channels: 3, background: '#0f6b52' } })
  await file.setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: await square.png().toBuffer() })
  await page.getByText('Your picture is saved.').waitFor()
})

test('a double click and the back button order once', async () => {
  const email = `once.${randomUUID()}@example.com`
  const visitor = await newVisitor({ as: { email } })
  const { page } = visitor
  await addToCart(visitor, await productOf(1))
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  await page.route('**/api/quotes', async (route) => {
    await released
    return route.continue()
  })
  await visitor.goto('/checkout')
  const withoutTotal = page.getByRole('button', { name: 'Order and pay', exact: true, disabled: true })
  await withoutTotal.waitFor()
  // It looks disabled, but says what is missing.
  await withoutTotal.click({ force: true })
  await page.getByText('Please complete the address').waitFor()
  release()
  await fillAddress(page)
  await orderButton(page).dblclick()
  const orderId = await orderShown(page)
  await page.goBack()
  await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' })
  expect(await orderButton(page).count()).toBe(0)
  const token = await tokenOf(email)
  await eventually('the cart to be empty', async () => {
    const { body } = await shop.api('GET', '/cart', { token })
    return body.items.length === 0
  })
  await visitor.goto('/checkout')
  await page.getByRole('link', { name: 'See your order' }).click()
  expect(await orderShown(page)).toBe(orderId)
  const { body } = await shop.api('GET', '/orders', { token })
  expect(body.items.map((order: { orderId: string }) => order.orderId)).toEqual([orderId])
})

test('a customer who orders again reads that not everything was added to a full cart', async () => {
  const email = `again.${randomUUID()}@example.com`
  const token = await tokenOf(email)
  const { sku } = await productOf(1)
  const { body: order } = await shop.placeOrder(token, [{ sku, quantity: 1 }], {}, { paymentToken: 'tok_declined' })
  await eventually('the payment', async () => (await shop.orderOf(token, order.orderId)).status === 'PAYMENT_FAILED')
  expect(await shop.api('PUT', '/cart', { token, body: { items: [{ sku, quantity: 99 }] } })).toMatchObject({
    status: 200,
  })
  const { page, goto } = await newVisitor({ as: { email } })
  await goto(`/orders/${order.orderId}`)
  await page.getByRole('button', { name: 'Order again' }).click()
  await page.getByText('Not everything was added to your cart').waitFor()
  await page.getByRole('link', { name: 'View cart' }).click()
  await page.getByRole('heading', { level: 1, name: 'Your cart' }).waitFor()

  // A customer who has left the page by then reads it too, and is not led to the cart.
  let send = () => {}
  await page.route('**/api/cart', async (route) => {
    if (route.request().method() === 'PUT') await new Promise<void>((resolve) => (send = resolve))
    await route.continue()
  })
  const leave = async () => {
    await page.goBack()
    const sent = page.waitForRequest((request) => request.method() === 'PUT')
    await page.getByRole('button', { name: 'Order again' }).click()
    await sent
    await page.getByRole('link', { name: 'Your orders' }).click()
    await page.getByRole('heading', { level: 1, name: 'Your orders' }).waitFor()
    send()
  }
  await leave()
  await page.getByText('Not everything was added to your cart').waitFor()
  await page.getByRole('button', { name: 'Close' }).click()
  await shop.api('PUT', '/cart', { token, body: { items: [{ sku, quantity: 1 }] } })
  await leave()
  await page.getByRole('link', { name: /cart.*2/i }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/orders')
})

test('a visitor’s cart keeps a quantity that was just chosen, and shows prices that were tampered with as a change', async () => {
  const visitor = await newVisitor()
  const { page } = visitor
  const product = await productOf(2)
  await addToCart(visitor, product)
  await page.evaluate(`for (const [key, text] of Object.entries(localStorage))
    localStorage.setItem(key, text.replace(/("prices":\\{"[^"]+":)\\d+/, '$11'))`)
  await visitor.goto('/cart')
  await page.getByText('The price was €0.01 when you added it.').waitFor()
  // What a visitor has chosen just before the document ends.
  await page.getByRole('button', { name: 'One more' }).click()
  await page.evaluate(`location.href = '/robots.txt'`)
  await page.waitForURL('**/robots.txt')
  await visitor.goto('/cart')
  await page.getByRole('region', { name: 'Summary' }).getByText('2 items').waitFor()
})

test('a rejected value is shown once, at its field, which has the focus; what has no field is listed', async () => {
  const visitor = await newVisitor({ as: { email: `rejected.${randomUUID()}@example.com` } })
  const { page, goto } = visitor
  await goto('/account')
  const phone = page.getByRole('textbox', { name: 'Phone' })
  await phone.fill('+353 21 496 0000')
  const save = page.locator('form').filter({ has: phone }).getByRole('button', { name: 'Save' })
  const ofPhone = { pointer: '/phone', detail: 'This number is not in use.' }
  const ofAnother = { pointer: '/addresses', detail: 'There are too many.' }
  const rejectOnce = (...errors: object[]) =>
    page.route(
      '**/api/me',
      (route) => route.fulfill({ status: 422, json: { code: 'validation-failed', detail: 'Rejected', errors } }),
      { times: 1 },
    )
  visitor.expectFailures(422)

  await rejectOnce(ofPhone)
  await save.click()
  await page.getByText(ofPhone.detail).waitFor()
  expect(await page.getByText(ofPhone.detail).count()).toBe(1)
  expect(await page.getByText('Some values were rejected').count()).toBe(0)
  expect(await page.locator('input:focus').getAttribute('name')).toBe('phone')
  expect(await phone.getAttribute('aria-invalid')).toBe('true')
  const describing = (await phone.getAttribute('aria-describedby'))!.split(' ')
  const described = await Promise.all(describing.map((id) => page.locator(`[id="${id}"]`).innerText()))
  expect(described).toContain(ofPhone.detail)

  await rejectOnce(ofPhone, ofAnother)
  await save.click()
  await page.getByText(`Addresses: ${ofAnother.detail}`).waitFor()
  expect(await page.getByText(ofPhone.detail).count()).toBe(1)
  expect(await page.locator('input:focus').getAttribute('name')).toBe('phone')

  await save.click()
  await page.getByText('Saved.').waitFor()
  expect(await page.getByText(ofPhone.detail).count()).toBe(0)
})

test('a followed link shows its page from the top, and back the position before', async () => {
  const { page, goto } = await newVisitor({ viewport: { width: 390, height: 500 } })
  await goto('/products')
  const lastProduct = page.getByRole('main').getByRole('listitem').last().getByRole('link')
  await lastProduct.waitFor()
  // Only the query of the address changes.
  await page.getByLabel('Sort by').selectOption('price')
  await page.waitForURL(/sort=price/)
  await page.goBack()
  await page.waitForURL(/products$/)
  await lastProduct.click()
  await page.getByRole('button', { name: 'Add to cart' }).waitFor()
  expect(await page.evaluate('scrollY')).toBe(0)
  await page.goBack()
  await lastProduct.waitFor()
  await page.waitForFunction('scrollY > 0')
})

test('an account that is changed in two places at once loses nothing', async () => {
  const email = `two.${randomUUID()}@example.com`
  const [first, second, third] = ['Ada', 'Bob', 'Cid'].map((name) => ({ ...address, name }))
  const token = await tokenOf(email)
  const { page, goto } = await newVisitor({ as: { email } })
  const save = (body: object) => shop.api('PATCH', '/me', { token, body })
  expect(await save({ phone: '+353214960000', addresses: [first, second, third] })).toMatchObject({ status: 200 })
  await goto('/account')
  await page.getByRole('button', { name: 'Edit the address of Bob' }).click()
  await page.getByLabel('Full name').fill('Bobby')

  await save({ addresses: [second, third] })
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/api/me', async (route) => {
    await released
    await route.continue()
  })
  await page.getByLabel('Email', { exact: false }).and(page.getByRole('checkbox')).uncheck()
  await page.getByLabel('Text message').check()
  release()
  await page.getByText('Saved.').waitFor({ state: 'attached' })
  await page.getByRole('button', { name: 'Edit the address of Ada' }).waitFor({ state: 'detached' })

  expect(await page.getByLabel('Full name').inputValue()).toBe('Bobby')
  await page.getByRole('button', { name: 'Save address' }).click()
  await page.getByRole('button', { name: 'Edit the address of Bobby' }).waitFor()
  await page.locator('h1:focus').waitFor()
  await page.getByRole('button', { name: 'Remove the address of Cid' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByRole('button', { name: 'Edit the address of Cid' }).waitFor({ state: 'detached' })
  await page.locator('h1:focus').waitFor()
  expect((await shop.api('GET', '/me', { token })).body).toMatchObject({
    addresses: [{ ...second, name: 'Bobby' }],
    notifications: { email: false, sms: true },
  })
  // What is typed outlasts the page, but not the session.
  const add = page.getByRole('button', { name: 'Add an address' })
  await add.click()
  await page.getByLabel('Town or city').fill('Limerick')
  const name = page.getByRole('textbox', { name: 'Name (optional)' })
  await name.fill('Ada of Limerick')
  await page.getByRole('link', { name: 'Orders', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Your orders' }).waitFor()
  await page.goBack()
  await add.click()
  expect(await page.getByLabel('Town or city').inputValue()).toBe('Limerick')
  expect(await name.inputValue()).toBe('Ada of Limerick')
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByRole('link', { name: 'Sign in' }).first().waitFor()
  expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain('Limerick')
})
