import { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { addAlarm } from '#infra/constructs/alarm.ts'
import { graph } from '#infra/dashboard/graph.ts'
import type { TableGrant } from '#infra/grants.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { StockRejected, StockReserved } from '#services/inventory/events.ts'
import { OrderPlaced, orderTypes } from './events.ts'
import { routes } from './routes.ts'

const readOrder: TableGrant = { actions: ['GetItem'], prefixes: ['ORDER#'] }
const readOrders: TableGrant = { actions: ['BatchGetItem'], prefixes: ['ORDER#'] }

/** How long an order may stay PLACED: the longest delay that a queue supports. */
const patience = Duration.minutes(15)

export class OrdersStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    const functions = [
      this.tableFunction(
        'place-order',
        [
          { actions: ['PutItem'], prefixes: ['ORDER#'] },
          { actions: ['GetItem', 'PutItem'], prefixes: ['IDEMPOTENCY#placeOrder#'] },
        ],
        {
          environment: {
            API_URL: props.api.httpApi.apiEndpoint,
            ORDERS_PER_MINUTE: String(props.stage.customerLimits.ordersPerMinute),
          },
        },
      ),
      this.tableFunction('get-order', [readOrder]),
      this.tableFunction('list-orders', [readOrders, { actions: ['Query'], prefixes: ['CUSTOMER#'], index: 'GSI1' }]),
      this.tableFunction('list-order-events', [readOrder, { actions: ['Query'], prefixes: ['ORDER#'] }]),
      this.tableFunction('admin-list-orders', [
        readOrders,
        { actions: ['Query'], prefixes: ['ORDERS#'], index: 'GSI2' },
      ]),
      this.tableFunction('admin-get-order', [readOrder]),
    ]
    this.addRoutes(routes, functions, {
      provisionedConcurrency: { 'place-order': props.stage.release.placeOrderConcurrency },
    })
    this.consumerFunction('apply-events', [{ actions: ['GetItem', 'PutItem'], prefixes: ['ORDER#'] }], {
      events: [StockReserved, StockRejected],
    })
    // Without inventory, PLACED is the final status of an order, and no order can be stuck in it.
    const leavesPlaced = this.isPublished(StockReserved)
    if (leavesPlaced) this.watchOrders()
    this.addGraphs(leavesPlaced)
  }

  /** Checks each order once, after the time in which it must have left PLACED. */
  private watchOrders(): void {
    const INSTALLED_SERVICES = this.props.installed.map(({ name }) => name).join()
    this.consumerFunction('watch-order', [readOrder], {
      environment: { INSTALLED_SERVICES },
      events: [OrderPlaced],
      delay: patience,
    })
    addAlarm(this, 'stuck-alarm', this.metric('OrdersStuck'), {
      name: 'orders-stuck',
      problem: `An order has been stuck for ${patience.toMinutes()} minutes.`,
      runbook: 'orders-stuck',
      threshold: 1,
    })
  }

  private addGraphs(leavesPlaced: boolean): void {
    const byType = (metric: string, statistic: string, label: string) =>
      orderTypes.map((OrderType) =>
        this.metric(metric, { statistic, label: `${OrderType} ${label}`, dimensions: { OrderType } }),
      )
    const outcomes = leavesPlaced
      ? [
          this.metric('OrdersReserved', { label: 'reserved' }),
          this.metric('OrdersRejected', { label: 'rejected' }),
          this.metric('OrdersStuck', { label: 'stuck' }),
        ]
      : []
    this.resources.graphs.push(
      graph('Orders by outcome', [...byType('OrderRevenue', 'SampleCount', 'placed'), ...outcomes]),
      graph('Revenue', byType('OrderRevenue', 'Sum', 'revenue'), { unit: 'minor units' }),
      graph('Items sold', byType('ItemsSold', 'Sum', 'pieces')),
    )
  }
}
