import type { BusEvent, OrderStatus } from '../../api/types.ts'
import { words } from './event-text.ts'

/** What belongs together: the events of an order, or those of one request that was not about an order. */
export interface Flow {
  /** The order's id, or the correlation id. */
  readonly key: string
  readonly isOrder: boolean
  readonly title: string
  /** Oldest first. */
  readonly events: readonly BusEvent[]
  /** Of an order, after its newest event. */
  readonly status: OrderStatus | undefined
  readonly startedAt: string
  readonly changedAt: string
}

/** @param events oldest first. @returns the flows, the one that started last first: none moves while a reader looks at it */
export function flowsOf(events: readonly BusEvent[]): Flow[] {
  const keys = keysOf(events)
  const flows = new Map<string, BusEvent[]>()
  for (const event of events) {
    for (const key of keys.get(event.id) ?? []) {
      const flow = flows.get(key)
      if (flow) flow.push(event)
      else flows.set(key, [event])
    }
  }
  return [...flows]
    .map(([key, own]) => flowOf(key, own))
    .toSorted((one, other) => compare(other.startedAt, one.startedAt))
}

const isOrderId = (key: string) => key.startsWith('ord_')

function flowOf(key: string, events: readonly BusEvent[]): Flow {
  const isOrder = isOrderId(key)
  const first = events[0]!
  return {
    key,
    isOrder,
    title: isOrder ? `Order ${shortId(key)}` : words(first.type),
    events,
    status: isOrder ? statusOf(events) : undefined,
    startedAt: first.time,
    changedAt: events.at(-1)!.time,
  }
}

/** The end of an id is what differs between two of the same day. */
export const shortId = (id: string): string => `…${id.slice(-6)}`

/** The status in the order's event with the highest version: events may arrive in any order. */
function statusOf(events: readonly BusEvent[]): OrderStatus | undefined {
  const ofOrders = events.filter(({ source, data }) => source === 'orders.app' && typeof data['status'] === 'string')
  const newest = ofOrders.toSorted((one, other) => versionOf(other) - versionOf(one))[0]
  return newest?.data['status'] as OrderStatus | undefined
}

const versionOf = ({ id }: BusEvent) => Number(id.slice(id.lastIndexOf('/') + 1))

/** The flows of each event: those that it names itself, else those of its cause, else that of its request. */
function keysOf(events: readonly BusEvent[]): Map<string, readonly string[]> {
  const byId = new Map(events.map((event) => [event.id, event]))
  const keys = new Map<string, readonly string[]>()
  const visiting = new Set<string>()
  const keysOfEvent = (event: BusEvent): readonly string[] => {
    const known = keys.get(event.id)
    if (known) return known
    visiting.add(event.id)
    const cause = byId.get(event.causationId)
    const named = ordersNamedBy(event)
    let found: readonly string[] = [event.correlationId]
    if (named.length > 0) found = named
    else if (cause && !visiting.has(cause.id)) found = keysOfEvent(cause)
    visiting.delete(event.id)
    keys.set(event.id, found)
    return found
  }
  for (const event of events) keysOfEvent(event)
  return keys
}

/** A change of stock names several orders: they are reserved in groups. */
function ordersNamedBy({ data }: BusEvent): string[] {
  if (typeof data['orderId'] === 'string') return [data['orderId']]
  return Array.isArray(data['orderIds']) ? data['orderIds'].filter((id) => typeof id === 'string') : []
}

const compare = (one: string, other: string) => (one < other ? -1 : Number(one > other))
