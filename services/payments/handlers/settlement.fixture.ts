import { euros } from '#shared/money.ts'
import { OrderCancelled, OrderReserved, RefundRequested } from '#services/orders/events.ts'
import { noPauses } from '#test/support/backoff.ts'
import { orderEvent } from '#test/support/order-event.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { createTestTable } from '#test/support/table.ts'
import { paymentTable } from '../adapters/payment-table.ts'
import { sandboxProvider } from '../adapters/sandbox-provider.ts'
import { paymentKey, sandboxChargeKey } from '../keys.ts'
import type { PaymentProvider } from '../ports.ts'
import { settleOrdersHandler } from './settle-orders.ts'

export const noon = new Date('2026-11-20T12:00:00.000Z')
const reservedUntil = '2026-11-20T12:15:00.000Z'
export const total = euros(2500)

export const reserved = (fields: object = {}) =>
  orderEvent(OrderReserved, { status: 'RESERVED', reservedUntil, total, ...fields }, { version: 2 })
export const orderCancelled = (version = 4) =>
  orderEvent(OrderCancelled, { status: 'CANCELLED', reason: 'customer', total }, { version })
export const refundRequested = (amount: number, version = 6) =>
  orderEvent(
    RefundRequested,
    { status: 'RETURN_REQUESTED', total, refund: { amount: euros(amount), items: [], shipping: false } },
    { version },
  )

/** An order `ord_1` of 25 euros that was placed with a token, and the consumer of its events. */
export async function startSettlement(token = 'tok_ok') {
  const table = await createTestTable()
  const clock = { now: noon }
  await table.put({ ...paymentKey('ord_1'), token, customerId: 'ada', expiresAt: 1 })
  const sandbox = sandboxProvider(table)
  const calls: string[] = []
  /** Calls of the provider are noted, and a test can replace them. */
  const provider: PaymentProvider = { ...sandbox }
  const noted = (name: 'capture' | 'findByReference' | 'refund', call: (...args: any[]) => Promise<any>) =>
    Object.assign(provider, {
      [name]: (...args: unknown[]) => {
        calls.push(name)
        return call(...args)
      },
    })
  noted('capture', sandbox.capture)
  noted('findByReference', sandbox.findByReference)
  noted('refund', sandbox.refund)
  const deps = {
    payments: paymentTable(table),
    provider,
    now: () => clock.now,
    backoff: noPauses(5),
    patience: noPauses(3),
  }
  const handler = settleOrdersHandler(deps)
  return {
    table,
    clock,
    deps,
    sandbox,
    calls,
    noted,
    /** @returns the ids of the messages that failed, `m0` being the first */
    async deliver(...events: Parameters<typeof queueEvent>[0][number][]) {
      const { batchItemFailures } = await handler(queueEvent(events))
      return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
    },
    payment: (): Promise<any> => paymentTable(table).find('ord_1'),
    /** The events of the last change. */
    async events(): Promise<any[]> {
      const items = await table.items()
      return items.find(({ PK }) => PK === paymentKey('ord_1').PK)?.['events'] ?? []
    },
    async charge(): Promise<any> {
      const items = await table.items()
      return items.find(({ PK }) => PK === sandboxChargeKey('ord_1').PK)
    },
  }
}
