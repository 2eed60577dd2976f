import { Duration } from 'aws-cdk-lib'
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { StockRejected, StockReserved } from '#services/inventory/events.ts'
import { OrderPlaced } from '#services/orders/events.ts'
import { routes } from '#services/orders/routes.ts'
import { described } from './constructs/alarm-description.ts'
import { ApiRoutes } from './constructs/api-routes.ts'
import { EventConsumer } from './constructs/event-consumer.ts'
import { ownMetric } from './constructs/own-metric.ts'
import type { TableGrant } from './grants.ts'
import { ServiceStack, type ServiceStackProps } from './service-stack.ts'

const readOrder: TableGrant = { actions: ['GetItem'], prefixes: ['ORDER#'] }
const readOrders: TableGrant = { actions: ['BatchGetItem'], prefixes: ['ORDER#'] }

/** How long an order may stay where it was placed: the longest delay that a queue knows. */
const patience = Duration.minutes(15)

export class OrdersStack extends ServiceStack {
  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, 'orders', props)
    const functions = [
      this.tableFunction('place-order', [
        { actions: ['PutItem'], prefixes: ['ORDER#'] },
        { actions: ['GetItem', 'PutItem'], prefixes: ['IDEMPOTENCY#placeOrder#'] },
      ]),
      this.tableFunction('get-order', [readOrder]),
      this.tableFunction('list-orders', [readOrders, { actions: ['Query'], prefixes: ['CUSTOMER#'], index: 'GSI1' }]),
      this.tableFunction('list-order-events', [readOrder, { actions: ['Query'], prefixes: ['ORDER#'] }]),
      this.tableFunction('admin-list-orders', [
        readOrders,
        { actions: ['Query'], prefixes: ['ORDERS#'], index: 'GSI2' },
      ]),
      this.tableFunction('admin-get-order', [readOrder]),
    ]
    new ApiRoutes(this, {
      ...props,
      routes,
      functions,
      provisionedConcurrency: { 'place-order': props.stage.release.placeOrderConcurrency },
    })

    new EventConsumer(this, {
      ...props,
      function: this.tableFunction('apply-events', [
        { actions: ['GetItem', 'PutItem', 'UpdateItem'], prefixes: ['ORDER#'] },
      ]),
      events: [StockReserved, StockRejected],
    })
    this.addWatch(props)
  }

  /** Looks at each order once, when it must have moved on. */
  private addWatch(props: ServiceStackProps): void {
    const { stage } = props
    const watchOrder = this.tableFunction('watch-order', [readOrder])
    new EventConsumer(this, { ...props, function: watchOrder, events: [OrderPlaced], delay: patience })
    const standing = ownMetric({ stage, service: 'orders', name: 'OrdersStanding', period: Duration.minutes(5) })
    standing.createAlarm(this, 'standing-alarm', {
      alarmName: `${stage.prefix}-orders-standing`,
      alarmDescription: described(`An order has stood for ${patience.toMinutes()} minutes.`, 'order-stands'),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
  }
}
