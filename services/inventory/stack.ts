import { Duration } from 'aws-cdk-lib'
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler'
import type { Construct } from 'constructs'
import { ScheduledFunction } from '#infra/constructs/scheduled-function.ts'
import { graph } from '#infra/dashboard/graph.ts'
import type { TableGrant } from '#infra/grants.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import {
  OrderCancelled,
  OrderPaymentFailed,
  OrderPlaced,
  OrderRefunded,
  OrderShipped,
} from '#services/orders/events.ts'
import { PaymentCaptured } from '#services/payments/events.ts'
import { StockChanged } from './events.ts'
import { routes } from './routes.ts'

export class InventoryStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    const { batchSize, batchWindowSeconds, maxConcurrency } = props.stage.reservation
    const environment = { LOW_STOCK_THRESHOLD: String(props.stage.lowStockThreshold) }
    const holding = { ...environment, HOLD_MINUTES: String(props.stage.reservationMinutes) }
    const changeReservations: readonly TableGrant[] = [
      { actions: ['BatchGetItem'], prefixes: ['STOCK#', 'RESERVATION#'] },
      { actions: ['UpdateItem'], prefixes: ['STOCK#'] },
      { actions: ['PutItem'], prefixes: ['RESERVATION#'] },
    ]
    const adjustStock = this.tableFunction(
      'adjust-stock',
      [
        { actions: ['BatchGetItem', 'UpdateItem'], prefixes: ['STOCK#'] },
        { actions: ['GetItem', 'PutItem'], prefixes: ['IDEMPOTENCY#adjustStock#'] },
      ],
      { environment },
    )
    const getStock = this.tableFunction('get-stock', [{ actions: ['BatchGetItem'], prefixes: ['STOCK#'] }])
    const listStocks = this.tableFunction('list-stocks', [
      { actions: ['BatchGetItem'], prefixes: ['STOCK#'] },
      { actions: ['Query'], prefixes: ['STOCKS#'], index: 'GSI1' },
      { actions: ['Query'], prefixes: ['LOWSTOCK#'], index: 'GSI2' },
    ])
    const listMovements = this.tableFunction('list-movements', [
      { actions: ['BatchGetItem'], prefixes: ['STOCK#'] },
      { actions: ['Query'], prefixes: ['MOVEMENT#'] },
    ])
    this.addRoutes(routes, [adjustStock, getStock, listStocks, listMovements])

    this.consumerFunction('reserve-stock', changeReservations, {
      environment: holding,
      events: [OrderPlaced],
      batchSize,
      maxConcurrency,
      ...(batchWindowSeconds > 0 ? { batchWindow: Duration.seconds(batchWindowSeconds) } : {}),
    })
    // No customer waits for these. A group of them is one write of each stock that reservations want to write too.
    this.consumerFunction('settle-reservations', changeReservations, {
      environment,
      events: [OrderCancelled, OrderPaymentFailed, OrderShipped, OrderRefunded],
      batchSize: 50,
      batchWindow: Duration.seconds(1),
      maxConcurrency: 2,
      timeout: Duration.seconds(30),
    })
    this.consumerFunction('record-movements', [{ actions: ['PutItem'], prefixes: ['MOVEMENT#'] }], {
      events: [StockChanged],
      batchSize: 100,
      batchWindow: Duration.seconds(1),
      maxConcurrency: 2,
    })
    // Without payments, an order rests at RESERVED and keeps its pieces.
    const expires = this.isPublished(PaymentCaptured)
    if (expires) {
      const releaseExpired = this.tableFunction(
        'release-expired',
        [...changeReservations, { actions: ['Query'], prefixes: ['RESERVATIONS#'], index: 'GSI1' }],
        { environment: holding, timeout: Duration.seconds(30) },
      )
      new ScheduledFunction(this, { function: releaseExpired, schedule: ScheduleExpression.rate(Duration.minutes(1)) })
    }
    this.resources.graphs.push(
      graph('Stock', [
        this.metric('StockReservations', { label: 'reservations' }),
        this.metric('StockRejections', { label: 'rejections' }),
        ...(expires ? [this.metric('StockExpirations', { label: 'expirations' })] : []),
      ]),
    )
  }
}
