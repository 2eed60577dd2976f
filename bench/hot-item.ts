import { reservations, type ReservationSettings } from '#infra/stage-settings.ts'
import { tableLines } from '#scripts/lib/table.ts'
import { stockTable } from '#services/inventory/adapters/stock-table.ts'
import { noStock } from '#services/inventory/domain/stock.ts'
import { reserveStockHandler } from '#services/inventory/handlers/reserve-stock.ts'
import { reservationBackoff } from '#services/inventory/use-cases/change-reservations.ts'
import { OrderPlaced } from '#services/orders/events.ts'
import { linesOf, orderEvent } from '#test/support/order-event.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { seededRandom, type Random } from '#test/support/random.ts'
import { createTestTable } from '#test/support/table.ts'
import { addLimits, type TransactionCounts } from './dynamodb-limits.ts'
import { VirtualTime } from './virtual-time.ts'
import { deliverAll } from './waiting-orders.ts'

/** Orders of one piece of the hot SKU each, which all wait in the queue at the start. */
export interface Sale {
  readonly orders: number
  /** Pieces of the hot SKU. */
  readonly pieces: number
  readonly settings: ReservationSettings
  readonly seed: number
  /** The share of orders with one of twenty other SKUs as well. @default 0 */
  readonly mixedShare?: number
  /** The share of events that the queue delivers twice. @default 0 */
  readonly repeatedShare?: number
}

export interface SaleResult {
  /** Until 95 % of the orders had their outcome; the rest waits for orders that returned to the queue. */
  readonly ordersPerSecond: number
  readonly lastMs: number
  /** How often an order returned to the queue. */
  readonly returned: number
  readonly transactions: TransactionCounts
  readonly deadLetters: number
  /** Reservations of each status; every order has one unless it was lost. */
  readonly held: number
  readonly rejected: number
  readonly hotStock: { readonly available: number; readonly reserved: number; readonly received: number }
  /** Pieces of the hot SKU in held reservations. */
  readonly piecesHeld: number
}

const hotSku = 'HOT-1'
const otherSkus = Array.from({ length: 20 }, (_, index) => `OTHER-${index}`)
const opening = new Date('2026-11-27T08:00:00.000Z')

/** The handler, use case and adapter that are deployed, on a table with DynamoDB's limits. Equal for equal arguments. */
export async function sell(sale: Sale): Promise<SaleResult> {
  const random = seededRandom(sale.seed)
  const time = new VirtualTime()
  // Equal durations would keep the batches in step, with conflicts always or never.
  const around = (ms: number) => ms * (0.5 + fraction(random))
  const table = await createTestTable()
  const ledger = stockTable(table)
  for (const sku of [hotSku, ...otherSkus]) {
    const pieces = sku === hotSku ? sale.pieces : 1_000_000
    const stock = { ...noStock(sku), available: pieces, received: pieces, version: 1 }
    await ledger.commit({ stocks: [{ stock, events: [] }], reservations: [] })
  }
  const transactions = addLimits(table, time, around)
  const handler = reserveStockHandler({
    ledger,
    now: () => new Date(opening.getTime() + time.nowMs),
    backoff: { ...reservationBackoff, random: () => fraction(random), sleep: (ms) => time.sleep(ms) },
    lowStockThreshold: 10,
    holdMs: 15 * 60_000,
  })
  const { handledAtMs, returned, deadLetters } = await deliverAll(
    messagesOf(sale, random),
    handler,
    sale.settings,
    time,
    around,
  )

  const items = await table.items()
  const reservationsOf = (status: string) =>
    items.filter((item) => item.SK === 'RESERVATION' && item['status'] === status)
  const { available, reserved, received } = items.find(({ PK }) => PK === `STOCK#${hotSku}`)! as any
  const held = reservationsOf('held')
  const most = Math.ceil(handledAtMs.length * 0.95)
  return {
    ordersPerSecond: most / (handledAtMs[most - 1]! / 1000),
    lastMs: handledAtMs.at(-1)!,
    returned,
    transactions,
    deadLetters: deadLetters.length,
    held: held.length,
    rejected: reservationsOf('rejected').length,
    hotStock: { available, reserved, received },
    piecesHeld: held.flatMap(({ lines }) => lines).filter(({ sku }) => sku === hotSku).length,
  }
}

function messagesOf({ orders, mixedShare = 0, repeatedShare = 0 }: Sale, random: Random) {
  const events = Array.from({ length: orders }, (_, index) => {
    const isMixed = fraction(random) < mixedShare
    return orderPlaced(`order-${index}`, isMixed ? [hotSku, random.pick(otherSkus)] : [hotSku])
  })
  return queueEvent(events.flatMap((event) => (fraction(random) < repeatedShare ? [event, event] : [event]))).Records
}

const orderPlaced = (orderId: string, skus: readonly string[]) =>
  orderEvent(
    OrderPlaced,
    { orderId, customerId: `customer-of-${orderId}`, items: linesOf(skus.map((sku) => ({ sku, quantity: 1 }))) },
    { time: opening, cause: { correlationId: orderId, causationId: orderId } },
  )

const fraction = (random: Random) => random.int(0, 2 ** 24 - 1) / 2 ** 24

export interface Measured {
  readonly name: string
  readonly settings: ReservationSettings
  readonly ordersPerSecond: number
  readonly transactions: TransactionCounts
  /** The share of orders that returned to the queue. */
  readonly returnedShare: number
  /** From the arrival of a single order to its reservation. */
  readonly singleOrderMs: number
}

const compared: readonly (readonly [string, ReservationSettings, number])[] = [
  ['one order per transaction', { batchSize: 1, batchWindowSeconds: 0, maxConcurrency: 2 }, 100],
  ['everyday (default)', reservations.everyday, 500],
  ['flash sale', reservations.flashSale, 1960],
]

/** The orders per second of one SKU with each setting. */
export async function measureHotItem(): Promise<Measured[]> {
  const measured: Measured[] = []
  for (const [name, settings, orders] of compared) {
    const many = await sell({ orders, pieces: orders, settings, seed: 1 })
    const single = await sell({ orders: 1, pieces: 1, settings, seed: 1 })
    if (many.held !== orders || single.held !== 1) throw new Error(`${name}: orders were lost.`)
    measured.push({
      name,
      settings,
      ordersPerSecond: many.ordersPerSecond,
      transactions: many.transactions,
      returnedShare: many.returned / orders,
      singleOrderMs: single.lastMs,
    })
  }
  return measured
}

export const hotItemTable = (measured: readonly Measured[]): string =>
  tableLines(
    [
      ['orders of one SKU', 'batch', 'window', 'at a time', 'orders/s', 'rejected', 'returned', 'a single order'],
      ...measured.map(({ name, settings, ordersPerSecond, transactions, returnedShare, singleOrderMs }) => {
        const rejected = transactions.conflicts + transactions.stale + transactions.throttled
        return [
          name,
          String(settings.batchSize),
          `${settings.batchWindowSeconds} s`,
          String(settings.maxConcurrency),
          String(Math.round(ordersPerSecond)),
          `${Math.round((100 * rejected) / (rejected + transactions.committed))} %`,
          `${Math.round(100 * returnedShare)} %`,
          `${Math.round(singleOrderMs)} ms`,
        ]
      }),
    ],
    ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
  ).join('\n')
