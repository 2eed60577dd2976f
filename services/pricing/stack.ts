import type { Construct } from 'constructs'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { OrderCancelled, OrderPaymentFailed, OrderRejected } from '#services/orders/events.ts'
import { discountAttributes } from './keys.ts'
import { routes } from './routes.ts'

export class PricingStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    this.addRoutes(routes, [
      // Counts by the address of the caller.
      this.tableFunction('create-quote', [{ actions: ['UpdateItem'], prefixes: ['QUOTERATE#'] }], {
        environment: { DISTRIBUTION_KEY: props.edge.distributionKey },
      }),
      this.tableFunction('put-discount', [
        { actions: ['GetItem'], prefixes: ['DISCOUNT#'] },
        {
          actions: ['UpdateItem'],
          prefixes: ['DISCOUNT#'],
          attributes: ['PK', 'SK', ...discountAttributes, 'GSI1PK', 'GSI1SK'],
        },
      ]),
      this.tableFunction('list-discounts', [
        { actions: ['Query'], prefixes: ['DISCOUNTS#'], index: 'GSI1' },
        { actions: ['BatchGetItem'], prefixes: ['DISCOUNT#'] },
      ]),
    ])
    // Only orders that counted a use, which are few, invoke the function.
    this.consumerFunction('give-back-discount', [{ actions: ['PutItem', 'UpdateItem'], prefixes: ['DISCOUNT#'] }], {
      events: [OrderCancelled, OrderRejected, OrderPaymentFailed],
      detail: { data: { discountUseCounted: [true] } },
    })
  }
}
