import { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { graph } from '#infra/dashboard/graph.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { OrderPlaced } from '#services/orders/events.ts'
import { routes } from './routes.ts'

export class InventoryStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    const { batchSize, batchWindowSeconds, maxConcurrency } = props.stage.reservation
    const environment = { LOW_STOCK_THRESHOLD: String(props.stage.lowStockThreshold) }
    const adjustStock = this.tableFunction(
      'adjust-stock',
      [
        { actions: ['BatchGetItem', 'UpdateItem'], prefixes: ['STOCK#'] },
        { actions: ['GetItem', 'PutItem'], prefixes: ['IDEMPOTENCY#adjustStock#'] },
      ],
      { environment },
    )
    const getStock = this.tableFunction('get-stock', [{ actions: ['BatchGetItem'], prefixes: ['STOCK#'] }])
    this.addRoutes(routes, [adjustStock, getStock])

    this.consumerFunction(
      'reserve-stock',
      [
        { actions: ['BatchGetItem'], prefixes: ['STOCK#', 'RESERVATION#'] },
        { actions: ['UpdateItem'], prefixes: ['STOCK#'] },
        { actions: ['PutItem'], prefixes: ['RESERVATION#'] },
      ],
      {
        environment: { ...environment, HOLD_MINUTES: String(props.stage.reservationMinutes) },
        events: [OrderPlaced],
        batchSize,
        maxConcurrency,
        ...(batchWindowSeconds > 0 ? { batchWindow: Duration.seconds(batchWindowSeconds) } : {}),
      },
    )
    this.resources.graphs.push(
      graph('Stock', [
        this.metric('StockReservations', { label: 'reservations' }),
        this.metric('StockRejections', { label: 'rejections' }),
      ]),
    )
  }
}
