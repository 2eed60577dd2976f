import { silence } from '#test/support/captured-logs.ts'
import { euros } from '#shared/money.ts'
import { order, start } from './place-order.fixture.ts'
import { publishedBy } from '#test/support/published-events.ts'

silence()

test.each([
  ['a product', { items: [{ sku: 'NEW-1', quantity: 2 }] }],
  ['a discount', { discountCode: 'NEW' }],
  ['a price', { expectedTotal: euros(2 * 1300 + 450) }],
])('%s of the last second is missed by a stale read, and rejects no order', async (_, change) => {
  const { place, product, discount, staleFromNow, table } = await start()
  await staleFromNow({ skus: ['MUG-1', 'NEW-1'], discountCode: 'NEW' })
  await product('NEW-1', 500)
  await discount('NEW', { percentage: 10 })
  await product('MUG-1', 1300)
  expect((await place(order(change))).status).toBe(201)
  expect(table.requests('BatchGetItem').at(-1).RequestItems[table.name].ConsistentRead).toBe(true)
})

describe('the total', () => {
  const total = euros(2500 + 450)

  test('is the one that the customer expects', async () => {
    const { place } = await start()
    const response = await place(order({ expectedTotal: total }))
    expect([response.status, response.body.total]).toEqual([201, total])
  })

  test('that has changed gets a response with the current quote, and nothing is written', async () => {
    const { place, table, product } = await start()
    await product('MUG-1', 1300)
    const before = await table.items()
    const { status, body } = await place(order({ expectedTotal: total }))
    expect([status, body.code]).toEqual([409, 'total-changed'])
    expect(body.quote).toEqual({
      items: [
        {
          sku: 'MUG-1',
          name: 'The MUG-1',
          quantity: 2,
          unitPrice: euros(1300),
          lineTotal: euros(2600),
          availability: 'in-stock',
        },
      ],
      subtotal: euros(2600),
      discount: euros(0),
      shipping: euros(450),
      tax: { rate: 0.23, amount: euros(570) },
      total: euros(3050),
    })
    expect(await table.items()).toEqual(before)
    expect((await place(order({ expectedTotal: body.quote.total }))).status).toBe(201)
  })

  test('of a placed order gets the same response after prices have changed', async () => {
    const { place, product } = await start()
    const first = await place(order({ expectedTotal: total }))
    await product('MUG-1', 1300)
    const again = await place(order({ expectedTotal: total }))
    expect([again.status, again.body]).toEqual([201, first.body])
  })
})

describe('a discount code', () => {
  const keyed = (key: string) => ({ headers: { 'idempotency-key': key } })

  test('is subtracted, and its use is not counted while it is not limited', async () => {
    const { place, table, discount, usesOf } = await start()
    await discount('WELCOME', { percentage: 10 })
    const { status, body } = await place(order({ discountCode: 'welcome' }))
    expect([status, body.discountCode, body.discount, body.total]).toEqual([201, 'WELCOME', euros(250), euros(2700)])
    expect(await usesOf('WELCOME')).toBe(0)
    const writes = table.requests('TransactWriteItems').at(-1).TransactItems
    expect(writes).toHaveLength(3)
    const [event] = publishedBy((await table.items()).find(({ PK }) => PK.startsWith('ORDER#'))!)
    expect(event?.data?.discountUseCounted).toBeUndefined()
    expect([table.calls('BatchGetItem'), table.calls('GetItem')]).toEqual([1, 0])
  })

  test('with limited uses is counted by the order, which says so in its event', async () => {
    const { place, table, discount, usesOf } = await start()
    await discount('WELCOME', { amount: euros(500), maximumUses: 2 })
    expect((await place(order({ discountCode: 'WELCOME' }))).body.discount).toEqual(euros(500))
    expect(await usesOf('WELCOME')).toBe(1)
    const events = (await table.items()).flatMap((item) => publishedBy(item))
    expect(events).toMatchObject([{ type: 'OrderPlaced', data: { discountCode: 'WELCOME', discountUseCounted: true } }])
  })

  test('is used as often as it may be by concurrent orders', async () => {
    const { place, discount, usesOf } = await start({ attempts: 100 })
    await discount('WELCOME', { percentage: 10, maximumUses: 3 })
    const keys = Array.from({ length: 12 }, (_, index) => keyed(`k-${index}`))
    const responses = await Promise.all(keys.map((key) => place(order({ discountCode: 'WELCOME' }), key)))
    expect(responses.filter(({ status }) => status === 201)).toHaveLength(3)
    expect(responses.filter(({ body }) => body.code === 'discount-not-applicable')).toHaveLength(9)
    expect(await usesOf('WELCOME')).toBe(3)
  })

  test('that staff change while an order is placed gives the order its new terms', async () => {
    const { place, table, discount } = await start()
    await discount('WELCOME', { percentage: 10, maximumUses: 3 })
    table.beforeNext('TransactWriteItems', () => discount('WELCOME', { percentage: 20, maximumUses: 3, version: 2 }))
    expect((await place(order({ discountCode: 'WELCOME' }))).body.discount).toEqual(euros(500))
  })

  test('that does not apply gets the same response for any reason, and nothing is written', async () => {
    const { place, table, discount } = await start()
    await discount('USED', { percentage: 10, maximumUses: 1, uses: 1 })
    await discount('LARGE', { percentage: 10, minimumSubtotal: euros(2501) })
    const before = await table.items()
    const bodies: unknown[] = []
    for (const discountCode of ['UNKNOWN', 'no code at all', 'USED', 'LARGE']) {
      const { status, body } = await place(order({ discountCode }), keyed(discountCode))
      expect([status, body.code]).toEqual([422, 'discount-not-applicable'])
      bodies.push(body)
    }
    for (const body of bodies) expect(body).toEqual(bodies[0])
    const written = (await table.items()).filter(({ PK }) => !PK.startsWith('QUOTERATE#'))
    expect(written).toEqual(before)
  })

  test('may be tried ten times in a minute without placing an order', async () => {
    const { place, discount, setNow } = await start()
    await discount('WELCOME', { percentage: 10 })
    const expected = { discountCode: 'WELCOME', expectedTotal: euros(1) }
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await place(order({ discountCode: `GUESS-${tries}` }))).status).toBe(422)
      expect((await place(order(expected))).status).toBe(409)
    }
    for (const guess of [{ discountCode: 'GUESS' }, expected]) {
      const { status, headers } = await place(order(guess))
      expect([status, headers['retry-after']]).toEqual([429, '60'])
    }
    expect((await place(order({ discountCode: 'WELCOME' }))).status).toBe(201)
    setNow(new Date(Date.parse('2026-11-20T12:01:00.000Z')))
    expect((await place(order({ discountCode: 'GUESS' }), keyed('next'))).status).toBe(422)
  })

  test('that was used up by an order gets its response again', async () => {
    const { place, discount } = await start()
    await discount('ONCE', { percentage: 10, maximumUses: 1 })
    const first = await place(order({ discountCode: 'ONCE' }))
    const again = await place(order({ discountCode: 'ONCE' }))
    expect([again.status, again.body, again.headers['idempotent-replayed']]).toEqual([201, first.body, 'true'])
  })
})
