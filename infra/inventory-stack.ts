import type { Construct } from 'constructs'
import { routes } from '#services/inventory/routes.ts'
import { OrderPlaced } from '#services/orders/events.ts'
import { ApiRoutes } from './constructs/api-routes.ts'
import { EventConsumer } from './constructs/event-consumer.ts'
import { ServiceStack, type ServiceStackProps } from './service-stack.ts'

export class InventoryStack extends ServiceStack {
  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, 'inventory', props)
    const environment = { LOW_STOCK_THRESHOLD: String(props.stage.lowStockThreshold) }
    const adjustStock = this.tableFunction(
      'adjust-stock',
      [{ actions: ['BatchGetItem', 'UpdateItem'], prefixes: ['STOCK#'] }],
      { environment },
    )
    const getStock = this.tableFunction('get-stock', [{ actions: ['BatchGetItem'], prefixes: ['STOCK#'] }])
    new ApiRoutes(this, { ...props, routes, functions: [adjustStock, getStock] })

    const reserveStock = this.tableFunction(
      'reserve-stock',
      [
        { actions: ['BatchGetItem'], prefixes: ['STOCK#', 'RESERVATION#'] },
        { actions: ['UpdateItem'], prefixes: ['STOCK#'] },
        { actions: ['PutItem'], prefixes: ['RESERVATION#'] },
      ],
      { environment },
    )
    // A batch becomes one transaction, and transactions on the same stock conflict: few at a time, and full ones.
    new EventConsumer(this, { ...props, function: reserveStock, events: [OrderPlaced], maxConcurrency: 2 })
  }
}
