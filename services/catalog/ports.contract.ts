import { euros } from '#shared/money.ts'
import { changeProduct, newProduct, type Product, type ProductChange } from './domain/product.ts'
import { ProductChanged, ProductCreated, productEvent } from './events.ts'
import type { CatalogSlice, ProductAvailabilities, ProductChanges, ProductReader, ProductWriter } from './ports.ts'

export type Products = ProductReader & ProductWriter & ProductChanges & ProductAvailabilities

export const product = (
  sku: string,
  fields: { category?: Product['category']; cents?: number; day?: number } = {},
): Product =>
  newProduct(
    {
      sku,
      name: `Thing ${sku}`,
      description: 'A thing.',
      category: fields.category ?? 'home',
      tags: ['small'],
      price: euros(fields.cents ?? 1000),
    },
    new Date(Date.UTC(2026, 0, fields.day ?? 1)),
  )

const cause = { correlationId: 'c-1', causationId: 'r-1' }
export const createdEvent = (created: Product) => productEvent(ProductCreated, created, cause)
export const changedEvent = (next: Product) => productEvent(ProductChanged, next, cause)

const availability = { sku: 'MUG-1', stockVersion: 3, availability: 'low' } as const

/** The contract of every adapter of the product ports. `create` returns an empty store. */
export function productsContract(create: () => Promise<Products>) {
  let products: Products
  beforeEach(async () => {
    products = await create()
  })

  const store = async (...made: Product[]) => {
    for (const each of made) expect(await products.create(each, createdEvent(each))).toEqual({ kind: 'created' })
  }

  const slice = async (wanted: Partial<CatalogSlice>) => {
    const { entries } = await products.slice({ categories: ['home', 'bags'], sort: 'newest', size: 10, ...wanted })
    return entries.map((entry) => entry.product?.sku)
  }

  describe('a product', () => {
    test('is found by its id', async () => {
      await store(product('MUG-1'), product('MUG-2'))
      expect(await products.find('mug-1')).toEqual(product('MUG-1'))
      expect(await products.current('mug-1')).toEqual(product('MUG-1'))
    })

    test.each(['mug-2', 'MUG-1', 'no such id', '', 'x'.repeat(3000)])('is not found by "%s"', async (productId) => {
      await store(product('MUG-1'))
      expect(await products.find(productId)).toBeUndefined()
      expect(await products.current(productId)).toBeUndefined()
    })

    test('of an existing SKU is not created, and the existing product stays unchanged', async () => {
      await store(product('MUG-1', { cents: 100 }))
      const second = product('MUG-1', { cents: 200 })
      expect(await products.create(second, createdEvent(second))).toEqual({ kind: 'sku-exists' })
      expect(await products.current('mug-1')).toEqual(product('MUG-1', { cents: 100 }))
    })

    test('is created once by concurrent writers', async () => {
      const mug = product('MUG-1')
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => products.create(mug, createdEvent(mug))))
      expect(outcomes.filter(({ kind }) => kind === 'created')).toHaveLength(1)
    })
  })

  describe('an Idempotency-Key', () => {
    const time = new Date(Date.UTC(2026, 0, 1))
    const keyed = (fingerprint: string) => ({
      request: { userId: 'u-1', operation: 'createProduct', key: 'k-1', fingerprint },
      response: { status: 201, headers: {}, body: fingerprint },
      time,
    })
    const createOnce = (sku: string, fingerprint: string) =>
      products.create(product(sku), createdEvent(product(sku)), keyed(fingerprint))

    test('that was used returns the stored response, and creates nothing', async () => {
      expect(await createOnce('MUG-1', 'first')).toEqual({ kind: 'created' })
      const stored = { status: 201, headers: {}, body: 'first', fingerprint: 'first' }
      expect(await createOnce('MUG-1', 'first')).toEqual({ kind: 'key-used', stored })
      expect(await createOnce('MUG-2', 'second')).toEqual({ kind: 'key-used', stored })
      expect(await products.current('mug-2')).toBeUndefined()
    })

    test('is not used by a product that exists', async () => {
      await store(product('MUG-1'))
      expect(await createOnce('MUG-1', 'first')).toEqual({ kind: 'sku-exists' })
      expect(await createOnce('MUG-2', 'second')).toEqual({ kind: 'created' })
    })
  })

  describe('an availability', () => {
    test('is read with the product, belongs to no version, and survives a change', async () => {
      await store(product('MUG-1'))
      expect(await products.set(availability)).toBe('set')
      expect(await products.find('mug-1')).toEqual({ ...product('MUG-1'), availability: 'low' })
      // Staff read the product before the stock changed.
      const stale = { availability: 'in-stock' } as const
      const next = changed(product('MUG-1'), { name: 'Mug' })
      expect(await products.change({ ...next, ...stale }, changedEvent(next))).toBe('changed')
      expect(await products.current('mug-1')).toEqual({ ...next, availability: 'low' })
      const { entries } = await products.slice({ categories: ['home'], sort: 'newest', size: 1 })
      expect(entries[0]!.product!.availability).toBe('low')
    })

    test('of an older or the same version of the stock is outdated', async () => {
      await store(product('MUG-1'))
      await products.set(availability)
      expect(await products.set({ ...availability, stockVersion: 2, availability: 'in-stock' })).toBe('outdated')
      expect(await products.set({ ...availability, availability: 'in-stock' })).toBe('outdated')
      expect(await products.set({ ...availability, stockVersion: 4, availability: 'in-stock' })).toBe('set')
      expect((await products.find('mug-1'))!.availability).toBe('in-stock')
    })

    test('of a SKU without a product creates none', async () => {
      expect(await products.set(availability)).toBe('outdated')
      expect(await products.find('mug-1')).toBeUndefined()
    })
  })

  describe('a change', () => {
    test('replaces the previous version', async () => {
      await store(product('MUG-1'))
      const next = changed(product('MUG-1'), { name: 'Mug', tags: [] })
      expect(await products.change(next, changedEvent(next))).toBe('changed')
      expect(await products.current('mug-1')).toEqual(next)
    })

    test('of an old version is stale and changes nothing', async () => {
      await store(product('MUG-1'))
      const first = changed(product('MUG-1'), { name: 'First' })
      const second = changed(product('MUG-1'), { name: 'Second' })
      await products.change(first, changedEvent(first))
      expect(await products.change(second, changedEvent(second))).toBe('stale')
      expect(await products.current('mug-1')).toEqual(first)
    })

    test('by concurrent writers is stored once', async () => {
      await store(product('MUG-1'))
      const changes = Array.from({ length: 10 }, (_, index) => changed(product('MUG-1'), { name: `Mug ${index}` }))
      const outcomes = await Promise.all(changes.map((next) => products.change(next, changedEvent(next))))
      expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(1)
    })

    test('of an absent product is stale and creates none', async () => {
      const next = changed(product('MUG-1'), { name: 'Mug' })
      expect(await products.change(next, changedEvent(next))).toBe('stale')
      expect(await products.current('mug-1')).toBeUndefined()
    })
  })

  describe('a slice', () => {
    beforeEach(() =>
      store(
        product('A-1', { category: 'home', cents: 900, day: 1 }),
        product('A-2', { category: 'bags', cents: 10000, day: 2 }),
        product('A-3', { category: 'home', cents: 1000, day: 3 }),
        product('A-4', { category: 'coffee', cents: 1, day: 4 }),
      ),
    )

    test.each([
      ['newest', ['A-3', 'A-2', 'A-1']],
      ['price', ['A-1', 'A-3', 'A-2']],
      ['-price', ['A-2', 'A-3', 'A-1']],
    ] as const)('by %s is sorted over all given categories', async (sort, expected) => {
      expect(await slice({ sort })).toEqual(expected)
      expect(await slice({ sort, size: 2 })).toEqual(expected.slice(0, 2))
    })

    test.each(['newest', 'price', '-price'] as const)(
      'by %s continues after a position, with each product once',
      async (sort) => {
        const read: (string | undefined)[] = []
        let after: string | undefined
        for (let round = 0; round < 3; round += 1) {
          const { entries, more } = await products.slice({ categories: ['home', 'bags'], sort, size: 1, after })
          const [entry] = entries
          read.push(entry?.product?.sku)
          expect(more).toBe(round < 2)
          after = entry?.position
        }
        expect(read).toEqual(await slice({ sort }))
        expect(await slice({ sort, after })).toEqual([])
      },
    )

    test('has a changed product at its new position, and no archived one', async () => {
      const dearer = changed(product('A-1', { cents: 900, day: 1 }), { price: euros(20000) })
      await products.change(dearer, changedEvent(dearer))
      expect(await slice({ sort: 'price' })).toEqual(['A-3', 'A-2', 'A-1'])
      const archived = changed(dearer, { status: 'archived' })
      await products.change(archived, changedEvent(archived))
      expect(await slice({ sort: 'price' })).toEqual(['A-3', 'A-2'])
    })

    test('of the archive has the archived products of all categories, last archived first', async () => {
      for (const [index, sku] of ['A-2', 'A-4', 'A-1'].entries()) {
        const archived = changed((await products.current(sku.toLowerCase()))!, { status: 'archived' }, index + 1)
        await products.change(archived, changedEvent(archived))
      }
      expect(await slice({ sort: 'archived' })).toEqual(['A-1', 'A-4', 'A-2'])
      const restored = changed((await products.current('a-4'))!, { status: 'active' })
      await products.change(restored, changedEvent(restored))
      expect(await slice({ sort: 'archived' })).toEqual(['A-1', 'A-2'])
      expect(await slice({ sort: 'newest', categories: ['coffee'] })).toEqual(['A-4'])
    })
  })
}

function changed(before: Product, change: ProductChange, day = 1): Product {
  const next = changeProduct(before, change, new Date(Date.UTC(2026, 1, day)))
  if (!next.ok) throw new Error('The test made no change.')
  return next.value
}
