import { euros } from '#shared/money.ts'
import { createTestTable } from '#test/support/table.ts'
import { productTable } from '../adapters/product-table.ts'
import type { ProductDetails } from '../domain/product.ts'
import type { ProductReader } from '../ports.ts'
import { createProduct } from './create-product.ts'
import { listProducts, type ListProductsQuery } from './list-products.ts'

const categories = ['home', 'bags', 'coffee'] as const

/** `count` products, one day apart; those at the indexes `needles` match the search text needle. */
async function shopOf(count: number, needles: number[] = []) {
  const products = productTable(await createTestTable())
  for (let index = 0; index < count; index += 1) {
    const details: ProductDetails = {
      sku: `A-${String(index).padStart(3, '0')}`,
      name: needles.includes(index) ? 'A needle' : 'Hay',
      description: 'A thing.',
      category: categories[index % 3]!,
      tags: [],
      price: euros(10_000 - index),
    }
    await createProduct(products, {
      details,
      time: new Date(Date.UTC(2026, 0, 1 + index)),
      cause: { correlationId: 'c', causationId: 'r' },
    })
  }
  return products
}

/** Counts the slices that are read. */
function counting(products: ProductReader) {
  let slices = 0
  const reader: ProductReader = {
    ...products,
    slice: (wanted) => {
      slices += 1
      return products.slice(wanted)
    },
  }
  return { reader, slices: () => slices }
}

async function walk(products: ProductReader, query: Omit<ListProductsQuery, 'after'>) {
  const pages: string[][] = []
  let after: string | undefined
  do {
    const page = await listProducts(products, { ...query, after })
    pages.push(page.products.map(({ sku }) => sku))
    after = page.next
  } while (after !== undefined)
  return pages
}

const newest = { sort: 'newest', limit: 3 } as const

test('pages contain each product once, and the last page has no next', async () => {
  const pages = await walk(await shopOf(7), newest)
  expect(pages.map((page) => page.length)).toEqual([3, 3, 1])
  expect(pages.flat()).toEqual(['A-006', 'A-005', 'A-004', 'A-003', 'A-002', 'A-001', 'A-000'])
})

test('a page without a search reads one slice', async () => {
  const { reader, slices } = counting(await shopOf(7))
  expect((await listProducts(reader, newest)).products).toHaveLength(3)
  expect(slices()).toBe(1)
})

test('a full last page has no next', async () => {
  expect((await walk(await shopOf(6), newest)).map((page) => page.length)).toEqual([3, 3])
})

test('a page has at most the products that a request may read, and a next', async () => {
  expect((await walk(await shopOf(85), { sort: 'price', limit: 100 })).map((page) => page.length)).toEqual([40, 40, 5])
})

test('a category lists its own products only', async () => {
  const pages = await walk(await shopOf(7), { ...newest, category: 'home' })
  expect(pages.flat()).toEqual(['A-006', 'A-003', 'A-000'])
})

test('an unknown category is empty and reads nothing', async () => {
  const { reader, slices } = counting(await shopOf(1))
  expect(await listProducts(reader, { ...newest, category: 'weapons' })).toEqual({ products: [] })
  expect(slices()).toBe(0)
})

test('a search continues after the last product of its page, not after the last one read', async () => {
  const needles = [1, 4, 5, 40, 119]
  const pages = await walk(await shopOf(120, needles), { sort: 'newest', limit: 2, text: 'needle' })
  expect(pages).toEqual([['A-119'], ['A-040'], ['A-005', 'A-004'], ['A-001']])
})

test('a search with few matches reads one slice and returns a next position', async () => {
  const { reader, slices } = counting(await shopOf(90, [2]))
  const search = { sort: 'newest', limit: 10, text: 'needle' } as const
  const first = await listProducts(reader, search)
  expect(first.products).toEqual([])
  expect(slices()).toBe(1)
  expect(await walk(reader, search)).toEqual([[], [], ['A-002']])
})
