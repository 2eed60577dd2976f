import type { Carts } from './ports.ts'

const noon = new Date('2026-11-20T12:00:00.000Z')
const daysLater = (days: number) => new Date(noon.getTime() + days * 24 * 60 * 60 * 1000)
const mugs = [{ sku: 'MUG', quantity: 3 }]
const cart = { items: mugs, putAt: noon.toISOString(), subtracted: [], version: 1 }

/** The contract of every adapter of the carts. `create` returns an empty store. */
export function cartsContract(create: () => Promise<Carts>) {
  test('a cart is what its customer put last', async () => {
    const carts = await create()
    expect(await carts.find('ada', noon)).toBeUndefined()
    await carts.put('ada', mugs, noon)
    expect(await carts.find('ada', noon)).toEqual(cart)
    await carts.put('ada', [], daysLater(1))
    expect(await carts.find('ada', daysLater(1))).toEqual({
      ...cart,
      items: [],
      putAt: daysLater(1).toISOString(),
      version: 2,
    })
    expect(await carts.find('bob', noon)).toBeUndefined()
  })

  test('a change follows the version that was read', async () => {
    const carts = await create()
    await carts.put('ada', mugs, noon)
    const next = { ...cart, items: [], subtracted: ['e-1'], version: 2 }
    expect(await carts.change('ada', next)).toBe('changed')
    expect(await carts.find('ada', noon)).toEqual(next)
    expect(await carts.change('ada', next)).toBe('stale')
    await carts.put('ada', mugs, noon)
    expect(await carts.find('ada', noon)).toEqual({ ...cart, version: 3 })
  })

  test.each([[mugs], [undefined]])('a closed cart, before with %j, does not come back', async (items) => {
    const carts = await create()
    if (items) expect(await carts.put('ada', items, noon)).toBe('put')
    await carts.close('ada', noon)
    await carts.close('ada', noon)
    expect(await carts.change('ada', { ...cart, version: 2 })).toBe('stale')
    expect(await carts.put('ada', mugs, noon)).toBe('closed')
    expect(await carts.find('ada', noon)).toBeUndefined()
    expect(await carts.put('bob', mugs, noon)).toBe('put')
  })

  test('a cart expires 90 days after it was put', async () => {
    const carts = await create()
    await carts.put('ada', mugs, noon)
    expect(await carts.find('ada', daysLater(89.9))).toEqual(cart)
    expect(await carts.find('ada', daysLater(90))).toBeUndefined()
  })
}
