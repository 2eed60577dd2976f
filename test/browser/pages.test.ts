import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import { readFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import type { Locator, Page } from 'playwright-core'
import { eventually } from '#scripts/lib/api-client.ts'
import { pages, type SitePage } from './pages.ts'
import { deployment, newVisitor, shop, tokenOf, useBrowser, type Visitor } from './visitor.ts'

useBrowser()

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const root = join(import.meta.dirname, '../..')

const customer = `pages.${Date.now()}@example.com`
const staff = `pages.staff.${Date.now()}@example.com`

/** Wider than a column. */
const longWord = 'LlanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogochLlanfairpwllgwyngyll'

/** @returns the SKU of a product with stock, whose name is a long word; the last in the order of SKUs */
async function newProduct(): Promise<string> {
  const sku = `ZZ-PAGES-${randomUUID().slice(0, 8).toUpperCase()}`
  const price = { amount: 900, currency: 'EUR' }
  const body = { sku, name: longWord, description: longWord, category: 'home', price }
  expect(await shop.api('POST', '/admin/products', { token: await shop.staffToken(), body })).toMatchObject({
    status: 201,
  })
  await shop.setStock(sku, 10)
  return sku
}

/** The values of the parameters of routes. */
const values: Record<string, string> = {}

beforeAll(async () => {
  const product = (await shop.api('GET', '/products?limit=1')).body.items[0]!
  // Other tests may have sold it out.
  await shop.setStock(product.sku, 10)
  const token = await tokenOf(customer)
  await shop.api('PUT', '/cart', { token, body: { items: [{ sku: product.sku, quantity: 2 }] } })
  const shippingAddress = { name: longWord, line1: longWord, city: longWord, postalCode: 'T12 AB34', country: 'IE' }
  const items = [product.sku, await newProduct()].map((sku) => ({ sku, quantity: 1 }))
  const order = await shop.placeOrder(token, items, {}, { shippingAddress })
  expect(order).toMatchObject({ status: 201 })
  const code = `PAGES-${randomUUID().slice(0, 6).toUpperCase()}`
  const discount = { token: await shop.staffToken(), body: { percentage: 10 } }
  expect(await shop.api('PUT', `/admin/discounts/${code}`, discount)).toMatchObject({ status: 200 })
  Object.assign(values, {
    ':code': code,
    ':productId': product.productId,
    ':orderId': order.body.orderId,
    ':sku': await shop.skuOf(0),
  })
})

const addressOf = ({ path, query = '' }: SitePage) =>
  (path + query).replaceAll(/:\w+/g, (parameter) => encodeURIComponent(values[parameter] ?? parameter))

/** A page is opened on a phone with light colors, and then made wider, and dark. */
async function visitorFor(as: SitePage['as']): Promise<Visitor> {
  const users = {
    visitor: {},
    customer: { as: { email: customer } },
    staff: { as: { email: staff, group: 'staff' } },
  } as const
  return newVisitor({ viewport: { width: 390, height: 844 }, colorScheme: 'light', ...users[as] })
}

describe.each(['visitor', 'customer', 'staff'] as const)('pages of a %s', (as) => {
  const own = pages.filter((page) => page.as === as)
  test(`are accessible, and fit on a phone: ${own.map(({ path, query = '' }) => path + query).join(' ')}`, async () => {
    const visitor = await visitorFor(as)
    const { page } = visitor
    const found: Record<string, unknown> = {}
    for (const each of own) {
      if (each.isMissing) visitor.expectFailures(404)
      const address = addressOf(each)
      await visitor.goto(address)
      const problems = await problemsOf(page)
      if (problems.length > 0) found[address] = problems
    }
    expect(found).toEqual({})
  })
})

/** Those of the AWS endpoint of a local system, which a deployment does not have. */
const endpoint = deployment.awsEndpoint
if (endpoint !== undefined) {
  describe('pages of the local AWS endpoint', () => {
    test('are accessible, and fit on a phone', async () => {
      const { page } = await visitorFor('visitor')
      await page.goto(`${endpoint}/queues`)
      const queue = await page.locator('td a').first().getAttribute('href')
      await page.goto(`${endpoint}/tables`)
      const table = await page.locator('td a').first().getAttribute('href')
      await page.goto(`${endpoint}/mailbox`)
      // Its tags, its address and a product in it are long words.
      const email = await page.getByRole('link', { name: values[':orderId']! }).first().getAttribute('href')
      const timeline = `/timeline?id=${values[':orderId']}`
      const found: Record<string, unknown> = {}
      for (const address of ['/', '/queues', queue!, '/tables', table!, '/events', timeline, '/mailbox', email!]) {
        await page.goto(endpoint + address)
        const problems = await problemsOf(page)
        if (problems.length > 0) found[address] = problems
      }
      expect(found).toEqual({})
      const [, content] = page.frames()
      const [shown, width] = await content!.evaluate<[string, number]>(
        '[document.body.innerText, document.documentElement.scrollWidth - document.documentElement.clientWidth]',
      )
      expect(shown).toContain(longWord)
      expect(width).toBe(0)
    })

    test('the mailbox keeps the focus and the scroll position when an email arrives', async () => {
      const { page } = await visitorFor('visitor')
      const subject = `Refreshed ${randomUUID()}`
      const send = sender()
      for (let count = 0; count < 20; count += 1) await send(`${subject} ${count}`)
      await page.goto(`${endpoint}/mailbox`)
      const link = page.getByRole('link', { name: `${subject} 5` })
      await link.focus()
      const before = (await link.boundingBox())!.y
      expect(await page.evaluate('scrollY')).toBeGreaterThan(0)
      await send(`${subject} newest`)
      await page.getByRole('link', { name: `${subject} newest` }).waitFor({ state: 'attached' })
      expect(await page.locator('a:focus').textContent()).toBe(`${subject} 5`)
      expect((await link.boundingBox())!.y).toBeCloseTo(before, 0)
      // The link beside the number of emails, which changes.
      const json = page.getByRole('link', { name: 'JSON' })
      await json.focus()
      const summary = await page.getByText(/^\d+ emails/).textContent()
      await send(`${subject} last`)
      await page.getByRole('link', { name: `${subject} last` }).waitFor({ state: 'attached' })
      expect(await page.getByText(/^\d+ emails/).textContent()).not.toBe(summary)
      expect(await page.locator('a:focus').textContent()).toBe('JSON')
    })

    test('an order is followed with the keyboard alone', async () => {
      const { page } = await visitorFor('visitor')
      await page.goto(`${endpoint}/`)
      await page.keyboard.press('l')
      await page.getByRole('heading', { name: 'Timeline' }).waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type(values[':orderId']!)
      await page.keyboard.press('Enter')
      await page.getByText('POST /orders').first().waitFor()
    })
  })
}

/** Sends emails from the identity of the local system. */
function sender() {
  const client = new SESv2Client(deployment.clientConfiguration)
  const Body = { Text: { Data: 'Sent by a test.' } }
  return (Data: string) =>
    client.send(
      new SendEmailCommand({
        FromEmailAddress: 'orders@example.com',
        Destination: { ToAddresses: [customer] },
        Content: { Simple: { Subject: { Data }, Body } },
      }),
    )
}

/** On a phone with light colors, on tablets, and wide with dark colors. */
async function problemsOf(page: Page): Promise<string[]> {
  await settled(page)
  // Through the debugger, which the content security policy does not concern.
  await page.evaluate(axe)
  const problems = [...(await tooWide(page)), ...(await withoutOneHeading(page)), ...(await violations(page))]
  for (const width of [768, 1024]) {
    await page.setViewportSize({ width, height: 900 })
    problems.push(...(await tooWide(page)))
  }
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize({ width: 1280, height: 900 })
  problems.push(...(await tooWide(page)), ...(await violations(page)))
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 390, height: 844 })
  return problems
}

/** Loading is over: nothing on the page says that it still is. */
async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' })
  await eventually(
    'the page to be loaded',
    async () => (await page.locator('.skeleton, [aria-busy=true]').count()) === 0,
  )
  await page.evaluate('document.fonts.ready.then(() => undefined)')
}

// A screen of 1280 px at 400 % (WCAG 2.2, 1.4.10).
test('at a width of 320 px a large amount covers nothing', async () => {
  const email = `zoom.${randomUUID()}@example.com`
  const items = [{ sku: await shop.skuOf(1), quantity: 99 }]
  await shop.api('PUT', '/cart', { token: await tokenOf(email), body: { items } })
  const { page, goto } = await newVisitor({ as: { email }, viewport: { width: 320, height: 900 } })
  await goto('/cart')
  const line = page.getByRole('main').getByRole('listitem').filter({ hasText: '€' })
  const total = line.locator('.cart-line-total')
  await total.waitFor()
  const [quantity, remove, amount] = await Promise.all(
    [line.getByRole('group'), line.getByRole('button', { name: /^Remove/ }), total].map((part) => part.boundingBox()),
  )
  expect(remove!.width).toBeGreaterThanOrEqual(44)
  expect(remove!.x).toBeGreaterThanOrEqual(quantity!.x + quantity!.width)
  expect(amount!.x >= remove!.x + remove!.width || amount!.y >= remove!.y + remove!.height).toBe(true)
})

test('at a width of 320 px the chosen filters are readable', async () => {
  const { page, goto } = await newVisitor({ viewport: { width: 320, height: 900 } })
  await goto('/products')
  for (const label of ['Category', 'Sort by']) {
    const filter = page.getByRole('combobox', { name: label })
    expect((await filter.boundingBox())!.width).toBeGreaterThan(200)
  }
})

test('a name that is written from right to left leaves the quantity of the next one in its place', async () => {
  const { page, goto } = await newVisitor({ as: { email: customer } })
  await page.route('**/api/orders', async (route) => {
    const list = await (await route.fetch()).json()
    const [first, second] = list.items[0].items
    list.items[0].items = [
      { ...first, name: 'كوب شاي', quantity: 1 },
      { ...second, name: 'Mug', quantity: 2 },
    ]
    await route.fulfill({ json: list })
  })
  await goto('/orders')
  const name = page.getByText('كوب شاي', { exact: true })
  const { x, width } = (await name.boundingBox())!
  const quantity = await name.evaluate((element) => {
    const range = (globalThis as any).document.createRange()
    range.selectNode((element as any).nextSibling.nextSibling)
    return range.getBoundingClientRect().left as number
  })
  expect(quantity).toBeGreaterThanOrEqual(x + width)
})

describe('with the settings of a system', () => {
  const edgeOf = (link: Locator) =>
    link.evaluate((element): string => (globalThis as any).getComputedStyle(element).borderTopWidth)

  test('forced colors: what is current has an edge, and what loads can be seen', async () => {
    const { page, goto } = await newVisitor({ as: { email: customer }, forcedColors: 'active' })
    await goto('/orders')
    const tabs = page.getByRole('navigation', { name: 'Your account' })
    await tabs.waitFor()
    expect(await tabs.locator('[aria-current=page]').textContent()).toBe('Orders')
    await page.route('**/api/products?**', () => undefined)
    await page.getByRole('link', { name: 'Coffee' }).click()
    await page.locator('.skeleton').first().waitFor()
    expect(await edgeOf(page.locator('.skeleton').first())).toBe('1px')
    const categories = page.getByRole('navigation', { name: 'Categories' })
    expect(await edgeOf(categories.getByRole('link', { name: 'Coffee' }))).toBe('3px')
    expect(await edgeOf(categories.getByRole('link', { name: 'Bags' }))).toBe('0px')
  })

  test('reduced motion: nothing moves while a page loads', async () => {
    const { page, goto } = await newVisitor({ reducedMotion: 'reduce' })
    await page.route('**/api/products?**', () => undefined)
    await goto('/products')
    await page.locator('.skeleton').first().waitFor()
    const endless = 'document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime === Infinity)'
    expect(await page.evaluate(`${endless}.length`)).toBe(0)
  })
})

test('on a phone the name of an ordered product has the width, and a product can be bought above its description', async () => {
  const { page, goto } = await newVisitor({ as: { email: customer }, viewport: { width: 390, height: 900 } })
  await goto(`/orders/${values[':orderId']}`)
  const name = page.getByRole('region', { name: 'Items' }).getByRole('link', { name: longWord })
  expect((await name.boundingBox())!.width).toBeGreaterThan(200)
  await goto(`/products/${values[':productId']}`)
  const button = page.getByRole('button', { name: 'Add to cart' })
  await button.waitFor()
  const top = async (part: Locator) => (await part.boundingBox())!.y
  expect(await top(button)).toBeLessThan(await top(page.locator('.product-description')))
})

async function tooWide(page: Page): Promise<string[]> {
  const [content, screen] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )
  const tables = await page.evaluate<string[]>(`[...document.querySelectorAll('.data-table')]
    .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
    .map((frame) => 'columns that are not visible in ' + frame.firstChild.ariaLabel)`)
  return content > screen ? [`${content - screen} px too wide at ${screen} px`, ...tables] : tables
}

async function withoutOneHeading(page: Page): Promise<string[]> {
  const headings = await page.getByRole('heading', { level: 1 }).count()
  const title = await page.title()
  return [
    ...(headings === 1 ? [] : [`${headings} headings of level 1`]),
    ...(title === '' || title === 'undefined' ? ['no title'] : []),
  ]
}

/** Of WCAG 2.2 AA, and of the best practices of axe. */
async function violations(page: Page): Promise<string[]> {
  // What fades in has its colors at the end. A pulse has none.
  await page.evaluate(`Promise.allSettled(document.getAnimations()
    .filter((animation) => animation.effect.getComputedTiming().endTime < 5000).map(({ finished }) => finished)).then(() => 0)`)
  const results = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'] })")
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.slice(0, 3).map(({ target, failureSummary }) => `${id}: ${help} ${String(target)} ${failureSummary ?? ''}`),
  )
}

test('the list has every route', () => {
  const read = (file: string) => readFileSync(join(root, 'web/src', file), 'utf8')
  const storefront = [...read('storefront/routes.tsx').matchAll(/<Route path="([^"]+)"/g)].map(([, path]) => path!)
  const areas = [...read('admin/areas.tsx').matchAll(/path: '([^']+)'.*import\('\.\/([^']+)'\)/g)].flatMap(
    ([, area, file]) => [
      `/admin${area}`,
      ...[...read(`admin/${file}`).matchAll(/<Route path="(\/[^"]+)"/g)].map(([, path]) => `/admin${area}${path}`),
    ],
  )
  expect(storefront).toContain('/')
  expect(areas).toContain('/admin/live')
  expect(areas).toContain('/admin/orders/:orderId')
  const listed = pages.map(({ path }) => path)
  expect([...storefront, ...areas].filter((path) => !listed.includes(path))).toEqual([])
})
