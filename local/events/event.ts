import { accountId, arn, region } from '../assembly/provider.ts'
import type { Json } from './pattern.ts'

/** An event as targets receive it, with its members in the order of AWS. */
export type BusEvent = {
  version: '0'
  id: string
  'detail-type': string
  source: string
  account: string
  /** ISO 8601 in whole seconds. */
  time: string
  region: string
  resources: string[]
  detail: { [name: string]: Json }
  /** The name of the replay, for a replayed event. */
  'replay-name'?: string
}

/** An event as services and callers of `PutEvents` publish it. */
export interface Publication {
  readonly busName: string
  readonly source: string
  readonly detailType: string
  readonly detail: object
  readonly resources?: string[]
  readonly time?: Date
  /** Passed to the targets together with the event. */
  readonly traceHeader?: string | undefined
}

export function busEvent(event: {
  id: string
  source: string
  detailType: string
  detail: object
  resources: readonly string[]
  timeMs: number
}): BusEvent {
  return {
    version: '0',
    id: event.id,
    'detail-type': event.detailType,
    source: event.source,
    account: accountId,
    time: isoSeconds(event.timeMs),
    region,
    resources: [...event.resources],
    detail: event.detail as BusEvent['detail'],
  }
}

export const isoSeconds = (timeMs: number) => new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z')

export const busArn = (name: string) => (name.startsWith('arn:') ? name : arn('events', `event-bus/${name}`))

/** @param bus name or ARN. @returns the ARN itself for a bus of another account or region, which has no name here */
export function busNameOf(bus: string): string {
  const name = bus.slice(bus.indexOf('/') + 1)
  return bus === busArn(name) ? name : bus
}

export const ruleArn = (busName: string, name: string) =>
  arn('events', busName === 'default' ? `rule/${name}` : `rule/${busName}/${name}`)
