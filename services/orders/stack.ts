import { Duration } from 'aws-cdk-lib'
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler'
import type { Construct } from 'constructs'
import { addAlarm } from '#infra/constructs/alarm.ts'
import { ScheduledFunction } from '#infra/constructs/scheduled-function.ts'
import type { ServiceFunction } from '#infra/constructs/service-function.ts'
import { graph } from '#infra/dashboard/graph.ts'
import type { KeyPrefix, TableGrant } from '#infra/grants.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { StockRejected, StockReleased, StockReserved } from '#services/inventory/events.ts'
import { PaymentCaptured, PaymentDeclined, PaymentRefunded } from '#services/payments/events.ts'
import { ShipmentCreated, ShipmentDelivered } from '#services/shipping/events.ts'
import { UserDeleted } from '#services/users/events.ts'
import { orderTypes } from './events.ts'
import { routes } from './routes.ts'

const readOrder: TableGrant = { actions: ['GetItem'], prefixes: ['ORDER#'] }
const readOrders: TableGrant = { actions: ['BatchGetItem'], prefixes: ['ORDER#'] }
const readCustomersOrders: TableGrant = { actions: ['Query'], prefixes: ['CUSTOMER#'], index: 'GSI1' }
const changeOrder: TableGrant = { actions: ['GetItem', 'PutItem'], prefixes: ['ORDER#'] }

/** How long an order may stay PLACED. */
const patience = Duration.minutes(15)
const sweepInterval = Duration.minutes(5)
/** Two intervals: an order is found even if a sweep is lost. */
const sweepWindow = Duration.minutes(2 * sweepInterval.toMinutes())

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
      this.tableFunction('list-orders', [readOrders, readCustomersOrders]),
      this.tableFunction('list-order-events', [readOrder]),
      this.changeFunction('cancel-order', 'IDEMPOTENCY#cancelOrder#'),
      this.changeFunction('request-return', 'IDEMPOTENCY#requestReturn#'),
      this.tableFunction('admin-list-orders', [
        readOrders,
        { actions: ['Query'], prefixes: ['ORDERS#'], index: 'GSI2' },
        readCustomersOrders,
      ]),
      this.tableFunction('admin-get-order', [readOrder]),
      this.changeFunction('admin-refund-order', 'IDEMPOTENCY#adminRefundOrder#'),
      this.changeFunction('admin-deliver-order'),
      this.changeFunction('admin-reject-return'),
    ]
    this.addRoutes(routes, functions, {
      provisionedConcurrency: { 'place-order': props.stage.release.placeOrderConcurrency },
    })
    this.consumerFunction('apply-events', [changeOrder], {
      environment: this.installed,
      events: [
        StockReserved,
        StockRejected,
        StockReleased,
        PaymentCaptured,
        PaymentDeclined,
        PaymentRefunded,
        ShipmentCreated,
        ShipmentDelivered,
      ],
    })
    this.consumerFunction(
      'anonymise-orders',
      [readOrders, readCustomersOrders, { actions: ['PutItem'], prefixes: ['ORDER#'] }],
      // A run that does not finish is continued by the next one.
      { environment: this.installed, timeout: Duration.seconds(30), events: [UserDeleted] },
    )
    // Without inventory, PLACED is the final status of an order, and no order can be stuck in it.
    const leavesPlaced = this.isPublished(StockReserved)
    if (leavesPlaced) this.findStuckOrders()
    this.addGraphs(leavesPlaced)
  }

  /** The function of a route that changes an order, and stores its response under the Idempotency-Key if it has one. */
  private changeFunction(entry: string, responses?: KeyPrefix): ServiceFunction {
    const access: TableGrant[] = responses ? [{ actions: ['GetItem', 'PutItem'], prefixes: [responses] }] : []
    return this.tableFunction(entry, [changeOrder, ...access], { environment: this.installed })
  }

  /** Decides which statuses are final. */
  private get installed() {
    return { INSTALLED_SERVICES: this.props.installed.map(({ name }) => name).join() }
  }

  /** Checks orders regularly, after the time in which they must have left PLACED. */
  private findStuckOrders(): void {
    const sweep = this.tableFunction(
      'find-stuck-orders',
      [
        { actions: ['BatchGetItem'], prefixes: ['ORDER#'] },
        { actions: ['Query'], prefixes: ['ORDERS#'], index: 'GSI2' },
      ],
      {
        environment: {
          ...this.installed,
          PATIENCE_MINUTES: String(patience.toMinutes()),
          WINDOW_MINUTES: String(sweepWindow.toMinutes()),
        },
        timeout: Duration.seconds(30),
      },
    )
    new ScheduledFunction(this, { function: sweep, schedule: ScheduleExpression.rate(sweepInterval) })
    addAlarm(this, 'stuck-alarm', this.metric('OrdersStuck'), {
      name: 'orders-stuck',
      problem: `An order has been stuck for ${patience.toMinutes()} minutes.`,
      runbook: 'orders-stuck',
      threshold: 1,
    })
    this.addNotCheckedAlarm(sweep)
  }

  /** A schedule that does not run fails nowhere: orders are placed and no sweep is invoked. */
  private addNotCheckedAlarm(sweep: ServiceFunction): void {
    const period = Duration.minutes(3 * sweepInterval.toMinutes())
    const placed = Object.fromEntries(
      orderTypes.map((OrderType) => [
        OrderType,
        this.metric('OrderRevenue', { statistic: 'SampleCount', dimensions: { OrderType } }),
      ]),
    )
    const notChecked = new MathExpression({
      expression: `IF(FILL(sweeps, 0) < 1, ${orderTypes.map((type) => `FILL(${type}, 0)`).join(' + ')}, 0)`,
      usingMetrics: { ...placed, sweeps: sweep.metricInvocations() },
      period,
      label: 'Orders that no sweep checked',
    })
    addAlarm(this, 'not-checked-alarm', notChecked, {
      name: 'orders-not-checked',
      problem: 'Orders are placed, and none is checked for being stuck.',
      runbook: 'orders-stuck',
      threshold: 1,
      // A period that has just begun may have an order and no sweep yet.
      datapointsToAlarm: 2,
      evaluationPeriods: 12,
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
