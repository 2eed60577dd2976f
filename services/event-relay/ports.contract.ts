import type { BusEntry } from './domain/bus-entry.ts'
import type { EventBus } from './ports.ts'

export interface EventBusWorld {
  readonly bus: EventBus
  /** What subscribers got since the last call, in order. At most 10. */
  received(): Promise<{ source: string; type: string; time: string; detail: unknown }[]>
}

const entry = (count: number, fields: Partial<BusEntry> = {}): BusEntry => ({
  source: 'loans.app',
  detailType: 'BookLent',
  detail: JSON.stringify({ metadata: { id: `BookLent/${count}/1` }, data: { title: 'Žluťoučký kůň 🐎', count } }),
  time: new Date('2026-05-01T10:00:00.000Z'),
  ...fields,
})

const asReceived = ({ source, detailType, detail }: BusEntry) => ({
  source,
  type: detailType,
  time: '2026-05-01T10:00:00Z',
  detail: JSON.parse(detail),
})

/** What every adapter of the event bus must do. A world is fresh and empty for each test. */
export function eventBusContract(create: () => Promise<EventBusWorld>) {
  test('an entry reaches its subscribers as it is', async () => {
    const { bus, received } = await create()
    expect(await bus.publish([entry(1)])).toEqual([undefined])
    expect(await received()).toEqual([asReceived(entry(1))])
  })

  test('ten entries are published together, in order, and an answer is given for each', async () => {
    const { bus, received } = await create()
    const entries = Array.from({ length: 10 }, (_, count) => entry(count))
    expect(await bus.publish(entries)).toEqual(entries.map(() => undefined))
    expect(await received()).toEqual(entries.map(asReceived))
  })

  test('an entry as large as is allowed is taken', async () => {
    const { bus, received } = await create()
    const large = entry(1, { detail: JSON.stringify({ text: 'x'.repeat(255 * 1024) }) })
    expect(await bus.publish([large])).toEqual([undefined])
    expect(await received()).toEqual([asReceived(large)])
  })

  test('an entry that the bus does not take is told in its place, and the others are published', async () => {
    const { bus, received } = await create()
    const entries = [entry(1), entry(2, { detail: 'not JSON' }), entry(3)]
    expect(await bus.publish(entries)).toEqual([undefined, expect.stringMatching(/./), undefined])
    expect(await received()).toEqual([entries[0]!, entries[2]!].map(asReceived))
  })
}
