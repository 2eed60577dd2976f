import { createServer, type IncomingMessage } from 'node:http'
import sharp from 'sharp'
import { listening } from '#test/support/listening.ts'
import type { Deployment } from '../deployment.ts'
import { drawings } from './drawings.ts'
import { drawProduct, renderImage } from './images.ts'
import { sampleProducts } from './products.ts'
import { uploadImages } from './seed-images.ts'

// The formats that Sharp decodes are a process-wide setting; another test in this worker may have blocked SVG.
sharp.unblock({ operation: ['VipsForeignLoad'] })

test('every sample product has its own drawing, and every drawing its product', () => {
  const skus = sampleProducts.map(({ details }) => details.sku)
  expect(Object.keys(drawings).toSorted()).toEqual(skus.toSorted())
  expect(new Set(sampleProducts.map(({ details }) => drawProduct(details))).size).toBe(skus.length)
})

test('an image is a square JPEG, larger than any thumbnail', async () => {
  const metadata = await sharp(await renderImage(sampleProducts[0]!.details)).metadata()
  expect(metadata).toMatchObject({ format: 'jpeg', width: 1200, height: 1200 })
})

test('a product without a drawing is reported by name', () => {
  expect(() => drawProduct({ sku: 'SOFA-1', category: 'home' })).toThrow('SOFA-1')
})

describe('uploading', () => {
  let server: Awaited<ReturnType<typeof listening>>
  let deployment: Deployment
  let formStatus: number
  let outcomeStatus: number
  let outcome: object
  let requested: { productId: string; token: string | undefined }[]
  let posted: { fields: string[]; bytes: number }[]

  const product = (index: number, images: unknown[] = []) => {
    const { sku, category } = sampleProducts[index]!.details
    return { productId: sku.toLowerCase(), sku, category, images }
  }
  /** Sample products on two pages, one of them with an image, and one product that is not a sample. */
  let pages: { items: object[]; nextCursor?: string }[]
  const allPages = () => [
    { items: [product(0), product(1, [{ url: 'x' }])], nextCursor: 'more' },
    { items: [product(2), { ...product(3), sku: 'SOFA-1' }] },
  ]

  async function responseTo(request: IncomingMessage): Promise<[number, unknown]> {
    const { pathname, searchParams } = new URL(request.url!, deployment.apiUrl)
    const raw = Buffer.concat(await request.toArray())
    if (pathname === '/products') return [200, pages[searchParams.get('cursor') === 'more' ? 1 : 0]]
    if (pathname === '/admin/uploads') {
      requested.push({ productId: JSON.parse(raw.toString()).productId, token: request.headers.authorization })
      return [201, { uploadId: 'upl_1', url: `${deployment.apiUrl}/bucket`, fields: { key: 'incoming/upl_1' } }]
    }
    if (pathname === '/bucket') {
      const names = [...raw.toString('latin1').matchAll(/; name="(\w+)"/g)].map(([, name]) => name!)
      posted.push({ fields: names, bytes: raw.length })
      return [formStatus, 'response of S3']
    }
    return [outcomeStatus, outcome]
  }

  beforeEach(async () => {
    pages = allPages()
    formStatus = 200
    outcomeStatus = 200
    outcome = { status: 'READY', thumbnails: [{ width: 150, height: 150 }] }
    requested = []
    posted = []
    const api = createServer(async (request, response) => {
      const [status, body] = await responseTo(request)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
    server = await listening(api)
    deployment = { apiUrl: server.url } as Deployment
  })
  afterEach(() => server.stop())

  const uploadAll = (log: (line: string) => void) => uploadImages(deployment, async () => 'a-token', log)

  test('happens for sample products without an image, and is reported in one line each', async () => {
    const lines: string[] = []
    expect(await uploadAll((line) => lines.push(line))).toEqual({ added: 2, existed: 1 })
    expect(requested.map(({ productId }) => productId).toSorted()).toEqual(
      [product(0), product(2)].map(({ productId }) => productId).toSorted(),
    )
    expect(new Set(requested.map(({ token }) => token))).toEqual(new Set(['Bearer a-token']))
    // S3 ignores every field that comes after the file.
    for (const { fields, bytes } of posted) {
      expect(fields).toEqual(['key', 'file'])
      expect(bytes).toBeGreaterThan(10_000)
    }
    expect(lines).toHaveLength(2)
    expect(lines.join('\n')).toMatch(/^uploaded {2}MUG-STONE-350 .*KB {2}150×150$/m)
  })

  test('needs no user when no image is missing', async () => {
    pages[0] = { items: [product(1, [{ url: 'x' }])], nextCursor: 'more' }
    pages[1] = { items: [] }
    const noUser = async () => Promise.reject(new Error('A user was made.'))
    expect(await uploadImages(deployment, noUser, () => {})).toEqual({ added: 0, existed: 1 })
  })

  test('is skipped in a deployment without uploads', async () => {
    outcomeStatus = 404
    outcome = { code: 'route-not-found' }
    const lines: string[] = []
    expect(await uploadAll((line) => lines.push(line))).toEqual({ added: 0, existed: 1 })
    expect(requested).toEqual([])
    expect(lines).toEqual(['no images uploaded: this deployment has no uploads'])
  })

  test('fails with the error and the product', async () => {
    formStatus = 403
    await expect(uploadAll(() => {})).rejects.toThrow(/image of \S+ was not accepted: 403 .*response of S3/)
    formStatus = 200
    outcome = { status: 'REJECTED', reason: 'corrupt' }
    await expect(uploadAll(() => {})).rejects.toThrow(/rejected: corrupt/)
  })
})
