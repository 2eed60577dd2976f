import type { Construct } from 'constructs'
import { StockRejected, StockReserved } from '#services/inventory/events.ts'
import { routes } from '#services/orders/routes.ts'
import { ApiRoutes } from './constructs/api-routes.ts'
import { EventConsumer } from './constructs/event-consumer.ts'
import type { TableGrant } from './grants.ts'
import { ServiceStack, type ServiceStackProps } from './service-stack.ts'

const readOrder: TableGrant = { actions: ['GetItem'], prefixes: ['ORDER#'] }
const readOrders: TableGrant = { actions: ['BatchGetItem'], prefixes: ['ORDER#'] }

export class OrdersStack extends ServiceStack {
  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, 'orders', props)
    const functions = [
      this.tableFunction('place-order', [
        { actions: ['PutItem'], prefixes: ['ORDER#'] },
        { actions: ['GetItem', 'PutItem'], prefixes: ['IDEMPOTENCY#'] },
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
    new ApiRoutes(this, { api: props.api, routes, functions })

    new EventConsumer(this, {
      ...props,
      function: this.tableFunction('apply-stock-answer', [
        { actions: ['GetItem', 'PutItem', 'UpdateItem'], prefixes: ['ORDER#'] },
      ]),
      events: [StockReserved, StockRejected],
    })
  }
}
