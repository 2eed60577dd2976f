import type { Operations } from '../../api/types.ts'
import { consumersOf, hasMessages, healthOf, problemOf, withoutPrefix } from './health.ts'

const queue = (name: string, waiting = 0, inFlight = 0, delayed = 0) => ({
  name: `shop-dev-${name}`,
  isDeadLetterQueue: name.endsWith('-dlq'),
  waiting,
  inFlight,
  delayed,
})

const alarm = (state: Operations['alarms'][number]['state']) => ({
  name: 'shop-dev-x',
  state,
  description: '',
  since: '2026-11-28T12:00:00.000Z',
})

test('a consumer has its queue and its dead letters; those with dead letters are first, then those with work', () => {
  const consumers = consumersOf(
    [
      queue('cart-update', 0, 3),
      queue('cart-update-dlq'),
      queue('orders-apply', 7),
      queue('orders-apply-dlq'),
      queue('users-delete'),
      queue('users-delete-dlq', 1, 1),
      queue('orders-find-stuck-dlq'),
    ],
    'dev',
  )
  expect(consumers.map(({ name, queue: own, deadLetters }) => [name, own?.waiting, deadLetters])).toEqual([
    ['users-delete', 0, 2],
    ['orders-apply', 7, 0],
    ['cart-update', 0, 0],
    ['orders-find-stuck', undefined, 0],
  ])
  expect(consumers.filter(hasMessages).map(({ name }) => name)).toEqual(['users-delete', 'orders-apply', 'cart-update'])
})

test('health counts raised alarms, alarms without data and dead letters', () => {
  const operations = {
    queues: [queue('a-dlq', 2), queue('b-dlq', 0, 0, 1)],
    alarms: [alarm('ALARM'), alarm('OK'), alarm('INSUFFICIENT_DATA')],
  }
  expect(healthOf(operations, consumersOf(operations.queues, 'dev'))).toMatchObject({
    raised: [{ state: 'ALARM' }],
    unknown: 1,
    deadLetters: 3,
  })
})

test('the runbook is taken from the description of an alarm', () => {
  const described = (description: string) => problemOf({ ...alarm('ALARM'), description })
  expect(described('Orders are stuck. See docs/runbooks/orders-stuck.md')).toEqual({
    problem: 'Orders are stuck.',
    runbook: 'docs/runbooks/orders-stuck.md',
  })
  expect(described('Anything else')).toEqual({ problem: 'Anything else', runbook: undefined })
})

test('a name without the prefix of the stage stays as it is', () => {
  expect(withoutPrefix('shop-dev-orders', 'dev')).toBe('orders')
  expect(withoutPrefix('foreign', 'dev')).toBe('foreign')
})
