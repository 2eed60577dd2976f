import { euros } from '#shared/money.ts'
import {
  orderCancelled,
  orderDelivered,
  orderPaid,
  orderPaymentFailed,
  orderRefunded,
  orderRejected,
  orderReserved,
  orderShipped,
  returnRequested,
  samples,
  userRegistered,
} from './events.fixture.ts'
import { noticedEvents, noticeOf, subscribedEvents } from './notices.ts'
import { applicationName } from '#shared/application.ts'

const contentOf = ({ type, data }: { type: string; data: unknown }, name: string | undefined) =>
  noticeOf(type).mail(data, name)

const chargedBack = orderRefunded({ amount: euros(0), chargedBack: euros(1850), items: [] })

/** The text of the HTML without markup, with decoded entities. */
const textOf = (source: string): string =>
  source
    .replace(/<(head|title|style)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')

const inOrder = (text: string, parts: string[]) => {
  let from = 0
  for (const part of parts) {
    expect(text.slice(from)).toContain(part)
    from = text.indexOf(part, from) + part.length
  }
}

describe.each([
  ['HTML', (content: { html: string; text: string }) => textOf(content.html)],
  ['plain text', (content: { html: string; text: string }) => content.text],
])('in %s', (_, read) => {
  test('a reserved order has its lines, quantities and total', () => {
    inOrder(read(contentOf(orderReserved(), 'Mira')), [
      'Hello Mira,',
      'set aside for you',
      'Stoneware Mug',
      '2 × €18.50',
      '€37.00',
      'Tent <for two>',
      '1 × €349.00',
      '€349.00',
      'Total',
      '€386.00',
      'ord_1',
    ])
  })

  test('a reserved express order mentions its priority', () => {
    expect(read(contentOf(orderReserved({ orderType: 'express' as never }), 'Mira'))).toContain('Express')
    expect(read(contentOf(orderReserved(), 'Mira'))).not.toContain('Express')
  })

  test('a rejected order lists the shortages, then the ordered lines', () => {
    inOrder(read(contentOf(orderRejected(), 'Mira')), [
      'nothing will be charged',
      'Tent <for two>',
      'sold out (you ordered 1)',
      'Stoneware Mug',
      'only 1 left (you ordered 2)',
      'What you ordered',
      '2 × €18.50',
      '€386.00',
      'ord_1',
    ])
  })

  test('a paid order has discount and shipping between its lines and the total', () => {
    const event = orderPaid({ discount: euros(500), shipping: euros(990), total: euros(39090) })
    inOrder(read(contentOf(event, 'Mira')), ['Tent <for two>', 'Discount', '−€5.00', 'Shipping', '€9.90', '€390.90'])
    expect(read(contentOf(orderPaid(), 'Mira'))).not.toMatch(/Discount|Shipping/)
  })

  test.each([
    ['a declined payment', orderPaymentFailed('declined'), ['was declined', 'Nothing was charged']],
    ['a payment without funds', orderPaymentFailed('insufficient-funds'), ['not have enough money']],
    ['a shipped order', orderShipped(), ['Sandbox', 'SBX-1000', 'Stoneware Mug']],
    ['a delivered order', orderDelivered(), ['within 30 days', 'Stoneware Mug']],
    ['an order that is sent back', orderDelivered({ status: 'RETURN_REQUESTED' }), ['check your return request']],
    ['a rejected return', orderDelivered({ reason: 'return-rejected' }), ['cannot refund']],
    ['an order that its customer cancelled', orderCancelled(), ['As you asked', 'money back']],
    ['an order that staff cancelled', orderCancelled('staff'), ['We had to cancel']],
    ['an order that was held too long', orderCancelled('reservation-expired'), ['took too long']],
    ['a return request', returnRequested(), ['What you send back', '1 × Stoneware Mug']],
    ['a refund', orderRefunded(), ['€18.50', 'What it is for', '1 × Stoneware Mug']],
    [
      'a refund after a chargeback of a part',
      orderRefunded({ amount: euros(850), chargedBack: euros(1000) }),
      ['We refunded €8.50', 'Your bank took €10.00 back'],
    ],
    ['a refund after a chargeback of everything', chargedBack, ['Your bank took €18.50 back']],
  ])('the email about %s says what it means', (_subject, event, parts) => {
    inOrder(read(contentOf(event, 'Mira')), ['Hello Mira,', ...parts, 'ord_1'])
  })

  test('a welcome greets by name, or without one', () => {
    expect(read(contentOf(userRegistered(), 'Mira'))).toContain('Hello Mira,')
    expect(read(contentOf(userRegistered(), undefined))).toContain('Hello,')
  })
})

test('names are escaped', () => {
  const { html } = contentOf(orderReserved(), '<img src=x onerror=alert(1)>')
  expect(html).not.toContain('<img')
  expect(html).not.toContain('<for two>')
  expect(html).toContain('&lt;img')
})

test('the subject has the outcome and the order id', () => {
  expect(contentOf(orderReserved(), undefined).subject).toBe('Your order is confirmed: ord_1')
  expect(contentOf(orderRejected(), undefined).subject).toBe('We could not take your order: ord_1')
  expect(contentOf(orderRefunded(), undefined).subject).toBe('Your refund is on its way: ord_1')
  expect(contentOf(chargedBack, undefined).subject).toBe('Your bank has given you your money back: ord_1')
  expect(contentOf(userRegistered(), undefined).subject).toBe(`Welcome to ${applicationName}`)
})

test('the preview of the inbox is hidden text before the content', () => {
  const { html } = contentOf(userRegistered(), undefined)
  expect(html).toMatch(/<div style="display:none[^>]*>Your account is ready\.<\/div>[\s\S]*<h1/)
})

test('an email has no style sheet and loads no external resources', () => {
  for (const event of samples()) {
    const { html } = contentOf(event, 'Mira')
    expect(html).toMatch(/^<!doctype html>/)
    expect(html).not.toMatch(/<style|<link|<script|src=|url\(/)
  }
})

test('every notice has a sample, and its text message fits into one', () => {
  expect(new Set(samples().map(({ type }) => type))).toEqual(new Set(noticedEvents.map(({ type }) => type)))
  const orderId = 'ord_01ARZ3NDEKTSV4RRFFQ69G5FAV'
  const texts = samples().flatMap(({ type, data }) => noticeOf(type).text?.({ ...data, orderId }) ?? [])
  expect(texts.length).toBeGreaterThan(0)
  for (const text of texts) expect(text).toMatch(/^[ -~]{1,160}$/)
})

test.each([
  ['with payments, an order is confirmed when it is paid', ['orders', 'payments'], 'OrderPaid', 'OrderReserved'],
  ['without payments, when it is reserved', ['orders'], 'OrderReserved', 'OrderPaid'],
])('%s', (_, installed, confirms, other) => {
  const types = subscribedEvents({ installed, hasStaff: false }).map(({ type }) => type)
  expect(types).toContain(confirms)
  expect(types).not.toContain(other)
  expect(types).not.toContain('StockLow')
  expect(subscribedEvents({ installed, hasStaff: true }).map(({ type }) => type)).toContain('StockLow')
})
