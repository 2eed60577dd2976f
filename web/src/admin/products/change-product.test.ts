import type { Api } from '../../api/client.ts'
import type { StaffProduct } from '../../api/types.ts'
import { saveText } from './change-product.ts'
import { draftOf, requestOf } from './product-draft.ts'

const stored = (version: number, fields: Partial<StaffProduct> = {}) =>
  ({
    productId: 'mug-1',
    name: 'Mug',
    description: 'For tea',
    category: 'coffee',
    tags: [],
    price: { amount: 1850, currency: 'EUR' },
    images: [],
    version,
    ...fields,
  }) as unknown as StaffProduct

/** An API that has one product, and responds to a change of another version with 412. */
function fakeApi(current: StaffProduct) {
  const changes: unknown[] = []
  const PATCH = async (_: string, { params, body }: { params: { header: { 'if-match': string } }; body: object }) => {
    if (params.header['if-match'] !== `"${current.version}"`)
      return { error: { code: 'version-changed' }, response: new Response(null, { status: 412 }) }
    changes.push(body)
    return { data: { ...current, ...body, version: current.version + 1 }, response: new Response() }
  }
  const GET = async () => ({ data: current, response: new Response() })
  return { api: { PATCH, GET } as unknown as Api, changes }
}

const from = stored(1)
const wanted = { ...draftOf(from), name: 'Big mug' }
const outcome = requestOf(wanted)
const request = outcome.ok ? outcome.request : undefined!

test('only the changed field is sent', async () => {
  const { api, changes } = fakeApi(from)
  expect(await saveText(api, { from, wanted, request })).toMatchObject({ kind: 'saved', product: { version: 2 } })
  expect(changes).toEqual([{ name: 'Big mug' }])
})

test('nothing is sent when nothing was changed', async () => {
  const { api, changes } = fakeApi(from)
  expect(await saveText(api, { from, wanted: draftOf(from), request })).toEqual({ kind: 'saved', product: from })
  expect(changes).toEqual([])
})

test('a newer version with the same text is changed instead', async () => {
  const { api, changes } = fakeApi(stored(3, { images: [{} as StaffProduct['images'][number]] }))
  expect(await saveText(api, { from, wanted, request })).toMatchObject({ kind: 'saved', product: { version: 4 } })
  expect(changes).toHaveLength(1)
})

test('a newer version with another text is a conflict, and nothing is overwritten', async () => {
  const theirs = stored(2, { description: 'For coffee' })
  const { api, changes } = fakeApi(theirs)
  expect(await saveText(api, { from, wanted, request })).toEqual({ kind: 'conflict', theirs })
  expect(changes).toEqual([])
})
