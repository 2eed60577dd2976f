import { euros } from '#shared/money.ts'
import { failed, ok } from '#shared/result.ts'
import type { Discounts } from './ports.ts'
import type { CodeRates, Discount, PriceList } from './totals.ts'

/** The contracts of the adapters of each port. `create` returns empty adapters. */

export interface PriceListWorld {
  readonly prices: PriceList
  addProduct(product: { sku: string; amount: number; status: 'active' | 'archived' }): Promise<void>
  addDiscount(discount: Discount): Promise<void>
}

export function priceListContract(create: () => Promise<PriceListWorld>) {
  test('active products are offered; archived products and unknown SKUs are not', async () => {
    const { prices, addProduct } = await create()
    await addProduct({ sku: 'MUG', amount: 1250, status: 'active' })
    await addProduct({ sku: 'OLD', amount: 100, status: 'archived' })
    const { offers, discount } = await prices.read({ skus: ['MUG', 'OLD', 'NEVER'], consistent: false })
    expect(discount).toBeUndefined()
    expect([...offers]).toEqual([
      ['MUG', { sku: 'MUG', name: 'The MUG', price: euros(1250), availability: 'in-stock' }],
    ])
  })

  test('the discount of a code is read with the offers, in capital or small letters', async () => {
    const { prices, addProduct, addDiscount } = await create()
    await addProduct({ sku: 'MUG', amount: 1250, status: 'active' })
    await addDiscount({ code: 'Welcome', percentage: 10, uses: 0, version: 1 })
    for (const discountCode of ['WELCOME', 'welcome']) {
      const { offers, discount } = await prices.read({ skus: ['MUG'], discountCode, consistent: true })
      expect([...offers.keys()]).toEqual(['MUG'])
      expect(discount).toEqual({ code: 'Welcome', percentage: 10, uses: 0, version: 1 })
    }
    for (const discountCode of ['UNKNOWN', 'not a code', 'PRODUCT#MUG']) {
      expect((await prices.read({ skus: ['MUG'], discountCode, consistent: true })).discount).toBeUndefined()
    }
  })

  test('fifty SKUs are read in one call', async () => {
    const { prices, addProduct } = await create()
    const skus = Array.from({ length: 50 }, (_, index) => `SKU-${index}`)
    await Promise.all(skus.map((sku) => addProduct({ sku, amount: 1, status: 'active' })))
    const { offers } = await prices.read({ skus, consistent: false })
    expect([...offers.keys()].toSorted()).toEqual(skus.toSorted())
  })
}

const noon = new Date('2026-11-20T12:00:00.000Z')

export interface DiscountsWorld {
  readonly discounts: Discounts
  /** As the transaction of an order does. */
  countUse(code: string): Promise<void>
}

export function discountsContract(create: () => Promise<DiscountsWorld>) {
  test('new terms replace all earlier ones and keep the uses', async () => {
    const { discounts, countUse } = await create()
    const terms = { code: 'WELCOME', percentage: 10, startsAt: noon.toISOString(), maximumUses: 5 }
    expect(await discounts.find('WELCOME')).toBeUndefined()
    expect(await discounts.put(terms, 1)).toEqual(ok({ ...terms, uses: 0, version: 1 }))
    await countUse('WELCOME')
    const replaced = { code: 'Welcome', amount: euros(500), minimumSubtotal: euros(2000) }
    expect(await discounts.put(replaced, 2)).toEqual(ok({ ...replaced, uses: 1, version: 2 }))
    expect(await discounts.find('welcome')).toEqual({ ...replaced, uses: 1, version: 2 })
    const { discounts: listed } = await discounts.list({ size: 10 })
    expect(listed).toEqual([{ ...replaced, uses: 1, version: 2 }])
  })

  test('each version is written once', async () => {
    const { discounts } = await create()
    await discounts.put({ code: 'WELCOME', percentage: 10 }, 1)
    await discounts.put({ code: 'WELCOME', percentage: 20 }, 2)
    for (const version of [1, 2, 4]) {
      expect(await discounts.put({ code: 'WELCOME', percentage: 30 }, version)).toEqual(failed('stale'))
    }
    expect(await discounts.find('WELCOME')).toMatchObject({ percentage: 20, version: 2 })
  })

  test('discounts are listed by code, in slices', async () => {
    const { discounts } = await create()
    for (const code of ['cup', 'BAG', 'Art']) await discounts.put({ code, percentage: 10 }, 1)
    const codesOf = async (slice: Parameters<Discounts['list']>[0]) => {
      const { discounts: listed, next } = await discounts.list(slice)
      return [listed.map(({ code }) => code), next]
    }
    expect(await codesOf({ size: 2 })).toEqual([['Art', 'BAG'], 'BAG'])
    expect(await codesOf({ size: 2, after: 'BAG' })).toEqual([['cup'], undefined])
  })

  test('a use is given back once for each order', async () => {
    const { discounts, countUse } = await create()
    await discounts.put({ code: 'WELCOME', percentage: 10, maximumUses: 5 }, 1)
    for (let order = 0; order < 3; order += 1) await countUse('WELCOME')
    const giveBack = (orderId: string) => discounts.giveBack({ code: 'WELCOME', orderId }, noon)
    expect(await giveBack('ord_1')).toBe('given-back')
    expect(await giveBack('ord_1')).toBe('already-given-back')
    expect(await giveBack('ord_2')).toBe('given-back')
    expect((await discounts.list({ size: 1 })).discounts).toMatchObject([{ uses: 1 }])
  })

  test('a use that was not counted is an error', async () => {
    const { discounts } = await create()
    await discounts.put({ code: 'WELCOME', percentage: 10 }, 1)
    await expect(discounts.giveBack({ code: 'WELCOME', orderId: 'ord_1' }, noon)).rejects.toThrow('no use')
  })
}

export function codeRatesContract(create: () => Promise<CodeRates>) {
  test('a source may try ten codes in a minute', async () => {
    const rates = await create()
    const count = async (source: string, seconds: number) =>
      rates.count(source, new Date(noon.getTime() + seconds * 1000))
    for (let tries = 0; tries < 10; tries += 1) expect(await count('a', tries)).toMatchObject({ ok: true })
    expect(await count('a', 20)).toEqual({ ok: false, failure: { retryAfterSeconds: 40 } })
    expect(await count('b', 20)).toMatchObject({ ok: true })
    expect(await count('a', 60)).toMatchObject({ ok: true })
  })
}
