import { CartStorage, parseStoredCart } from './cart-storage.ts'

const mug = { sku: 'MUG-1', quantity: 2 }

function tabs() {
  const items = new Map<string, string>()
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  }
  const secondEvents = new EventTarget()
  return {
    storage,
    first: new CartStorage(storage, 'cart', new EventTarget()),
    second: new CartStorage(storage, 'cart', secondEvents),
    /** A browser delivers the event to the other tabs only. */
    deliverToSecond: () => secondEvents.dispatchEvent(Object.assign(new Event('storage'), { key: 'cart' })),
  }
}

test.each([
  ['nothing', null],
  ['no JSON', '{"lines"'],
  ['other shapes', '{"lines": {"0": 1}, "prices": 7}'],
  ['null', 'null'],
])('%s is an empty cart', (_, text) => {
  expect(parseStoredCart(text)).toEqual({ lines: [], prices: new Map() })
})

test('edited lines are dropped, and the others kept', () => {
  const lines = [
    mug,
    null,
    'MUG-2',
    { sku: '<b>', quantity: 1 },
    { sku: 'PAN-1', quantity: 1.5 },
    { sku: 'PAN-2', quantity: 100 },
    { sku: 'PAN-3', quantity: -1 },
  ]
  const prices = { 'MUG-1': 1850, __proto__: 5, 'PAN-1': 'free' }
  expect(parseStoredCart(JSON.stringify({ lines, prices }))).toEqual({
    lines: [mug],
    prices: new Map([['MUG-1', 1850]]),
  })
})

test('a tab adds to what another tab wrote, and follows it', () => {
  const { first, second, deliverToSecond } = tabs()
  const seen: boolean[] = []
  second.subscribe((fromOtherTab) => seen.push(fromOtherTab))
  first.setLines(() => [mug])
  deliverToSecond()
  expect(second.get().lines).toEqual([mug])
  expect(seen).toEqual([true])
  first.setLines((lines) => [...lines, { sku: 'PAN-1', quantity: 1 }])
  second.setLines((lines) => [...lines, { sku: 'BAG-1', quantity: 1 }])
  expect(second.get().lines.map(({ sku }) => sku)).toEqual(['MUG-1', 'PAN-1', 'BAG-1'])
})

test('a tab learns which line another tab has removed from the account’s cart', () => {
  const { first, second, storage, deliverToSecond } = tabs()
  const seen: (string | undefined)[] = []
  second.subscribe((_, removed) => seen.push(removed))
  first.setLines((lines) => lines, 'PAN-1')
  deliverToSecond()
  first.setLines((lines) => lines)
  deliverToSecond()
  storage.setItem('cart', '{"removed":"<b>"}')
  deliverToSecond()
  expect(seen).toEqual(['PAN-1', undefined, undefined])
})

test('the price at which a product was added stays when lines move to the account', () => {
  const { storage, first } = tabs()
  first.setLines(() => [mug])
  first.rememberPrices([
    { ...mug, unitPrice: { amount: 1850 } },
    { sku: 'PAN-1', quantity: 1 },
  ])
  first.setLines(() => [])
  expect(parseStoredCart(storage.getItem('cart')).prices).toEqual(new Map([['MUG-1', 1850]]))
})
