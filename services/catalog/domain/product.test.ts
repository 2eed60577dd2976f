import { euros } from '#shared/money.ts'
import {
  addImage,
  changeProduct,
  invalidImages,
  matches,
  maxRemovedUploads,
  newProduct,
  ProductDetails,
  productIdOf,
  removedImages,
  skuOf,
} from './product.ts'

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
const mug = newProduct(details, now)

describe('a new product', () => {
  test('is active, has version 1 and the SKU in lower case as its id', () => {
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
    expect(newProduct({ ...details, tags: ['a', 'b', 'a'] }, now).tags).toEqual(['a', 'b'])
  })
})

describe('a change', () => {
  test('creates the next version and leaves other fields unchanged', () => {
    const changed = changeProduct(mug, { price: euros(1750) }, later)
    expect(changed).toEqual({
      ok: true,
      value: { ...mug, price: euros(1750), version: 2, updatedAt: later.toISOString() },
    })
  })

  test('may archive the product', () => {
    expect(changeProduct(mug, { status: 'archived' }, later)).toMatchObject({ ok: true, value: { status: 'archived' } })
  })

  test('without effect creates no version', () => {
    expect(changeProduct(mug, { name: 'Mug', tags: ['ceramic', 'ceramic'] }, later)).toEqual({
      ok: false,
      failure: 'nothing-changed',
    })
  })
})

describe('an image', () => {
  const image = (key: string) => ({
    key: `public/media/products/MUG-1/${key}`,
    width: 150,
    height: 150,
    contentType: 'image/jpeg',
  })
  const add = (product: typeof mug, uploadId: string, ...keys: string[]) => {
    const changed = addImage(product, { uploadId, sizes: keys.map(image) }, later)
    if (!changed.ok) throw new Error(changed.failure)
    return changed.value
  }

  test('is added in all sizes, as a new version', () => {
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

  test('is ordered by upload, regardless of which thumbnails are ready first', () => {
    const late = add(add(mug, 'upl_2', 'c', 'd'), 'upl_1', 'a', 'b')
    const inOrder = add(add(mug, 'upl_1', 'a', 'b'), 'upl_2', 'c', 'd')
    expect(late).toEqual(inOrder)
    expect(late.images.map(({ uploadId }) => uploadId)).toEqual(['upl_1', 'upl_1', 'upl_2', 'upl_2'])
  })

  test('that the product already has changes nothing', () => {
    const once = add(mug, 'upl_1', 'a')
    const again = addImage(once, { uploadId: 'upl_1', sizes: [image('a')] }, later)
    expect(again).toEqual({ ok: false, failure: 'nothing-changed' })
  })

  describe('of several', () => {
    const three = add(add(add(mug, 'upl_1', 'a', 'b'), 'upl_3', 'e', 'f'), 'upl_5', 'i', 'j')
    const arrange = (product: typeof mug, ...images: string[]) => {
      const changed = changeProduct(product, { images }, later)
      if (!changed.ok) throw new Error(changed.failure)
      return changed.value
    }
    const ids = ({ images }: typeof mug) => images.map(({ uploadId }) => uploadId.slice(-1)).join('')

    test('has its place in the order of staff, in all sizes', () => {
      const arranged = arrange(three, 'upl_5', 'upl_1', 'upl_3')
      expect(ids(arranged)).toBe('551133')
      expect(arranged.images.map(({ key }) => key.at(-1)).join('')).toBe('ijabef')
      expect(arranged.version).toBe(three.version + 1)
      expect(removedImages(three, arranged.images)).toBeUndefined()
    })

    test('in the order that they have creates no version', () => {
      const same = changeProduct(three, { images: ['upl_1', 'upl_3', 'upl_5'] }, later)
      expect(same).toEqual({ ok: false, failure: 'nothing-changed' })
    })

    test('comes after those that staff have ordered, among the others by upload', () => {
      const arranged = arrange(three, 'upl_5', 'upl_1')
      const late = add(add(arranged, 'upl_4', 'g'), 'upl_2', 'c')
      const inOrder = add(add(arranged, 'upl_2', 'c'), 'upl_4', 'g')
      expect(ids(late)).toBe('551124')
      expect(inOrder).toEqual(late)
    })

    test('is removed with all sizes, and not added again', () => {
      const without = arrange(three, 'upl_1', 'upl_5')
      expect(ids(without)).toBe('1155')
      const keys = [image('e').key, image('f').key]
      expect(removedImages(three, without.images)).toEqual({ uploadIds: ['upl_3'], keys })
      const again = addImage(without, { uploadId: 'upl_3', sizes: [image('e')] }, later)
      expect(again).toEqual({ ok: false, failure: 'removed' })
      const empty = arrange(without)
      expect(empty).toMatchObject({ images: [], removedUploads: ['upl_3', 'upl_1', 'upl_5'] })
    })

    test('that has the objects of another one leaves them', () => {
      const twice = add(add(mug, 'upl_1', 'a', 'b'), 'upl_2', 'a', 'c')
      const once = arrange(twice, 'upl_2')
      expect(removedImages(twice, once.images)).toEqual({ uploadIds: ['upl_1'], keys: [image('b').key] })
      const expected = { uploadIds: ['upl_2'], keys: [image('a').key, image('c').key] }
      expect(removedImages(once, arrange(once).images)).toEqual(expected)
    })

    test('that were removed are remembered up to a limit, the latest', () => {
      let product = mug
      for (let index = 10; index < 11 + maxRemovedUploads; index += 1)
        product = arrange(add(product, `upl_${index}`, 'a'))
      expect(product.removedUploads).toHaveLength(maxRemovedUploads)
      expect([product.removedUploads!.at(0), product.removedUploads!.at(-1)]).toEqual(['upl_11', 'upl_60'])
    })

    test('by another id, or by an id twice, is invalid', () => {
      expect(invalidImages(three, ['upl_5', 'upl_1'])).toEqual([])
      expect(invalidImages(three, ['upl_2', 'upl_1', 'upl_1', ''])).toEqual([0, 2, 3])
    })
  })
})

describe('details', () => {
  test('text is kept as it was sent', () => {
    const sent = { ...details, name: ' Mug\u00ad ', description: 'Two\nlines ', tags: [' Ceramic '] }
    expect(ProductDetails.parse(sent)).toEqual(sent)
  })

  test.each<[string, Record<string, unknown>]>([
    ['a SKU in lower case', { sku: 'mug-1' }],
    ['a SKU with two dashes', { sku: 'MUG--1' }],
    ['a SKU of two characters', { sku: 'MU' }],
    ['a SKU of 41 characters', { sku: 'M'.repeat(41) }],
    ['an unknown category', { category: 'weapons' }],
    ['a blank name', { name: '  ' }],
    ['a price of nothing', { price: euros(0) }],
    ['an unknown field', { color: 'blue' }],
  ])('%s is rejected', (_, fault) => {
    expect(ProductDetails.safeParse({ ...details, ...fault }).success).toBe(false)
  })
})

test.each(['MUG-STONE-350', 'A1B', '123', 'X'.repeat(40)])(
  'SKU %s and its product id convert into each other',
  (sku) => {
    expect(skuOf(productIdOf(sku))).toBe(sku)
  },
)

test.each(['MUG-1', 'Mug-1', 'mu', 'mug--1', '-mug', 'mug_1', 'mug 1', 'x'.repeat(41), 'maß-1', ''])(
  '"%s" is not a product id',
  (productId) => {
    expect(skuOf(productId)).toBeUndefined()
  },
)

describe('a search', () => {
  const lamp = {
    name: 'Reading Lamp in Brass',
    description: 'A warm light that falls on the page.',
    tags: ['led', 'repairable'],
  }

  test.each([
    ['a word of the name', 'lamp'],
    ['another case', 'LAMP'],
    ['a part of a word', 'read'],
    ['a word of the description', 'page'],
    ['a tag', 'repairable'],
    ['words from several fields, in any order', 'led  brass warm'],
  ])('finds %s', (_, text) => {
    expect(matches(lamp, text)).toBe(true)
  })

  test.each(['Café Crème Bowl', 'Cafe\u0301 Cre\u0300me Bowl', 'CAFÉ CRÈME BOWL'])(
    'finds "%s" in either Unicode form, in any case and without accents',
    (name) => {
      for (const text of ['café crème', 'cafe\u0301 cre\u0300me', 'CAFÉ', 'creme bowl']) {
        expect(matches({ ...lamp, name }, text)).toBe(true)
      }
    },
  )

  test.each([
    ['STRASSE', 'Straße'],
    ['straße', 'STRASSE'],
    ['ΟΔΟΣ', 'οδοσα'],
    ['istanbul', 'İSTANBUL'],
  ])('finds %s in %s', (text, name) => {
    expect(matches({ ...lamp, name }, text)).toBe(true)
  })

  test.each([
    ['an accent alone', '\u0301'],
    ['a word that does not occur', 'table'],
    ['a word that does not occur combined with one that does', 'lamp table'],
    ['a word across two tags', 'ledrepairable'],
  ])('does not find %s', (_, text) => {
    expect(matches(lamp, text)).toBe(false)
  })
})
