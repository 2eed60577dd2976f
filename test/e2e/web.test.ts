import { callApi, eventually } from '#scripts/lib/api-client.ts'
import { api, archive, deployment, newCustomer, sampleProduct, staffToken } from './shop.ts'

/** The distribution, as a browser calls it. */
const webUrl = deployment.webUrl!
const get = (path: string) => fetch(webUrl + path, { redirect: 'error' })
const through = (method: string, path: string, call?: Parameters<typeof callApi>[3]) =>
  callApi({ ...deployment, apiUrl: `${webUrl}/api` }, method, path, call)

test.each([
  ['/', 'storefront'],
  ['/products/a-product', 'storefront'],
  ['/orders/an-order', 'storefront'],
  ['/admin', 'admin'],
  ['/admin/orders/an-order', 'admin'],
])('%s is the entry page of the %s, which no cache keeps', async (path, app) => {
  const response = await get(path)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/html/)])
  expect(response.headers.get('cache-control')).toBe('no-cache')
  expect(await response.text()).toContain(`src="/assets/${app}-`)
})

test('pages run files of their own origin only, and these never change', async () => {
  const page = await get('/')
  const policy = page.headers.get('content-security-policy')
  expect(policy).toContain("script-src 'self';")
  expect(policy).not.toContain('unsafe')
  expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  expect(page.headers.get('strict-transport-security')).toContain('max-age=')
  const [, script] = / src="(\/assets\/[^"]+)"/.exec(await page.text())!
  const asset = await get(script!)
  expect([asset.status, asset.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
  expect((await get('/assets/missing.js')).status).toBe(403)
})

test('config.json describes the deployment', async () => {
  const config: any = await (await get('/config.json')).json()
  expect(config).toMatchObject({ userPoolId: deployment.userPoolId, userPoolClientId: deployment.userPoolClientId })
  expect(new URL(config.cognitoUrl).origin).toBe(config.cognitoUrl)
  const policy = (await get('/')).headers.get('content-security-policy')
  expect(policy).toMatch(new RegExp(`connect-src 'self' ${config.cognitoUrl} `))
})

test('the site map has the address of the site', async () => {
  const sitemap = await (await get('/sitemap.xml')).text()
  const addresses = [...sitemap.matchAll(/<loc>([^<]+)</g)].map(([, address]) => new URL(address!).origin)
  expect(new Set(addresses)).toEqual(new Set([new URL(webUrl).origin]))
})

test('a path that the API does not have is its own 404 and no page', async () => {
  const { status, headers, body } = await through('GET', '/nothing')
  expect([status, headers.get('content-type')]).toEqual([404, 'application/problem+json'])
  expect(body.instance).toBe('/api/nothing')
  expect((await through('GET', '/products/nothing')).status).toBe(404)
})

test('a product is the same as at the API, without the ids of the caller that it was first sent to', async () => {
  const { productId, name } = (await api('GET', '/products?limit=1')).body.items[0]!
  const { status, headers, body } = await through('GET', `/products/${productId}`)
  expect([status, body.name]).toEqual([200, name])
  expect(headers.get('cache-control')).toBe('public, max-age=30')
  expect(headers.get('x-correlation-id')).toBeNull()
})

test('a product is cached, and its earlier absence is not', async () => {
  const token = await staffToken()
  const details = sampleProduct()
  const productId = details.sku.toLowerCase()
  const path = `/products/${productId}`
  expect((await through('GET', path)).status).toBe(404)
  expect((await through('POST', '/admin/products', { token, body: details })).status).toBe(201)
  try {
    // The read of a product may miss the last second. What comes from a cache has an age.
    await eventually('the product', async () => {
      const { status, headers } = await through('GET', path)
      if (status === 404) expect(headers.get('age')).toBeNull()
      return status === 200
    })
    const hit = await eventually('a response from the cache', async () => {
      const { headers } = await through('GET', path)
      return headers.get('x-cache')?.startsWith('Hit') && headers
    })
    expect(hit.get('x-correlation-id')).toBeNull()
  } finally {
    await archive(productId)
  }
})

test('a customer gets their own responses, and addresses below /api', async () => {
  const { token } = await newCustomer()
  const me = await through('GET', '/me', { token, headers: { 'x-correlation-id': 'web-test' } })
  expect([me.status, me.headers.get('x-correlation-id')]).toEqual([200, 'web-test'])
  expect(me.headers.get('age')).toBeNull()
  expect((await through('GET', '/me')).status).toBe(401)
  const upload = await through('POST', '/uploads', { token, body: { purpose: 'avatar', contentType: 'image/png' } })
  expect(upload.headers.get('location')).toBe(`/api/uploads/${upload.body.uploadId}`)
  const policy = (await get('/')).headers.get('content-security-policy')!
  const connect = / connect-src ([^;]+);/.exec(policy)![1]!.split(' ')
  expect(connect).toContain(new URL(upload.body.url).origin)
})
