import type { SQSEvent } from 'aws-lambda'
import * as z from 'zod'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { createEvent, defineEvent, type EventOf } from '../events/envelope.ts'
import { failed, ok } from '../result.ts'
import { eventBatchConsumer, eventConsumer } from './event-consumer.ts'
import { logger } from './telemetry.ts'

const logs = capturedLogs()

const done = { outcome: 'shelved' }

const BookLent = defineEvent({
  source: 'loans.app',
  type: 'BookLent',
  version: 1,
  data: z.object({ isbn: z.string() }),
})

const lent = (isbn: string): EventOf<typeof BookLent> =>
  createEvent(BookLent, {
    aggregateId: isbn,
    aggregateVersion: 1,
    time: new Date('2026-05-01T10:00:00Z'),
    cause: { correlationId: `c-${isbn}`, causationId: 'request-1' },
    data: { isbn },
  })

/** The message body that a rule sends to the queue. */
const bodyOf = ({ source, type, metadata, data }: EventOf<typeof BookLent>) => ({
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': type,
  source,
  account: '000000000000',
  time: '2026-05-01T10:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail: { metadata, data },
})

const batch = (...bodies: unknown[]): SQSEvent =>
  ({
    Records: bodies.map((body, index) => ({
      messageId: `m-${index}`,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })),
  }) as SQSEvent

const failuresOf = ({ batchItemFailures }: { batchItemFailures: { itemIdentifier: string }[] }) =>
  batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)

describe('events by themselves', () => {
  test('events are parsed and handled', async () => {
    const handled: unknown[] = []
    const consumer = eventConsumer([BookLent], async (event) => {
      handled.push(event)
      return done
    })
    expect(failuresOf(await consumer(batch(bodyOf(lent('1')), bodyOf(lent('2')))))).toEqual([])
    expect(handled).toEqual([lent('1'), lent('2')])
  })

  test('each version is parsed by its own definition; an undefined one fails', async () => {
    const BookLentTwice = defineEvent({ ...BookLent, version: 2, data: z.object({ isbns: z.array(z.string()) }) })
    const second = { ...lent('2'), metadata: { ...lent('2').metadata, version: 2 }, data: { isbns: ['2', '3'] } }
    const third = { ...lent('4'), metadata: { ...lent('4').metadata, version: 3 } }
    const handled: unknown[] = []
    const consumer = eventConsumer([BookLent, BookLentTwice], async ({ data }) => {
      handled.push(data)
      return done
    })
    const bodies = [bodyOf(lent('1')), bodyOf(second as never), bodyOf(third)]
    expect(failuresOf(await consumer(batch(...bodies)))).toEqual(['m-2'])
    expect(handled).toEqual([{ isbn: '1' }, { isbns: ['2', '3'] }])
  })

  test('a throw fails only its message', async () => {
    const handled: string[] = []
    const consumer = eventConsumer([BookLent], async ({ data }) => {
      if (data.isbn === '2') throw new Error('torn')
      handled.push(data.isbn)
      return done
    })
    expect(failuresOf(await consumer(batch(...['1', '2', '3'].map((isbn) => bodyOf(lent(isbn))))))).toEqual(['m-1'])
    expect(handled).toEqual(['1', '3'])
  })

  test('events of one aggregate, or of one order, are handled in order, and others at the same time', async () => {
    const LoanPaid = defineEvent({ ...BookLent, type: 'LoanPaid', data: z.object({ orderId: z.string() }) })
    const paid = (id: string, orderId: string) => ({
      ...bodyOf(lent(id)),
      'detail-type': 'LoanPaid',
      detail: { metadata: { ...lent(id).metadata, id: `LoanPaid/${id}/1` }, data: { orderId } },
    })
    const steps: string[] = []
    const consumer = eventConsumer([BookLent, LoanPaid], async ({ metadata }) => {
      steps.push(`${metadata.id} begins`)
      await new Promise(setImmediate)
      if (metadata.id === 'BookLent/1/1') throw new Error('torn')
      steps.push(`${metadata.id} ends`)
      return done
    })
    const bodies = [bodyOf(lent('1')), bodyOf(lent('1')), paid('8', 'ord_1'), paid('9', 'ord_1'), paid('10', 'ord_2')]
    expect(failuresOf(await consumer(batch(...bodies)))).toEqual(['m-0', 'm-1'])
    expect(steps.slice(0, 3)).toEqual(['BookLent/1/1 begins', 'LoanPaid/8/1 begins', 'LoanPaid/10/1 begins'])
    expect(steps.indexOf('LoanPaid/9/1 begins')).toBeGreaterThan(steps.indexOf('LoanPaid/8/1 ends'))
    expect(steps.filter((step) => step === 'BookLent/1/1 begins')).toHaveLength(2)
  })

  test('a consumer whose events change something else names it', async () => {
    const begun: string[] = []
    const consumer = eventConsumer(
      [BookLent],
      async ({ data }) => {
        begun.push(data.isbn)
        await new Promise(setImmediate)
        return done
      },
      ({ data }) => (data.isbn === '3' ? 'other shelf' : 'shelf'),
    )
    await consumer(batch(...['1', '2', '3'].map((isbn) => bodyOf(lent(isbn)))))
    expect(begun).toEqual(['1', '3', '2'])
  })

  test('each event is logged in one line with its outcome and ids', async () => {
    const consumer = eventConsumer([BookLent], async ({ data }) => {
      if (data.isbn === '2') throw new Error('torn')
      return { ...done, shelf: 7 }
    })
    const withOrder = { ...bodyOf(lent('1')), 'detail-type': 'BookOrdered' }
    const BookOrdered = defineEvent({ ...BookLent, type: 'BookOrdered', data: z.object({ orderId: z.string() }) })
    const ordered = eventConsumer([BookOrdered], async () => done)
    await consumer(batch(bodyOf(lent('1')), bodyOf(lent('2'))))
    const orderIds = ['ord_1', '1']
    await ordered(
      batch(...orderIds.map((orderId) => ({ ...withOrder, detail: { ...withOrder.detail, data: { orderId } } }))),
    )
    const duration_ms = expect.any(Number)
    expect(logs.lines()).toEqual([
      expect.objectContaining({
        level: 'INFO',
        message: 'BookLent handled',
        outcome: 'shelved',
        shelf: 7,
        correlation_id: 'c-1',
        event_id: 'BookLent/1/1',
        duration_ms,
      }),
      expect.objectContaining({
        level: 'ERROR',
        message: 'BookLent failed, to be retried',
        outcome: 'failed',
        correlation_id: 'c-2',
        event_id: 'BookLent/2/1',
        duration_ms,
      }),
      expect.objectContaining({
        level: 'INFO',
        message: 'BookOrdered handled',
        outcome: 'shelved',
        order_id: 'ord_1',
        duration_ms,
      }),
      // The id of the event contains that of the order.
      expect.not.objectContaining({ order_id: expect.anything() }),
    ])
  })
})

test('every log line has the trace of its own event', async () => {
  const consumer = eventConsumer([BookLent], async () => {
    // The other event of the batch is handled meanwhile.
    await new Promise(setImmediate)
    logger.info('thinking')
    return done
  })
  const traced = lent('1')
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  const first = { ...traced, metadata: { ...traced.metadata, traceparent } }
  await consumer(batch(bodyOf(first), bodyOf(lent('2'))))
  const traceOf = (id: string) =>
    logs.lines().flatMap((line) => (line['correlation_id'] === id ? [line['trace_id']] : []))
  expect(traceOf('c-1')).toEqual(['1-4bf92f35-77b34da6a3ce929d0e0e4736', '1-4bf92f35-77b34da6a3ce929d0e0e4736'])
  expect(traceOf('c-2')).toEqual([undefined, undefined])
})

describe('only the message that is not a known event fails', () => {
  const right = bodyOf(lent('1'))
  test.each<[string, unknown]>([
    ['no JSON', '{"detail": '],
    ['another type', { ...right, 'detail-type': 'BookBurnt' }],
    ['another source', { ...right, source: 'arson.app' }],
    ['no metadata', { ...right, detail: { data: {} } }],
    ['no data', { ...right, detail: { metadata: right.detail.metadata } }],
    ['data of another shape', { ...right, detail: { ...right.detail, data: { isbn: 1 } } }],
  ])('%s', async (_, body) => {
    const handled: string[] = []
    const consumer = eventConsumer([BookLent], async ({ data }) => {
      handled.push(data.isbn)
      return done
    })
    expect(failuresOf(await consumer(batch(body, right)))).toEqual(['m-0'])
    expect(handled).toEqual(['1'])
    expect(logs.lines().some((line) => line['level'] === 'ERROR' && line['message_id'] === 'm-0')).toBe(true)
  })
})

test('an unreadable message is not logged with the correlation id of the previous batch', async () => {
  const consumer = eventConsumer([BookLent], async () => done)
  await consumer(batch(bodyOf(lent('1'))))
  await consumer(batch('no JSON'))
  expect(logs.lines().at(-1)).toMatchObject({ level: 'ERROR', message_id: 'm-0' })
  expect(logs.lines().at(-1)).not.toHaveProperty('correlation_id')
})

describe('a whole batch', () => {
  test('outcomes are matched to the readable messages', async () => {
    const consumer = eventBatchConsumer([BookLent], async (events) =>
      events.map(({ data }) => (data.isbn === '3' ? failed(new Error('torn')) : ok(done))),
    )
    const response = await consumer(batch(bodyOf(lent('1')), 'no JSON', bodyOf(lent('3')), bodyOf(lent('4'))))
    expect(failuresOf(response).toSorted()).toEqual(['m-1', 'm-2'])
  })

  test('is not handled when no message is readable', async () => {
    const consumer = eventBatchConsumer([BookLent], async () => {
      throw new Error('not expected')
    })
    expect(failuresOf(await consumer(batch('no JSON')))).toEqual(['m-0'])
  })

  test('a throw fails the whole invocation', async () => {
    const consumer = eventBatchConsumer([BookLent], async () => {
      throw new Error('no such table')
    })
    await expect(consumer(batch(bodyOf(lent('1'))))).rejects.toThrow('no such table')
  })

  test('a missing outcome throws', async () => {
    const consumer = eventBatchConsumer([BookLent], async () => [])
    await expect(consumer(batch(bodyOf(lent('1'))))).rejects.toThrow('one outcome for each event')
  })
})
