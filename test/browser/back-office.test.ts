import { randomUUID } from 'node:crypto'
import sharp from 'sharp'
import { eventually, sendForm } from '#scripts/lib/api-client.ts'
import { applicationId } from '#shared/application.ts'
import { newVisitor, password, shop, tokenOf, useBrowser } from './visitor.ts'

useBrowser()

const newStaff = () => newVisitor({ as: { email: `staff.${randomUUID()}@example.com`, group: 'staff' } })

/** The last in the order of SKUs, by which other tests choose their products. */
const newSku = () => `ZZ-BROWSER-${randomUUID().slice(0, 8).toUpperCase()}`

/** A product of the test's own, the most expensive one. */
async function newProduct() {
  const sku = newSku()
  const body = {
    sku,
    name: 'Plain mug',
    description: 'For tea.',
    category: 'coffee',
    price: { amount: 10_000_000, currency: 'EUR' },
  }
  const response = await shop.api('POST', '/admin/products', { token: await shop.staffToken(), body })
  expect(response.status).toBe(201)
  return { sku, productId: sku.toLowerCase() }
}

test('an archived product is in its list, and can be restored', async () => {
  const { sku, productId } = await newProduct()
  const visitor = await newStaff()
  const { page, goto } = visitor
  await goto(`/admin/products/${productId}`)
  await page.getByRole('button', { name: 'Archive' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).dblclick()
  await page.getByRole('button', { name: 'Restore to the shop' }).waitFor()
  // The button that had the focus is gone.
  expect(await page.evaluate('document.activeElement.tagName')).toBe('H1')
  await goto('/admin/products?status=archived')
  await page
    .getByRole('row', { name: new RegExp(sku) })
    .getByRole('link')
    .click()
  await page.getByRole('button', { name: 'Restore to the shop' }).click()
  await page.getByRole('button', { name: 'Archive' }).waitFor()

  // A product may have the SKU `NEW`; there is none now.
  visitor.expectFailures(404)
  await goto('/admin/products/new')
  await page.getByRole('heading', { level: 1, name: 'Product', exact: true }).waitFor()
})

test('staff order the images of a product with the keyboard, and remove one', async () => {
  const { productId } = await newProduct()
  const token = await shop.staffToken()
  const product = async () => (await shop.api('GET', `/admin/products/${productId}`, { token })).body
  const ids = async () => [...new Set((await product()).images.map(({ uploadId }) => uploadId))]
  for (const [count, background] of ['#0f6b52', '#c25b2b', '#2b4fc2'].entries()) {
    const body = { purpose: 'product-image', productId, contentType: 'image/png' }
    const form = (await shop.api('POST', '/admin/uploads', { token, body })).body
    const file = await sharp({ create: { width: 900, height: 600, channels: 3, background } })
      .png()
      .toBuffer()
    await sendForm(form, new Uint8Array(file))
    await eventually('the image on its product', async () => (await ids()).length === count + 1)
  }
  const [first, second, third] = await ids()

  const visitor = await newStaff()
  const { page } = visitor
  await visitor.goto(`/admin/products/${productId}`)
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  await page.getByLabel('Name').fill('Not saved yet')
  await button('Move image 2 left').focus()
  await page.keyboard.press('Enter')
  await button('Move image 1 left').and(page.locator(':focus')).waitFor()
  await page.getByText('Saved.').waitFor()
  expect(await ids()).toEqual([second, first, third])
  // It is the first: the key has no effect.
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await button('Move image 2 right').and(page.locator(':focus')).waitFor()
  await eventually('the order', async () => String(await ids()) === String([first, second, third]))

  await button('Remove image 3').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Keep as it is' }).click()
  expect(await ids()).toHaveLength(3)
  const headers = { 'if-match': `"${(await product()).version}"` }
  await shop.api('PATCH', `/admin/products/${productId}`, { token, headers, body: { tags: ['theirs'] } })
  visitor.expectFailures(412)
  await button('Remove image 2').click()
  const remove = page.getByRole('dialog').getByRole('button', { name: 'Remove' })
  await remove.click()
  await page.getByRole('dialog').getByText('The product was changed in the meantime. Try again.').waitFor()
  await remove.dblclick()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  // The button that had the focus is gone.
  expect(await page.evaluate('document.activeElement.tagName')).toBe('H1')
  expect(await button('Remove image 3').count()).toBe(0)
  expect(await ids()).toEqual([first, third])
  expect(await page.getByLabel('Name').inputValue()).toBe('Not saved yet')
})

test('of two changes of one product neither overwrites the other unseen', async () => {
  const { sku, productId } = await newProduct()
  const visitor = await newStaff()
  const { page } = visitor
  await visitor.goto(`/admin/products/${productId}`)
  await page.getByLabel('Name').fill('My mug')
  const token = await shop.staffToken()
  const body = { name: 'Their mug', description: 'For coffee.' }
  const headers = { 'if-match': '"1"' }
  expect(await shop.api('PATCH', `/admin/products/${productId}`, { token, headers, body })).toMatchObject({
    status: 200,
  })
  visitor.expectFailures(412)
  await page.getByRole('button', { name: 'Save changes' }).click()
  const nameField = page.getByRole('group', { name: 'Name · changed by both' })
  await nameField.getByLabel(/Their mug/).check()
  await nameField.getByLabel(/My mug/).check()
  expect(
    await page
      .getByRole('group', { name: 'Description' })
      .getByLabel(/For coffee/)
      .isChecked(),
  ).toBe(true)
  await page.getByRole('button', { name: 'Save this choice' }).click()
  await page.getByText('Saved.').waitFor()
  const { body: saved } = await shop.api('GET', `/admin/products/${productId}`, { token })
  expect(saved).toMatchObject({ sku, name: 'My mug', description: 'For coffee.', version: 3 })

  // What is typed while a change is saved is not part of it, and remains.
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/api/admin/products/*', async (route) => {
    if (route.request().method() === 'PATCH') await released
    return route.fallback()
  })
  await page.getByLabel('Name').fill('Our mug')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByLabel('Description').fill('For both.')
  release()
  await page.getByRole('heading', { level: 1, name: 'Our mug' }).waitFor()
  expect(await page.getByLabel('Description').inputValue()).toBe('For both.')
})

test('an adjustment whose response is lost is made once, also after a reload', async () => {
  const { sku } = await newProduct()
  await shop.setStock(sku, 5)
  const visitor = await newStaff()
  const { page } = visitor
  visitor.expectFailures('offline')
  await visitor.goto(`/admin/inventory/${sku}`)
  await page.getByLabel('Pieces to add').fill('3')
  let isLost = false
  await page.route('**/api/admin/inventory/**', async (route) => {
    if (route.request().method() !== 'PUT' || isLost) return route.fallback()
    isLost = true
    await route.fetch()
    return route.abort()
  })
  await page.getByRole('button', { name: 'Add 3 pieces' }).click()
  await page.getByText('The shop cannot be reached').waitFor()
  await page.reload()
  await page.getByRole('button', { name: 'Add 3 pieces' }).click()
  await page.getByText('The stock was adjusted by an earlier attempt').waitFor()
  expect(await shop.stockOf(sku)).toMatchObject({ available: 8 })
  // From now on it is another one.
  await page.getByLabel('Pieces to add').fill('3')
  await page.getByText('Available afterwards: 11').waitFor()
  await page.getByRole('button', { name: 'Add 3 pieces' }).click()
  await page.getByText('The stock was adjusted.').waitFor()
  expect(await shop.stockOf(sku)).toMatchObject({ available: 11 })
})

test('a session that ends keeps what was typed', async () => {
  const { productId } = await newProduct()
  const email = `ended.${randomUUID()}@example.com`
  const visitor = await newVisitor({ as: { email, group: 'staff' } })
  const { page } = visitor
  await visitor.goto(`/admin/products/${productId}`)
  await page.getByLabel('Name').fill('Typed before the session ended')
  await page.evaluate(`sessionStorage.removeItem('${applicationId}.staff')`)
  visitor.expectFailures(401)
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('Your session has ended.').waitFor()
  expect(await page.getByLabel('Email address').inputValue()).toBe(email)
  await page.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
  const name = page.getByLabel('Name')
  await name.waitFor()
  expect(await name.inputValue()).toBe('Typed before the session ended')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('Saved.').waitFor()
})

test('a customer who signs in to the back office is told that it is for staff', async () => {
  const email = `customer.${randomUUID()}@example.com`
  await tokenOf(email)
  const visitor = await newVisitor()
  const { page, goto } = visitor
  visitor.expectFailures(400)
  await goto('/admin/orders')
  await page.getByLabel('Email address').fill(email)
  await page.getByLabel('Password').fill('Not-The-Password-1')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('[aria-invalid=true]:focus').fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'No access to the back office' }).waitFor()
  expect(await page.getByRole('navigation').count()).toBe(0)
  await page.getByRole('button', { name: 'Sign in with another account' }).click()
  await page.getByLabel('Password').waitFor()
})

test('a discount is planned on the clock of the shop, and ends when staff say so', async () => {
  const { page, goto, context } = await newVisitor({
    as: { email: `discounts.${randomUUID()}@example.com`, group: 'staff' },
    timezoneId: 'Asia/Tokyo',
  })
  const code = `SUMMER-${randomUUID().slice(0, 6).toUpperCase()}`
  await page.setViewportSize({ width: 700, height: 900 })
  await goto('/admin/discounts/new')
  // No field stands alone in a row of two.
  const rowOf = async (label: RegExp) => (await page.getByLabel(label).boundingBox())!.y
  expect(await rowOf(/^Maximum uses/)).toBe(await rowOf(/^Minimum/))
  await page.getByLabel('Code').fill(code)
  await page.getByLabel('Percent', { exact: true }).fill('10')
  await page.getByLabel(/^Starts/).fill('2099-07-01T09:00')
  await page.getByRole('button', { name: 'Create the discount' }).click()
  await page.getByRole('link', { name: code }).click()
  await page.getByText('Upcoming').waitFor()
  const stored = async () => {
    const { body } = await shop.api('GET', '/admin/discounts?limit=100', { token: await shop.staffToken() })
    return body.items.find((discount: { code: string }) => discount.code === code)
  }
  // Nine in Dublin, in summer time.
  expect(await stored()).toMatchObject({ percentage: 10, startsAt: '2099-07-01T08:00:00.000Z' })
  // A change that the page has not read yet remains.
  const body = { percentage: 20, startsAt: '2099-07-01T08:00:00.000Z' }
  const headers = { 'if-match': '"1"' }
  await shop.api('PUT', `/admin/discounts/${code}`, { token: await shop.staffToken(), headers, body })
  await page.getByRole('button', { name: 'End now' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End now' }).click()
  await page.getByText('Ended', { exact: true }).waitFor()
  expect(await stored()).toMatchObject({ percentage: 20, endsAt: expect.any(String) })
  await context.close()
})

test('the terms of a discount that someone else has changed are shown before they are replaced', async () => {
  const { page, goto, context, expectFailures } = await newStaff()
  expectFailures(412)
  const code = `SHARED-${randomUUID().slice(0, 6).toUpperCase()}`
  const token = await shop.staffToken()
  const put = (percentage: number, headers: Record<string, string> = {}) =>
    shop.api('PUT', `/admin/discounts/${code}`, { token, headers, body: { percentage } })
  const versionOf = async () => {
    const { body } = await shop.api('GET', '/admin/discounts?limit=100', { token })
    const discount = body.items.find((each: { code: string }) => each.code === code)
    return [discount?.percentage, discount?.version]
  }
  const percent = page.getByLabel('Percent', { exact: true })
  await goto('/admin/discounts/new')
  await page.getByLabel('Code').fill(code)
  await percent.fill('10')
  await put(20)
  await page.getByRole('button', { name: 'Create the discount' }).click()
  await page.getByText('It now gives −20%.').waitFor()
  expect(await versionOf()).toEqual([20, 1])
  await page.getByRole('button', { name: 'Replace the terms' }).click()
  await page.getByRole('link', { name: code }).click()
  await percent.fill('30')
  await put(40, { 'if-match': '"2"' })
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('It now gives −40%.').waitFor()
  expect([await versionOf(), await percent.inputValue()]).toEqual([[40, 3], '30'])
  await page.getByRole('button', { name: 'Show these terms' }).click()
  expect(await percent.inputValue()).toBe('40')
  await percent.fill('50')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByRole('link', { name: code }).waitFor()
  expect(await versionOf()).toEqual([50, 4])
  await context.close()
})
