import { randomUUID } from 'node:crypto'
import { newVisitor, useBrowser } from './visitor.ts'

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

test('a page whose request gets no answer in time offers the retry, and does not wait again by itself', async () => {
  const { page, goto } = await newVisitor()
  await page.addInitScript(`const { timeout } = AbortSignal
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
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('main').getByText(/€/).first().waitFor()
})

test('what is typed while a form is being saved does not count as saved', async () => {
  const { page, goto } = await newVisitor({ as: { email: `typing.${randomUUID()}@example.com` } })
  await goto('/account')
  let send = () => undefined as unknown
  const sending = new Promise((resolve) => (send = () => resolve(undefined)))
  await page.route('**/api/me', async (route) => {
    if (route.request().method() === 'PATCH') await sending
    await route.continue()
  })
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
})
