import type { BusEvent } from '../../api/types.ts'
import { elapsedBetween, serviceOf } from './event-text.ts'

export interface FlowNode {
  readonly event: BusEvent
  /** Index into the graph's lanes. */
  readonly lane: number
  /** Rows follow time, from the top; events of several lanes can share one, those of the same lane never do. */
  readonly row: number
  /** Milliseconds since the first event of the flow. */
  readonly sinceStartMs: number
  /** Milliseconds since the event that caused it, if that is in the flow. */
  readonly sinceCauseMs: number | undefined
  /** `request`: a call of the API caused it; `unknown`: an event that is not in the flow. */
  readonly cause: 'event' | 'request' | 'unknown'
}

export interface FlowEdge {
  readonly from: FlowNode
  readonly to: FlowNode
}

export interface FlowGraph {
  /** The services that published something, in the order of their columns. */
  readonly lanes: readonly string[]
  readonly rows: number
  /** By time. */
  readonly nodes: readonly FlowNode[]
  readonly edges: readonly FlowEdge[]
}

/** Orders exchanges events with all others, so it is in the middle. Other services follow by their first event. */
const laneOrder = ['inventory', 'orders', 'payments', 'shipping']

/** Arranges the events of a flow, which may come in any order, twice, and without their causes. */
export function graphOf(events: readonly BusEvent[]): FlowGraph {
  const sorted = causesFirst([...new Map(events.toReversed().map((event) => [event.id, event])).values()])
  const start = sorted.reduce((earliest, { time }) => (time < earliest ? time : earliest), sorted[0]?.time ?? '')
  const services = [...new Set(sorted.map(serviceOf))]
  const lanes = [
    ...laneOrder.filter((name) => services.includes(name)),
    ...services.filter((name) => !laneOrder.includes(name)),
  ]

  const nodes = new Map<string, FlowNode>()
  const edges: FlowEdge[] = []
  const lastRows = lanes.map(() => -1)
  let currentRow = 0
  for (const event of sorted) {
    const lane = lanes.indexOf(serviceOf(event))
    const cause = nodes.get(event.causationId)
    const row = Math.max(currentRow, lastRows[lane]! + 1, cause ? cause.row + 1 : 0)
    currentRow = lastRows[lane] = row
    const node: FlowNode = {
      event,
      lane,
      row,
      sinceStartMs: elapsedBetween(start, event.time),
      sinceCauseMs: cause && elapsedBetween(cause.event.time, event.time),
      cause: causeOf(event, cause),
    }
    nodes.set(event.id, node)
    if (cause) edges.push({ from: cause, to: node })
  }
  return { lanes, rows: sorted.length === 0 ? 0 : currentRow + 1, nodes: [...nodes.values()], edges }
}

/** The id of an event has the form `<type>/<aggregate id>/<version>`, that of a request has no slashes around an id. */
function causeOf({ causationId }: BusEvent, cause: FlowNode | undefined): FlowNode['cause'] {
  if (cause) return 'event'
  return /^[A-Z][A-Za-z]+\/.+\/\d+$/.test(causationId) ? 'unknown' : 'request'
}

/** By time, and an effect never before its cause: clocks of two services may differ by a few milliseconds. */
function causesFirst(events: readonly BusEvent[]): BusEvent[] {
  const byId = new Map(events.map((event) => [event.id, event]))
  const hasEffect = new Set(events.map(({ causationId }) => causationId))
  const pending = events.toSorted(
    (one, other) =>
      Date.parse(one.time) - Date.parse(other.time) ||
      Number(hasEffect.has(other.id)) - Number(hasEffect.has(one.id)) ||
      (one.id < other.id ? -1 : 1),
  )
  const placed = new Set<BusEvent>()
  const place = (event: BusEvent) => {
    if (placed.has(event)) return
    const chain = [event]
    for (let cause = byId.get(event.causationId); cause && !placed.has(cause) && !chain.includes(cause);) {
      chain.push(cause)
      cause = byId.get(cause.causationId)
    }
    for (const next of chain.toReversed()) placed.add(next)
  }
  for (const event of pending) place(event)
  return [...placed]
}
