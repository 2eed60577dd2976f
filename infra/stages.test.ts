import { checkReservation, checkShipping, reservations } from './stages.ts'

test.each(Object.entries(reservations))('the reservation settings %s are within the limits of AWS', (_, settings) => {
  expect(() => checkReservation('prod', settings)).not.toThrow()
})

test('the default setting delays no order: it waits for no batch to fill', () => {
  expect(reservations.everyday.batchWindowSeconds).toBe(0)
})

test.each([
  [{ batchSize: 0 }, 'prod: reservation.batchSize is 0, not an integer from 1 to 99.'],
  [{ batchSize: 100 }, 'prod: reservation.batchSize is 100, not an integer from 1 to 99.'],
  [{ batchSize: 1.5 }, 'prod: reservation.batchSize is 1.5, not an integer from 1 to 99.'],
  [{ batchWindowSeconds: -1 }, 'prod: reservation.batchWindowSeconds is -1, not an integer from 0 to 300.'],
  [{ batchWindowSeconds: 301 }, 'prod: reservation.batchWindowSeconds is 301, not an integer from 0 to 300.'],
  [{ maxConcurrency: 1 }, 'prod: reservation.maxConcurrency is 1, not an integer from 2 to 1000.'],
  [{ batchSize: 11 }, 'prod: reservation.batchSize is over 10, which needs a batchWindowSeconds of at least 1.'],
])('reservation settings %j are reported in one line', (change, message) => {
  expect(() => checkReservation('prod', { ...reservations.everyday, ...change })).toThrow(message)
})

const shipping = { handlingDelaySeconds: 0, expressHandlingDelaySeconds: 0, deliveryDelaySeconds: 900 }

test('delays of shipments are within the limits of SQS', () => {
  expect(() => checkShipping('prod', shipping)).not.toThrow()
})

test.each([
  [{ handlingDelaySeconds: 901 }, 'prod: shipping.handlingDelaySeconds is 901, not an integer from 0 to 900.'],
  [{ deliveryDelaySeconds: -1 }, 'prod: shipping.deliveryDelaySeconds is -1, not an integer from 0 to 900.'],
  [
    { expressHandlingDelaySeconds: 0.5 },
    'prod: shipping.expressHandlingDelaySeconds is 0.5, not an integer from 0 to 900.',
  ],
])('shipping settings %j are reported in one line', (change, message) => {
  expect(() => checkShipping('prod', { ...shipping, ...change })).toThrow(message)
})
