import type { StoredEvent } from '#shared/events/envelope.ts'
import type { EventBus } from './ports.ts'

export interface EventBusWorld {
  readonly bus: EventBus
  /** The events that subscribers received since the last call. At most 10. */
  received(): Promise<{ source: string; type: string; time: string; detail: unknown }[]>
}

export const storedEvent = (count: number, fields: Partial<StoredEvent> = {}): StoredEvent => ({
  source: 'loans.app',
  type: 'BookLent',
  metadata: {
    id: `BookLent/${count}/1`,
    version: 1,
    time: '2026-05-01T10:00:00.000Z',
    correlationId: `c-${count}`,
    causationId: 'r-1',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  },
  data: { title: 'Žluťoučký kůň 🐎', count },
  ...fields,
})

const asReceived = ({ source, type, metadata, data }: StoredEvent) => ({
  source,
  type,
  time: '2026-05-01T10:00:00Z',
  detail: { metadata, data },
})

/** The contract of every adapter of the event bus. `create` returns an empty bus. */
export function eventBusContract(create: () => Promise<EventBusWorld>) {
  test('an event reaches its subscribers as it is stored', async () => {
    const { bus, received } = await create()
    expect(await bus.publish([storedEvent(1)])).toEqual({ published: [storedEvent(1)], rejected: [] })
    expect(await received()).toEqual([asReceived(storedEvent(1))])
  })

  test('ten events are published, those of one request in order', async () => {
    const { bus, received } = await create()
    const events = Array.from({ length: 10 }, (_, count) => storedEvent(count))
    expect(await bus.publish(events)).toEqual({ published: events, rejected: [] })
    expect(await received()).toEqual(events.map(asReceived))
  })

  test('without events no request is sent', async () => {
    const { bus } = await create()
    expect(await bus.publish([])).toEqual({ published: [], rejected: [] })
  })

  test('a large event is published, one over the limit is rejected, and those after it are published', async () => {
    const { bus, received } = await create()
    const large = storedEvent(1, { data: { text: 'x'.repeat(250 * 1024) } })
    const tooLarge = storedEvent(2, { data: { text: 'ø'.repeat(132_000) } })
    expect(await bus.publish([large, tooLarge, storedEvent(3)])).toEqual({
      published: [large, storedEvent(3)],
      rejected: [{ index: 1, error: expect.objectContaining({ message: expect.stringContaining('bytes') }) }],
    })
    // They are in requests of their own, which have no order.
    const events = await received()
    expect(events).toHaveLength(2)
    expect(events).toEqual(expect.arrayContaining([large, storedEvent(3)].map(asReceived)))
  })
}
