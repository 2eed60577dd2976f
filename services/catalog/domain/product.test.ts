import { euros } from '#shared/money.ts'
import { addPicture, changeProduct, createProduct, ProductDetails } from './product.ts'

const now = new Date('2026-05-01T10:00:00.000Z')
const later = new Date('2026-05-02T10:00:00.000Z')

const details: ProductDetails = {
  sku: 'MUG-1',
  name: 'Mug',
  description: 'Holds tea.',
  category: 'coffee',
  tags: ['ceramic'],
  price: euros(1850),
}
const mug = createProduct(details, now)

describe('a new product', () => {
  test('is active, at version 1, and its id is the SKU in lower case', () => {
    expect(mug).toEqual({
      ...details,
      productId: 'mug-1',
      status: 'active',
      version: 1,
      images: [],
      createdAt: now.toISOString(),
      updatedAt: now.toISOString(),
    })
  })

  test('has each tag once', () => {
    expect(createProduct({ ...details, tags: ['a', 'b', 'a'] }, now).tags).toEqual(['a', 'b'])
  })
})

describe('a change', () => {
  test('makes the next version and touches nothing else', () => {
    const changed = changeProduct(mug, { price: euros(1750) }, later)
    expect(changed).toEqual({
      ok: true,
      value: { ...mug, price: euros(1750), version: 2, updatedAt: later.toISOString() },
    })
  })

  test('may archive', () => {
    expect(changeProduct(mug, { status: 'archived' }, later)).toMatchObject({ ok: true, value: { status: 'archived' } })
  })

  test('to what it is already makes no version', () => {
    expect(changeProduct(mug, { name: 'Mug', tags: ['ceramic', 'ceramic'] }, later)).toEqual({
      ok: false,
      failure: 'nothing-changed',
    })
  })
})

describe('a picture', () => {
  const image = (key: string) => ({
    key: `public/products/MUG-1/${key}`,
    width: 150,
    height: 150,
    contentType: 'image/jpeg',
  })
  const add = (product: typeof mug, uploadId: string, ...keys: string[]) => {
    const changed = addPicture(product, { uploadId, images: keys.map(image) }, later)
    if (!changed.ok) throw new Error(changed.failure)
    return changed.value
  }

  test('becomes part of the product in all its sizes, as a new version', () => {
    expect(add(mug, 'upl_1', 'a', 'b')).toEqual({
      ...mug,
      images: [
        { uploadId: 'upl_1', ...image('a') },
        { uploadId: 'upl_1', ...image('b') },
      ],
      version: 2,
      updatedAt: later.toISOString(),
    })
  })

  test('stands where its upload began, whenever its thumbnails were ready', () => {
    const late = add(add(mug, 'upl_2', 'c', 'd'), 'upl_1', 'a', 'b')
    const inOrder = add(add(mug, 'upl_1', 'a', 'b'), 'upl_2', 'c', 'd')
    expect(late).toEqual(inOrder)
    expect(late.images.map(({ uploadId }) => uploadId)).toEqual(['upl_1', 'upl_1', 'upl_2', 'upl_2'])
  })

  test('that is there changes nothing', () => {
    const once = add(mug, 'upl_1', 'a')
    const again = addPicture(once, { uploadId: 'upl_1', images: [image('a')] }, later)
    expect(again).toEqual({ ok: false, failure: 'nothing-changed' })
  })
})

describe('details', () => {
  test('tags are kept in lower case', () => {
    expect(ProductDetails.parse({ ...details, tags: [' Ceramic '] }).tags).toEqual(['ceramic'])
  })

  test.each<[string, Record<string, unknown>]>([
    ['a SKU in lower case', { sku: 'mug-1' }],
    ['a SKU with two dashes', { sku: 'MUG--1' }],
    ['a SKU of two characters', { sku: 'MU' }],
    ['a SKU of 41 characters', { sku: 'M'.repeat(41) }],
    ['an unknown category', { category: 'weapons' }],
    ['a blank name', { name: '  ' }],
    ['a price of nothing', { price: euros(0) }],
    ['an unknown member', { colour: 'blue' }],
  ])('%s is refused', (_, fault) => {
    expect(ProductDetails.safeParse({ ...details, ...fault }).success).toBe(false)
  })
})
