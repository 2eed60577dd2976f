import type * as z from 'zod'
import { createEvent, type Cause, type EventDefinition, type EventOf } from '#shared/events/envelope.ts'
import { euros, sum, times } from '#shared/money.ts'
import type { OrderPlaced } from '#services/orders/events.ts'

type OrderState = z.infer<(typeof OrderPlaced)['data']>

export interface Pieces {
  readonly sku: string
  readonly quantity: number
}

/** The lines of an order in which each piece costs a euro, or `price`. */
export const linesOf = (pieces: readonly Pieces[], price = euros(100)): OrderState['items'] =>
  pieces.map(({ sku, quantity }) => ({
    sku,
    name: `The ${sku}`,
    quantity,
    unitPrice: price,
    lineTotal: times(price, quantity),
  }))

/** What events contain of an order: two mugs in a new order of `ada`, unless the fields say otherwise. */
export function orderState(fields: Partial<OrderState> = {}): OrderState {
  const items = fields.items ?? linesOf([{ sku: 'MUG-1', quantity: 2 }])
  const subtotal = sum(items.map(({ lineTotal }) => lineTotal))
  return {
    orderId: 'ord_1',
    customerId: 'ada',
    status: 'PLACED',
    orderType: 'standard',
    items,
    subtotal,
    discount: euros(0),
    shipping: euros(0),
    tax: { rate: 0, amount: euros(0) },
    total: subtotal,
    refunded: euros(0),
    placedAt: '2026-11-20T12:00:00.000Z',
    ...fields,
  }
}

/** An event of an order; `data` has what its definition adds to the state, and fields of the state that differ. */
export function orderEvent<Definition extends EventDefinition<string, z.ZodType<OrderState>>>(
  definition: Definition,
  data: Partial<OrderState> & Omit<z.infer<Definition['data']>, keyof OrderState> = {} as never,
  {
    version = 1,
    time = new Date('2026-11-20T12:00:00.000Z'),
    cause = { correlationId: 'correlation-1', causationId: 'request-1' },
  }: { version?: number; time?: Date; cause?: Cause } = {},
): EventOf<Definition> {
  const state = orderState(data)
  const fact = { aggregateId: state.orderId, aggregateVersion: version, time, cause }
  return createEvent(definition, { ...fact, data: definition.data.parse(state) as z.infer<Definition['data']> })
}
