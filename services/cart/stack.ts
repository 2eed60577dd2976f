import { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { OrderPlaced } from '#services/orders/events.ts'
import { UserDeleted } from '#services/users/events.ts'
import { routes } from './routes.ts'

export class CartStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    this.addRoutes(routes, [
      this.tableFunction('get-cart', [{ actions: ['BatchGetItem'], prefixes: ['CART#'] }]),
      this.tableFunction('put-cart', [{ actions: ['UpdateItem'], prefixes: ['CART#'] }]),
    ])
    this.consumerFunction(
      'update-cart',
      [{ actions: ['BatchGetItem', 'UpdateItem'], prefixes: ['CART#'] }],
      // No customer waits for it, so orders are collected for a second, and one invocation serves many.
      { events: [OrderPlaced, UserDeleted], batchSize: 50, batchWindow: Duration.seconds(1) },
    )
  }
}
