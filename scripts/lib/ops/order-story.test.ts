import { publishedIn, waitsOf, type Facts } from './order-story.ts'

const event = (type: string) => ({ type, id: `${type}/ord_1/1` })
const consumers = ['inventory-reserve-stock', 'orders-apply-events', 'notifications-send-mail']
const facts = (fields: Partial<Facts>): Facts => ({
  status: 'PLACED',
  trail: [event('OrderPlaced')],
  reservation: undefined,
  mails: [],
  published: new Set(['OrderPlaced/ord_1/1']),
  consumers,
  ...fields,
})
const mail = (status: 'none' | 'sending' | 'sent') => ({
  eventId: 'OrderReserved/ord_1/2',
  status,
  settledAt: undefined,
})

test.each<[string, Partial<Facts>, (string | undefined)[]]>([
  ['the stock, before it is reserved', {}, ['inventory-reserve-stock']],
  ['the order, after the stock is reserved', { reservation: { status: 'held' } }, ['orders-apply-events']],
  [
    'the relay as well, when its log shows no publication',
    { published: new Set() },
    ['inventory-reserve-stock', undefined],
  ],
  ['nothing, without a subsequent service', { status: 'RESERVED' }, []],
  ['the payment, with that service', { status: 'RESERVED', consumers: ['payments-capture'] }, ['payments-capture']],
  ['the shipment, with that service', { status: 'PAID', consumers: ['shipping-ship'] }, ['shipping-ship']],
  ['nothing, in a final status', { status: 'REJECTED', published: new Set() }, []],
  ['the carrier', { status: 'SHIPPED' }, [undefined]],
  ['staff', { status: 'RETURN_REQUESTED' }, [undefined]],
  ['an email that was not started', { status: 'RESERVED', mails: [mail('none')] }, ['notifications-send-mail']],
  ['an email that was started', { status: 'RESERVED', mails: [mail('sending')] }, ['notifications-send-mail']],
  ['no email that was sent', { status: 'RESERVED', mails: [mail('sent')] }, []],
])('an order waits for %s', (_name, fields, whose) => {
  expect(waitsOf(facts(fields)).map(({ consumer }) => consumer)).toEqual(whose)
})

test('published events are read from the log of the relay', () => {
  const line = (fields: object) => ({ id: '1', timestampMs: 0, group: 'g', message: JSON.stringify(fields) })
  const lines = [
    line({ message: 'OrderPlaced published', event_ids: ['OrderPlaced/ord_1/1', 'StockReserved/ord_1/1'] }),
    line({ message: 'OrderPlaced published', event_id: 'OrderPlaced/ord_0/1' }),
    line({ message: 'OrderPlaced handled', event_id: 'OrderPlaced/ord_2/1' }),
    line({ message: 'POST /orders' }),
  ]
  expect([...publishedIn(lines)]).toEqual(['OrderPlaced/ord_1/1', 'StockReserved/ord_1/1', 'OrderPlaced/ord_0/1'])
})
