import { Duration } from 'aws-cdk-lib'
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler'
import type { Construct } from 'constructs'
import { addAlarm } from '#infra/constructs/alarm.ts'
import { ScheduledFunction } from '#infra/constructs/scheduled-function.ts'
import type { ServiceFunction } from '#infra/constructs/service-function.ts'
import { graph } from '#infra/dashboard/graph.ts'
import type { EventDefinition } from '#shared/events/envelope.ts'
import type { KeyPrefix, TableGrant } from '#infra/grants.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { StockRejected, StockReleased, StockReserved } from '#services/inventory/events.ts'
import { PaymentCaptured, PaymentDeclined, PaymentRefunded } from '#services/payments/events.ts'
import { ShipmentCreated, ShipmentDelivered } from '#services/shipping/events.ts'
import { UserDeleted } from '#services/users/events.ts'
import { orderTypes } from './events.ts'
import { routes } from './routes.ts'

const readOrders: TableGrant = { actions: ['BatchGetItem'], prefixes: ['ORDER#'] }
const readMonths: TableGrant = { actions: ['Query'], prefixes: ['ORDERS#'], index: 'GSI2' }
const readCustomersOrders: TableGrant = { actions: ['Query'], prefixes: ['CUSTOMER#'], index: 'GSI1' }
const changeOrder: TableGrant = { actions: ['BatchGetItem', 'PutItem'], prefixes: ['ORDER#'] }

/** How long an order may stay in a status that a service changes, besides the handling delay of shipping. */
const patience = Duration.minutes(15)
const sweepInterval = Duration.minutes(5)
/** Two intervals: an order is found even if a sweep is lost. */
const sweepWindow = Duration.minutes(2 * sweepInterval.toMinutes())

export class OrdersStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    const functions = [
      this.tableFunction('place-order', [{ actions: ['GetItem', 'PutItem'], prefixes: ['ORDER#'] }], {
        environment: {
          API_URL: props.api.httpApi.apiEndpoint,
          ORDERS_PER_MINUTE: String(props.stage.customerLimits.ordersPerMinute),
        },
      }),
      this.tableFunction('get-order', [readOrders]),
      this.tableFunction('list-orders', [readOrders, readCustomersOrders]),
      this.tableFunction('list-order-events', [readOrders]),
      this.changeFunction('cancel-order', 'IDEMPOTENCY#cancelOrder#'),
      this.changeFunction('request-return', 'IDEMPOTENCY#requestReturn#'),
      this.tableFunction('admin-list-orders', [readOrders, readMonths, readCustomersOrders]),
      this.tableFunction('admin-get-order', [readOrders]),
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
    if (this.isPublished(StockReserved)) this.findStuckOrders()
    if (this.isPublished(ShipmentCreated)) this.findWaitingOrders()
    this.addGraphs()
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

  /** Checks orders regularly, after the time in which they must have left each status that a service changes. */
  private findStuckOrders(): void {
    const handling = this.isPublished(ShipmentCreated) ? this.props.stage.shipping.handlingDelaySeconds : 0
    const patienceMinutes = patience.toMinutes() + Math.round(handling / 60)
    const sweep = this.tableFunction('find-stuck-orders', [readOrders, readMonths], {
      environment: {
        ...this.installed,
        PATIENCE_MINUTES: String(patienceMinutes),
        WINDOW_MINUTES: String(sweepWindow.toMinutes()),
      },
      timeout: Duration.seconds(30),
    })
    new ScheduledFunction(this, { function: sweep, schedule: ScheduleExpression.rate(sweepInterval) })
    addAlarm(this, 'stuck-alarm', this.metric('OrdersStuck'), {
      name: 'orders-stuck',
      problem: `An order has been stuck for ${patienceMinutes} minutes.`,
      runbook: 'orders-stuck',
      threshold: 1,
    })
    this.addNotCheckedAlarm(sweep)
  }

  /** Checks orders that wait for the carrier or staff, each when it is some weeks old, an hour of orders at a time. */
  private findWaitingOrders(): void {
    const interval = Duration.hours(1)
    const sweep = this.tableFunction('find-waiting-orders', [readOrders, readMonths], {
      environment: { WINDOW_MINUTES: String(interval.toMinutes()) },
      // All ages are whole weeks, so that each of them can be the busiest hour of its week.
      timeout: Duration.minutes(5),
    })
    new ScheduledFunction(this, { function: sweep, schedule: ScheduleExpression.rate(interval) })
    addAlarm(this, 'waiting-alarm', this.metric('OrdersWaiting'), {
      name: 'orders-waiting',
      problem: 'An order has waited for the carrier, or a return for staff, for days.',
      runbook: 'orders-waiting',
      threshold: 1,
    })
  }

  /** A schedule that does not run causes no error: orders are placed and no sweep is invoked. */
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
      problem: 'Orders are placed, but the sweep for stuck orders does not run.',
      runbook: 'orders-stuck',
      threshold: 1,
      // A period that has just begun may have an order and no sweep yet.
      datapointsToAlarm: 2,
      evaluationPeriods: 12,
    })
  }

  /** The outcomes that are possible with the installed services. */
  private addGraphs(): void {
    const byType = (metric: string, statistic: string, label: string) =>
      orderTypes.map((OrderType) =>
        this.metric(metric, { statistic, label: `${OrderType} ${label}`, dimensions: { OrderType } }),
      )
    const after = (event: EventDefinition, outcomes: Readonly<Record<string, string>>) =>
      this.isPublished(event) ? Object.entries(outcomes).map(([metric, label]) => this.metric(metric, { label })) : []
    const outcomes = [
      ...after(StockReserved, { OrdersReserved: 'reserved', OrdersRejected: 'rejected', OrdersStuck: 'stuck' }),
      ...after(PaymentCaptured, { OrdersPaid: 'paid', OrdersPaymentFailed: 'payment failed' }),
      ...after(ShipmentCreated, { OrdersShipped: 'shipped', OrdersDelivered: 'delivered', OrdersWaiting: 'waiting' }),
      this.metric('OrdersCancelled', { label: 'cancelled' }),
    ]
    const returns = after(ShipmentDelivered, {
      ReturnsRequested: 'returns requested',
      RefundsRequested: 'refunds of returns requested',
    })
    const refunds = after(PaymentRefunded, { OrdersRefunded: 'refunded' })
    this.resources.graphs.push(
      graph('Orders by outcome', [...byType('OrderRevenue', 'SampleCount', 'placed'), ...outcomes]),
      ...(refunds.length === 0 ? [] : [graph('Returns and refunds', [...returns, ...refunds])]),
      graph('Revenue', byType('OrderRevenue', 'Sum', 'revenue'), { unit: 'minor units' }),
      graph('Items sold', byType('ItemsSold', 'Sum', 'pieces')),
    )
  }
}
